import { type ContactDeps, exchangedEmails, indexContact } from './contact-index.ts';
import { deliveredKeys } from './crypto/delivered-keys.ts';
import { describeKey, readPublicKeys } from './crypto/keys.ts';
import { DeliveryError } from './errors.ts';
import { normalizeAddress } from './message/address.ts';
import { parseMessage } from './message/message.ts';
import { renewIndex, renewSigned } from './renew-index.ts';
import type { Owner, PublicKey, Store } from './store/store.ts';

/** What the owner has compared, and by which message. */
export interface Confirmation {
  readonly address: string;
  /** Hexadecimal digits, as they were shown; spaces don't count. */
  readonly fingerprint: string;
  /** The message at hand: it is indexed anew at once, and may bring the key. */
  readonly emailId: string | null;
  /** The key itself, binary or armored, where it came inside what only the owner's device opens. */
  readonly octets?: Uint8Array | null;
  /** For the owner's record: how the owner was signed in. */
  readonly means: string;
}

/**
 * Keeps the owner's word that a key belongs to an address. Other keys of that address that wait are dismissed, its
 * contacts and the message at hand are indexed anew. Throws `notFound` when no such key is known, `badInput` when it
 * is revoked or does not name the address itself.
 */
export async function confirmKey(
  owner: Owner,
  confirmation: Confirmation,
  deps: ContactDeps,
): Promise<PublicKey> {
  const { store, clock } = deps;
  const accountId = owner.account.id;
  const address = normalizeAddress(confirmation.address);
  const fingerprint = confirmation.fingerprint.replace(/\s+/g, '').toLowerCase();
  const known = await store.listPublicKeys(accountId, [address]);
  const found =
    known.find(key => key.fingerprint === fingerprint) ??
    (await givenKey(accountId, { ...confirmation, address, fingerprint }, deps));
  if (!found) throw new DeliveryError('notFound', 'no such key is known for this address');
  const source = found.source === 'own' ? 'own' : 'hand';
  const key: PublicKey = { ...found, source, state: await usableState(found, clock.now()) };
  await store.putPublicKey(accountId, key);
  for (const other of known) {
    if (other.state !== 'waiting' || other.fingerprint === fingerprint) continue;
    await store.removePublicKey(accountId, address, other.fingerprint);
  }
  await store.appendAudit(accountId, {
    at: clock.now(),
    actor: owner.account.address,
    action: 'keyConfirmed',
    detail: { address, fingerprint, means: confirmation.means },
  });
  for (const contact of await store.findContacts(accountId, [`email:${address}`])) {
    await indexContact(accountId, contact, deps);
  }
  if (confirmation.emailId !== null) await renewIndex(owner, confirmation.emailId, deps, key);
  return key;
}

/** The signer's last messages get the index that the confirmation gives them: work for after the answer. */
export async function renewMailSignedBy(
  owner: Owner,
  key: PublicKey,
  { store }: { store: Store },
): Promise<void> {
  const emails = await exchangedEmails(owner, [key.address], { store });
  await renewSigned(owner.account.id, emails.slice(0, maxRenewed), key, { store });
}

const maxRenewed = 50;

/** A key that came with the message but was not kept, since nothing proved its sender; the owner's word is better. */
async function givenKey(
  accountId: string,
  { address, fingerprint, emailId, octets = null }: Confirmation,
  { store, clock }: ContactDeps,
): Promise<PublicKey | null> {
  const message = emailId === null ? null : await store.getOctets(accountId, emailId);
  const delivered = message === null ? [] : deliveredKeys(parseMessage(message));
  for (const block of [...(octets ? [octets] : []), ...delivered]) {
    for (const key of await readPublicKeys(block).catch(() => [])) {
      if (key.getFingerprint().toLowerCase() !== fingerprint) continue;
      const firstSeenAt = clock.now();
      return { address, fingerprint, octets: key.write(), source: 'hand', state: 'usable', firstSeenAt };
    }
  }
  return null;
}

/** Throws `badInput` when the key can't stand for the address. */
async function usableState({ octets, address, state }: PublicKey, at: Date): Promise<'usable' | 'expired'> {
  const [certificate] = await readPublicKeys(octets).catch(() => []);
  const described = certificate ? await describeKey(certificate, at) : null;
  if (!described?.addresses.includes(address)) {
    throw new DeliveryError('badInput', `none of its user ids is ${address}`);
  }
  if (described.state === 'revoked' || state === 'revoked') {
    throw new DeliveryError('badInput', 'this key was revoked');
  }
  return described.state;
}
