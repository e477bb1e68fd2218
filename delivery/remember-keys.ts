import { deliveredKeys } from './crypto/delivered-keys.ts';
import { describeKey, isCertifiedBy, readPublicKeys } from './crypto/keys.ts';
import type { Log } from './log.ts';
import { normalizeAddress } from './message/address.ts';
import { fieldsNamed } from './message/fields.ts';
import type { OwnerWork, Work } from './stage-table.ts';
import type { PublicKey, Store } from './store/store.ts';

/** Facts of `sender` that prove the author's domain; a key in any other message changes nothing. */
const proven: ReadonlySet<unknown> = new Set(['dmarc', 'aligned', 'inside']);
/** Those that prove enough for a key beside another one (PRIVACY-INDEX.md, `keyChanged`). */
const provenForAnother: ReadonlySet<unknown> = new Set(['dmarc', 'inside']);

/** Keys of one address that wait at most; more of them tell the owner nothing new. */
const maxWaiting = 3;

/**
 * Keeps a public key that a message brought along. The first one known of its author is accepted, so that the next
 * signature by it is `seen`. Another one waits for the owner's word, unless a key that is accepted has signed it.
 */
export async function rememberKeys(
  owner: OwnerWork,
  work: Work,
  { store, log }: { store: Pick<Store, 'putPublicKey' | 'listPublicKeys'>; log: Log },
): Promise<void> {
  const octets = deliveredKeys(owner.content ?? work.message);
  const author = soleAuthor(owner);
  if (octets.length === 0 || author === null || !owner.account || !proven.has(owner.facts?.sender)) return;
  try {
    const brought = await firstUsable(octets, author, work);
    if (!brought) return;
    // Asked anew: the owner may have confirmed a key since this delivery began.
    const known = await store.listPublicKeys(owner.account.id, [author]);
    const state = await stateBeside(brought, known, owner.facts?.sender);
    if (state) await store.putPublicKey(owner.account.id, { ...brought, state });
  } catch (error) {
    // The message is stored; a key that can't be kept now comes with the next one.
    log.warn({ transaction: work.arrival.id, error: String(error) }, 'keyNotRemembered');
  }
}

/** How the key is kept beside those that are known; null: not at all. */
async function stateBeside(
  brought: PublicKey,
  known: readonly PublicKey[],
  sender: unknown,
): Promise<'usable' | 'waiting' | null> {
  if (known.some(({ fingerprint }) => fingerprint === brought.fingerprint)) return null;
  if (known.length === 0) return 'usable';
  if (!provenForAnother.has(sender)) return null;
  const accepted = known.filter(({ state }) => state === 'usable');
  for (const { octets } of accepted) {
    if (await isCertifiedBy(brought, octets, brought.firstSeenAt)) return 'usable';
  }
  const waiting = known.filter(({ state }) => state === 'waiting');
  return waiting.length < maxWaiting ? 'waiting' : null;
}

function soleAuthor({ summary }: OwnerWork): string | null {
  const [author, ...others] = summary.originators.from;
  return author && others.length === 0 ? normalizeAddress(author.address) : null;
}

async function firstUsable(
  blocks: readonly Uint8Array[],
  address: string,
  { arrival, message }: Work,
): Promise<PublicKey | null> {
  const source = fieldsNamed(message.root.fields, 'autocrypt').length > 0 ? 'autocrypt' : 'attached';
  for (const block of blocks) {
    for (const key of await readPublicKeys(block)) {
      const { fingerprint, addresses, state } = await describeKey(key, arrival.receivedAt);
      if (state !== 'usable' || !addresses.includes(address)) continue;
      return { address, fingerprint, octets: key.write(), source, state, firstSeenAt: arrival.receivedAt };
    }
  }
  return null;
}
