import type { Clock } from './clock.ts';
import { certifyUserId } from './crypto/add-user-id.ts';
import { withUserId } from './crypto/key-block.ts';
import type { Keyring } from './crypto/keyring.ts';
import { readPrivateKey } from './crypto/keys.ts';
import {
  type MinimalCertificate,
  maxCertificateOctets,
  minimalCertificate,
} from './crypto/minimal-certificate.ts';
import { smimeRecord } from './crypto/smime-record.ts';
import { DeliveryError } from './errors.ts';
import { normalizeAddress } from './message/address.ts';
import { type OwnCertificate, ownCertificates } from './own-certificates.ts';
import { type ParsedAddress, requireAddress } from './store/address.ts';
import type { Account, PublishedKey, PublishedKind, Store } from './store/store.ts';

/** Whose keys are at hand, and who acts for the owner: written into the owner's audit trail. */
export interface PublishingAct {
  readonly account: Account;
  /** `operator`, or the address of the account that is signed in. */
  readonly actor: string;
  /** How the owner was signed in, for the record. */
  readonly means?: string;
}

export interface PublishDeps {
  readonly store: Store;
  readonly keyring: Keyring;
  readonly clock: Clock;
}

/** What is published for an address, and what the world sees by it. */
export interface Publication {
  readonly address: string;
  readonly kind: PublishedKind;
  /** Empty for S/MIME. */
  readonly fingerprint: string;
  readonly state: PublishedKey['state'];
  readonly sizeOctets: number;
  /** The user id that the world reads; null for S/MIME. */
  readonly userId: string | null;
  /** True when the server added the user id to the key and signed it. */
  readonly addedUserId: boolean;
}

export interface PublishOptions {
  readonly address: string;
  /** Which of several keys; else the newest of version 4 that can be used. */
  readonly fingerprint?: string;
  /** A key of version 6 is published as well: programs that do not know it may then find no key at all. */
  readonly alsoV6?: boolean;
}

/**
 * Publishes the account's own key for one of its addresses, for the whole world to find; what stood there is replaced.
 * Only the owner's act, or an operator's for the owner, calls this. When the key has no user id of the address and its
 * secret part is with the server, one is added. Throws `notFound` (not an address of this account, no such key) and
 * `badInput` with `fields.reason` of `minimalFaults`.
 */
export async function publishKey(
  act: PublishingAct,
  { address, fingerprint, alsoV6 = false }: PublishOptions,
  deps: PublishDeps,
): Promise<Publication> {
  const own = await requireOwnAddress(act.account, address, deps);
  const { chosen, later } = await chooseKeys(act.account, { own, fingerprint, alsoV6 }, deps);
  const minimals = [chosen, ...(later ? [later] : [])];
  const octets = new Uint8Array(Buffer.concat(minimals.map(({ minimal }) => minimal.octets)));
  if (octets.length > maxCertificateOctets) {
    throw new DeliveryError('badInput', 'both keys together are too large to be published', {
      fields: { reason: 'tooLarge' },
    });
  }
  const { minimal } = chosen;
  await deps.store.publishKey({
    ...placeOf(act.account, own, deps),
    kind: 'openpgp',
    fingerprint: minimal.fingerprint,
    octets,
    state: minimal.state,
  });
  const addedUserId = minimals.some(each => each.addedUserId);
  const { userId } = minimal;
  const detail = { address: own.address, fingerprint: minimal.fingerprint, userId };
  await record(act, 'keyPublished', addedUserId ? { ...detail, addedUserId } : detail, deps);
  return {
    address: own.address,
    kind: 'openpgp',
    fingerprint: minimal.fingerprint,
    state: minimal.state,
    sizeOctets: octets.length,
    userId,
    addedUserId,
  };
}

interface Candidate {
  readonly minimal: MinimalCertificate;
  readonly addedUserId: boolean;
}

async function chooseKeys(
  account: Account,
  { own, fingerprint, alsoV6 }: { own: ParsedAddress; fingerprint?: string | undefined; alsoV6: boolean },
  deps: PublishDeps,
): Promise<{ chosen: Candidate; later: Candidate | null }> {
  const wanted = fingerprint?.replace(/\s+/g, '').toLowerCase();
  const all = await ownCertificates(account.id, deps);
  const known = all.filter(key => wanted === undefined || key.fingerprint === wanted);
  if (known.length === 0) throw noKey(account, wanted);
  const [v4, v6] = [known.filter(key => key.version === 4), known.filter(key => key.version === 6)];
  if (v4.length === 0 && !alsoV6) {
    const text = 'only a key of version 6, which GnuPG can’t read; --also-v6 publishes it all the same';
    throw new DeliveryError('badInput', text, { fields: { reason: 'version6' } });
  }
  const first = v4.length > 0 ? await firstUsable(account, own, { keys: v4, deps }) : null;
  const second = alsoV6 && v6.length > 0 ? await firstUsable(account, own, { keys: v6, deps }) : null;
  const chosen = first ?? second;
  if (!chosen) throw noKey(account, wanted);
  return { chosen, later: first ? second : null };
}

function noKey(account: Account, wanted: string | undefined): DeliveryError {
  const what = wanted ? `key ${wanted}` : 'key of its own';
  const todo = 'caliopen keys generate or import gives it one';
  return new DeliveryError('notFound', `${account.address} has no ${what}; ${todo}`, {
    fields: { reason: 'noKey' },
  });
}

/** The first key that can be published for the address; the fault of the first one when none can. */
async function firstUsable(
  account: Account,
  own: ParsedAddress,
  { keys, deps }: { keys: readonly OwnCertificate[]; deps: PublishDeps },
): Promise<Candidate> {
  let fault: unknown;
  for (const key of keys) {
    try {
      return await candidateOf(account, own, { key, deps });
    } catch (error) {
      if (!(error instanceof DeliveryError) || error.code !== 'badInput') throw error;
      fault ??= error;
    }
  }
  throw fault;
}

async function candidateOf(
  account: Account,
  own: ParsedAddress,
  { key, deps }: { key: OwnCertificate; deps: PublishDeps },
): Promise<Candidate> {
  const at = deps.clock.now();
  try {
    return { minimal: await minimalCertificate(key.octets, own.address, at), addedUserId: false };
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.fields.reason !== 'noUserId') throw error;
    const octets = await addUserId(account, own.address, { key, deps });
    // The user id was certified after `at`, maybe in another second.
    const later = deps.clock.now();
    if (octets) return { minimal: await minimalCertificate(octets, own.address, later), addedUserId: true };
    const todo = `on the owner’s machine, gpg --quick-add-uid ${key.fingerprint} '<${own.address}>' adds one; then import the key again`;
    throw new DeliveryError('badInput', `none of the key’s user ids is ${own.address}: ${todo}`, {
      fields: { reason: 'noUserId' },
    });
  }
}

/** The public key with one more user id, kept with the secret one; null when the server does not hold that. */
async function addUserId(
  account: Account,
  address: string,
  { key, deps }: { key: OwnCertificate; deps: PublishDeps },
): Promise<Uint8Array | null> {
  const { store, keyring, clock } = deps;
  const secrets = await store.listPrivateKeys(account.id);
  const secret = secrets.find(each => each.custody === 'server' && each.fingerprint === key.fingerprint);
  if (!secret || key.state !== 'usable') return null;
  const opened = keyring.unwrap(secret.wrapped);
  const packets = await certifyUserId(await readPrivateKey(opened), address, clock.now());
  await store.putPrivateKey(account.id, { ...secret, wrapped: keyring.wrap(withUserId(opened, packets)) });
  const octets = withUserId(key.octets, packets);
  for (const row of key.rows) await store.putPublicKey(account.id, { ...row, octets });
  const row = { ...key.rows[0], address: normalizeAddress(address), octets, firstSeenAt: clock.now() };
  await store.putPublicKey(account.id, {
    fingerprint: key.fingerprint,
    source: 'own',
    state: 'usable',
    ...row,
  });
  return octets;
}

/** Publishes an X.509 certificate (PEM or DER) for S/MIME (RFC 8162). Throws as `publishKey` and `smimeRecord`. */
export async function publishSmime(
  act: PublishingAct,
  { address, certificate }: { address: string; certificate: Uint8Array },
  deps: PublishDeps,
): Promise<Publication> {
  const own = await requireOwnAddress(act.account, address, deps);
  const { rdata, digest } = smimeRecord(certificate, own.address, deps.clock.now());
  const place = placeOf(act.account, own, deps);
  await deps.store.publishKey({ ...place, kind: 'smime', fingerprint: '', octets: rdata, state: 'usable' });
  await record(act, 'keyPublished', { address: own.address, kind: 'smime', sha256: digest }, deps);
  return {
    address: own.address,
    kind: 'smime',
    fingerprint: '',
    state: 'usable',
    sizeOctets: rdata.length,
    userId: null,
    addedUserId: false,
  };
}

/** Takes the key of an address back; whether there was one. Throws `notFound` when the address is not the account's. */
export async function unpublishKey(
  act: PublishingAct,
  { address, kind = 'openpgp' }: { address: string; kind?: PublishedKind },
  deps: Pick<PublishDeps, 'store' | 'clock'>,
): Promise<boolean> {
  const own = await requireOwnAddress(act.account, address, deps);
  const wasThere = await deps.store.unpublishKey(own.address, kind);
  if (wasThere) await record(act, 'keyUnpublished', { address: own.address, kind }, deps);
  return wasThere;
}

/** The address as it is registered for the account. A plus-address is none of its own. */
export async function requireOwnAddress(
  account: Account,
  address: string,
  { store }: Pick<PublishDeps, 'store'>,
): Promise<ParsedAddress> {
  const { key } = requireAddress(address);
  for (const row of await store.listAddresses(account.id)) {
    const own = requireAddress(row.address);
    if (own.key === key) return own;
  }
  throw new DeliveryError('notFound', `${address} is not an address of ${account.address}`);
}

function placeOf(
  account: Account,
  { localPart, domain }: ParsedAddress,
  { clock }: Pick<PublishDeps, 'clock'>,
): Pick<PublishedKey, 'domain' | 'localPart' | 'accountId' | 'publishedAt'> {
  return { domain, localPart, accountId: account.id, publishedAt: clock.now() };
}

/** An entry that the owner can read. */
export async function record(
  { account, actor, means }: PublishingAct,
  action: string,
  detail: Record<string, unknown>,
  { store, clock }: Pick<PublishDeps, 'store' | 'clock'>,
): Promise<void> {
  const entry = { at: clock.now(), actor, action, detail: means ? { ...detail, means } : detail };
  await store.appendAudit(account.id, entry);
}
