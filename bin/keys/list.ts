import { keyFingerprint } from '../../delivery/crypto/fingerprint.ts';
import { describeKey, readPublicKeys } from '../../delivery/crypto/keys.ts';
import { normalizeAddress } from '../../delivery/message/address.ts';
import type { Parts } from '../../delivery/open.ts';
import { publishedCertificates } from '../../delivery/published-check.ts';
import { addressOfPublished, publishedKeysOf } from '../../delivery/published-keys-of.ts';
import { allPages } from '../../delivery/store/all-pages.ts';
import type { Account, PublicKey, PublishedKey } from '../../delivery/store/store.ts';
import type { CommandContext } from '../command.ts';
import { printRows } from '../output.ts';
import { findAccount, withParts } from '../with-parts.ts';

/** Prints the keys of an account, or of all: its own, others', and where each is published. */
export async function listKeys(context: CommandContext, address: string | undefined): Promise<void> {
  const rows = await withParts(context, async parts => {
    const accounts = address
      ? [await findAccount(parts, address)]
      : await Array.fromAsync(allPages(page => parts.store.listAccounts(page)));
    const found: Record<string, unknown>[] = [];
    for (const account of accounts) found.push(...(await rowsOf(account, parts)));
    return found;
  });
  printRows(context, rows);
}

async function rowsOf(account: Account, { store, clock }: Parts): Promise<Record<string, unknown>[]> {
  const secrets = await store.listPrivateKeys(account.id);
  const publicKeys = await store.listPublicKeys(account.id);
  const published = await publishedKeysOf(account.id, { store });
  const rows: Record<string, unknown>[] = [];
  for (const key of publicKeys) {
    const secret = secrets.find(({ fingerprint }) => fingerprint === key.fingerprint);
    rows.push({
      account: account.address,
      ...(await rowOf(key, clock.now())),
      secret: secretWord(secret),
      published: placesOf(key, published),
    });
  }
  const others = published.filter(each => !publicKeys.some(key => isPublishedAs(key, each)));
  return [...rows, ...others.map(each => ({ account: account.address, ...publishedRow(each) }))];
}

/** Where the world finds a published key, by its kind. */
const places = { openpgp: 'DNS,WKD,HKP', smime: 'DNS' } as const;

function placesOf(key: PublicKey, published: readonly PublishedKey[]): string | null {
  return published.some(each => isPublishedAs(key, each)) ? places.openpgp : null;
}

function isPublishedAs({ source, address, fingerprint }: PublicKey, published: PublishedKey): boolean {
  if (source !== 'own' || published.kind !== 'openpgp') return false;
  if (normalizeAddress(addressOfPublished(published)) !== address) return false;
  return publishedCertificates(published).map(keyFingerprint).includes(fingerprint);
}

/** What is published and is no row of the account's keys: S/MIME certificates, and keys that went since. */
function publishedRow(published: PublishedKey): Record<string, unknown> {
  return {
    address: addressOfPublished(published),
    fingerprint: published.fingerprint || null,
    source: 'own',
    state: published.state,
    strength: null,
    algorithms: published.kind === 'smime' ? 'x509' : null,
    expiresAt: null,
    secret: 'none',
    published: places[published.kind],
  };
}

function secretWord(secret: { custody: string; wrapped: Uint8Array } | undefined): string {
  if (!secret) return 'none';
  return secret.custody === 'server' ? 'server' : secret.wrapped.length > 0 ? 'locked backup' : 'client';
}

async function rowOf(key: PublicKey, at: Date): Promise<Record<string, unknown>> {
  const [certificate] = await readPublicKeys(key.octets).catch(() => []);
  const described = certificate ? await describeKey(certificate, at) : null;
  return {
    address: key.address,
    fingerprint: key.fingerprint,
    source: key.source,
    state: described && key.state === 'usable' ? described.state : key.state,
    strength: described?.strength ?? null,
    algorithms: described?.algorithms.join(',') ?? null,
    expiresAt: described?.expiresAt ?? null,
  };
}
