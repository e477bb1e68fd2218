import { readPrivateKey } from './crypto/keys.ts';
import {
  findRevocation,
  makeRevocation,
  type RevocationReason,
  withRevocation,
} from './crypto/revocation.ts';
import { DeliveryError } from './errors.ts';
import { type OwnCertificate, ownCertificates } from './own-certificates.ts';
import { type PublishDeps, type PublishingAct, record } from './publish-key.ts';
import { type Refreshed, refreshPublished } from './refresh-published.ts';

export interface RevokeOptions {
  /** Which of several keys. */
  readonly fingerprint?: string;
  /** For a revocation that is made here. */
  readonly reason?: RevocationReason;
  /** A revocation certificate, or a copy of the key that is revoked already. */
  readonly certificate?: Uint8Array;
}

export interface Revoked {
  readonly fingerprint: string;
  /** Publications of it: the world learns of the revocation there. */
  readonly published: readonly Refreshed[];
  /** Other keys of the account that mail can still be encrypted to. */
  readonly usableKeysLeft: number;
}

/**
 * Revokes a key of an account for good: the revocation is made with the secret key where the server holds it, or is
 * given. It is kept with the key and published wherever the key is. Throws `notFound` (no such key), `badRequest`
 * (several keys and none named, nothing to make it from), `badInput` (no revocation of this key in what was given).
 */
export async function revokeKey(
  act: PublishingAct,
  options: RevokeOptions,
  deps: PublishDeps,
): Promise<Revoked> {
  const known = await ownCertificates(act.account.id, deps);
  const key = chooseKey(act, known, options.fingerprint);
  const signature = await revocationOf(act, { key, options }, deps);
  const octets = withRevocation(key.octets, signature);
  // The world first: whoever is interrupted here begins again with a key that is not revoked yet.
  const published = await refreshPublished(act, { fingerprint: key.fingerprint, octets }, deps);
  await keep(act, { key, octets, signature }, deps);
  const { reason } = options;
  const detail = { fingerprint: key.fingerprint, ...(reason ? { reason } : {}) };
  await record(act, 'keyRevoked', detail, deps);
  const others = known.filter(each => each.fingerprint !== key.fingerprint && each.state === 'usable');
  return { fingerprint: key.fingerprint, published, usableKeysLeft: others.length };
}

function chooseKey(
  { account }: PublishingAct,
  known: readonly OwnCertificate[],
  fingerprint: string | undefined,
): OwnCertificate {
  const wanted = fingerprint?.replace(/\s+/g, '').toLowerCase();
  const fitting = known.filter(key => (wanted ? key.fingerprint === wanted : key.state !== 'revoked'));
  const [key, ...others] = fitting;
  if (!key) {
    const what = wanted ? `key ${wanted}` : 'key that is not revoked';
    throw new DeliveryError('notFound', `${account.address} has no ${what}`);
  }
  if (others.length === 0) return key;
  const names = fitting.map(each => each.fingerprint).join(', ');
  throw new DeliveryError('badRequest', `${account.address} has several keys: say which by --key (${names})`);
}

async function revocationOf(
  { account }: PublishingAct,
  { key, options }: { key: OwnCertificate; options: RevokeOptions },
  { store, keyring, clock }: PublishDeps,
): Promise<Uint8Array> {
  if (options.certificate) return findRevocation(key.octets, options.certificate, clock.now());
  const secrets = await store.listPrivateKeys(account.id);
  const secret = secrets.find(each => each.custody === 'server' && each.fingerprint === key.fingerprint);
  if (!secret) {
    throw new DeliveryError(
      'badRequest',
      `the secret key is not with the server: on the owner’s machine, gpg --gen-revoke ${key.fingerprint} makes a revocation certificate; give it by --certificate FILE`,
    );
  }
  const opened = await readPrivateKey(keyring.unwrap(secret.wrapped));
  return makeRevocation(opened, options.reason ?? 'none', clock.now());
}

/** The secret key stays: it still opens old mail. */
async function keep(
  { account }: PublishingAct,
  { key, octets, signature }: { key: OwnCertificate; octets: Uint8Array; signature: Uint8Array },
  { store, keyring }: PublishDeps,
): Promise<void> {
  for (const row of key.rows) await store.putPublicKey(account.id, { ...row, octets, state: 'revoked' });
  for (const secret of await store.listPrivateKeys(account.id)) {
    if (secret.fingerprint !== key.fingerprint || secret.custody !== 'server') continue;
    const wrapped = keyring.wrap(withRevocation(keyring.unwrap(secret.wrapped), signature));
    await store.putPrivateKey(account.id, { ...secret, wrapped });
  }
}
