import { keyedHash } from '../../delivery/keyed-hash.ts';
import { readScripts, type StoredScript, scriptStateName } from '../../delivery/sieve/stored-scripts.ts';
import type { Account, Store } from '../../delivery/store/store.ts';

/** RFC 9661 §2.1. */
export const scriptMediaType = 'application/sieve';

const prefix = 'sieve-';

/** Id of the blob that holds a script's octets: a hash keyed by the account. */
export function scriptBlobId(octets: Uint8Array, { hashKey }: Pick<Account, 'hashKey'>): string {
  const digest = keyedHash(hashKey).update('sieve script:').update(octets).digest('hex');
  return prefix + digest.slice(0, 40);
}

/** The account's scripts, and the octets of the state that holds them. */
export async function loadScripts(
  accountId: string,
  { store }: { readonly store: Pick<Store, 'getAccountState'> },
): Promise<{ readonly scripts: StoredScript[]; readonly state: Uint8Array | null }> {
  const state = (await store.getAccountState(accountId, scriptStateName))?.octets ?? null;
  return { scripts: readScripts(state), state };
}

/** Octets of the script that a blob id names; null when it names none that is there. */
export async function scriptBlob(
  blobId: string,
  account: Account,
  deps: { readonly store: Pick<Store, 'getAccountState'> },
): Promise<Uint8Array | null> {
  if (!blobId.startsWith(prefix)) return null;
  const { scripts } = await loadScripts(account.id, deps);
  return scripts.find(({ octets }) => scriptBlobId(octets, account) === blobId)?.octets ?? null;
}
