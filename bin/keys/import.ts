import type { PublicKey as OpenPgpPublicKey } from 'openpgp';
import { indexContact } from '../../delivery/contact-index.ts';
import {
  certifiedAddresses,
  describeKey,
  fingerprint,
  holdsPrivateKey,
  readPrivateKey,
  readPublicKeys,
} from '../../delivery/crypto/keys.ts';
import { DeliveryError } from '../../delivery/errors.ts';
import { normalizeAddress } from '../../delivery/message/address.ts';
import type { Parts } from '../../delivery/open.ts';
import { ownCertificates } from '../../delivery/own-certificates.ts';
import { type Refreshed, refreshPublished } from '../../delivery/refresh-published.ts';
import { revokeKey } from '../../delivery/revoke-key.ts';
import type { Account } from '../../delivery/store/store.ts';
import { keepPrivateKey, keepPublicKey, recordAudit } from './own-key.ts';

export interface ImportOptions {
  readonly account: Account;
  readonly passphrase: string | null;
  readonly custody?: 'server' | 'client';
  /** The correspondent whose public key it is; missing for the account's own. */
  readonly for?: string;
  readonly source?: 'hand' | 'attached';
}

/** What was imported, for people and machines. */
export interface Imported {
  readonly fingerprint: string;
  readonly address: string;
  readonly what:
    | 'secret key on the server'
    | 'locked backup'
    | 'public key'
    | 'revocation'
    | "correspondent's key";
  /** What is published of this key followed the new copy. */
  readonly published: readonly Refreshed[];
}

/** Imports an own key or a correspondent's. Throws `badInput`, `badCredentials` (passphrase), `badRequest`. */
export async function importKey(octets: Uint8Array, options: ImportOptions, parts: Parts): Promise<Imported> {
  if (options.for !== undefined) return importFor(octets, options.for, options, parts);
  return holdsPrivateKey(octets)
    ? importSecret(octets, options, parts)
    : importPublic(octets, options, parts);
}

async function importSecret(octets: Uint8Array, options: ImportOptions, parts: Parts): Promise<Imported> {
  const { account, passphrase } = options;
  const custody = options.custody ?? (account.custody === 'client' ? 'client' : 'server');
  const key = await readPrivateKey(octets);
  await keepPrivateKey(key, { account, custody, passphrase }, parts);
  const what = custody === 'server' ? 'secret key on the server' : 'locked backup';
  return {
    fingerprint: fingerprint(key),
    address: account.address,
    what,
    published: await refresh(key.toPublic(), account, parts),
  };
}

/** A public key alone: its secret part is on the owner's devices, so custody can only be client. */
async function importPublic(octets: Uint8Array, options: ImportOptions, parts: Parts): Promise<Imported> {
  const { account } = options;
  if (options.custody === 'server') {
    throw new DeliveryError('badInput', 'this file holds no secret key, which custody server needs');
  }
  const key = await onlyKey(octets);
  if (await isRevokedCopy(key, account, parts)) return importRevocation(key, account, parts);
  if (options.custody === 'client') await refuseServerCopy(key, account, parts);
  await keepPublicKey(key, account, parts);
  if (options.custody === 'client') await parts.store.updateAccount(account.id, { custody: 'client' });
  await recordAudit(parts, account, 'keyImported', {
    fingerprint: fingerprint(key),
    custody: options.custody ?? account.custody,
  });
  const published = await refresh(key, account, parts);
  return { fingerprint: fingerprint(key), address: account.address, what: 'public key', published };
}

/** What is published of a key follows a newer copy of it: nothing is published by an import that was not before. */
function refresh(key: OpenPgpPublicKey, account: Account, parts: Parts): Promise<Refreshed[]> {
  const copy = { fingerprint: fingerprint(key), octets: key.write() };
  return refreshPublished({ account, actor: 'operator' }, copy, parts);
}

/** A copy of the account's own key that says that it is revoked. */
async function isRevokedCopy(key: OpenPgpPublicKey, account: Account, parts: Parts): Promise<boolean> {
  if ((await describeKey(key, parts.clock.now())).state !== 'revoked') return false;
  const own = await ownCertificates(account.id, parts);
  return own.some(known => known.fingerprint === fingerprint(key));
}

async function importRevocation(key: OpenPgpPublicKey, account: Account, parts: Parts): Promise<Imported> {
  const options = { fingerprint: fingerprint(key), certificate: key.write() };
  const { published } = await revokeKey({ account, actor: 'operator' }, options, parts);
  return { fingerprint: fingerprint(key), address: account.address, what: 'revocation', published };
}

/** Custody client would be a lie while the server can still open the key; it is never thrown away unasked. */
async function refuseServerCopy(key: OpenPgpPublicKey, account: Account, { store }: Parts): Promise<void> {
  const secrets = await store.listPrivateKeys(account.id);
  if (!secrets.some(secret => secret.custody === 'server' && secret.fingerprint === fingerprint(key))) return;
  throw new DeliveryError(
    'badRequest',
    'the server still holds the secret part of this key; import it locked by a passphrase with --custody client to replace it',
  );
}

async function importFor(
  octets: Uint8Array,
  forAddress: string,
  { account, source = 'hand', custody }: ImportOptions,
  parts: Parts,
): Promise<Imported> {
  if (custody)
    throw new DeliveryError('badRequest', "--custody is about the account's own key; leave out --for");
  if (holdsPrivateKey(octets)) {
    throw new DeliveryError(
      'badInput',
      "this file holds a secret key; a correspondent's is never needed here",
    );
  }
  const address = normalizeAddress(forAddress);
  if (!address.includes('@')) throw new DeliveryError('badAddress', `${forAddress} is not an address`);
  const key = await onlyKey(octets);
  const at = parts.clock.now();
  if (!(await certifiedAddresses(key, at)).includes(address)) {
    throw new DeliveryError('badInput', `none of its user ids is ${address}`);
  }
  const { state } = await describeKey(key, at);
  await parts.store.putPublicKey(account.id, {
    address,
    fingerprint: fingerprint(key),
    octets: key.write(),
    source,
    state,
    firstSeenAt: at,
  });
  await recordAudit(parts, account, 'keyImported', { fingerprint: fingerprint(key), for: address, source });
  for (const contact of await parts.store.findContacts(account.id, [`email:${address}`])) {
    await indexContact(account.id, contact, parts);
  }
  return { fingerprint: fingerprint(key), address, what: "correspondent's key", published: [] };
}

async function onlyKey(octets: Uint8Array): Promise<OpenPgpPublicKey> {
  const [key, ...others] = await readPublicKeys(octets);
  if (key && others.length === 0) return key;
  throw new DeliveryError('badInput', 'more than one key in it; export one of them alone');
}
