import { armor } from './crypto/armor.ts';
import { type MinimalCertificate, minimalCertificate } from './crypto/minimal-certificate.ts';
import { DeliveryError } from './errors.ts';
import { normalizeAddress } from './message/address.ts';
import { type PublishDeps, type PublishingAct, record, requireOwnAddress } from './publish-key.ts';
import { splitPublished } from './refresh-published.ts';
import { openKeyServer, type ServerAnswer } from './verifying-server.ts';

/**
 * How an upload ended:
 * - `mailed`: the server says that it mails the address a link, and shows the key for the address once the owner has opened it.
 * - `shown`: it shows the key for the address already.
 * - `revoked`: it knows by now that the key, or the user id, is revoked.
 * - `withoutAddress`: it has the key and shows it, but not for the address, and no mail was sent.
 * - `refused`: it did not take the key.
 * - `unknown`: it was not reached, or its answer was lost: the key may be there.
 */
export type UploadOutcome = 'mailed' | 'shown' | 'revoked' | 'withoutAddress' | 'refused' | 'unknown';

export interface Upload {
  readonly address: string;
  /** Lower-case hexadecimal. */
  readonly fingerprint: string;
  /** The user id that was sent, the only one. */
  readonly userId: string;
  /** Its address on the web, without a final slash. */
  readonly server: string;
  readonly outcome: UploadOutcome;
  /** Why not, for people; null where all went well. */
  readonly reason: string | null;
}

export interface UploadOptions {
  readonly address: string;
  /** `https://` address of the server. */
  readonly server: string;
  /** Languages for the mail to the owner, the best first, such as `de_CH`; the server's choice when left out. */
  readonly locale?: readonly string[];
}

export interface UploadDeps extends Pick<PublishDeps, 'store' | 'clock'> {
  readonly fetch: typeof globalThis.fetch;
  /** Longest wait for each of the two answers. */
  readonly timeoutMilliseconds: number;
}

/**
 * Sends the key that is published for an address to a verifying key server (VKS, as keys.openpgp.org and Hagrid speak
 * it: /about/api there), and asks it to mail the owner a link. Only the owner's act, or an operator's for the owner,
 * calls this: it tells a third party that the address exists. Sent is the smallest certificate with the user id of
 * that address; of a pair the first, since the server mails for one key alone. Throws `notFound` (not an address of
 * the account, nothing published) and `badRequest` (no address of a server); what the server makes of it is a value.
 */
export async function uploadKey(
  act: PublishingAct,
  { address, server, locale = [] }: UploadOptions,
  deps: UploadDeps,
): Promise<Upload> {
  const keyServer = openKeyServer(server, deps);
  const own = await requireOwnAddress(act.account, address, deps);
  const minimal = await publishedCertificate(own.address, deps);
  const { fingerprint, userId } = minimal;
  const ended = (outcome: UploadOutcome, reason: string | null = null): Upload => {
    return { address: own.address, fingerprint, userId, server: keyServer.address, outcome, reason };
  };
  const armored = armor('PUBLIC KEY BLOCK', minimal.octets);
  const uploaded = await keyServer.post('/vks/v1/upload', { keytext: armored });
  if (uploaded.failure === 'refused') return ended('refused', uploaded.reason);
  // Also where the answer was lost: from here on the server may have it.
  await record(act, 'keyUploaded', { address: own.address, fingerprint, server: keyServer.address }, deps);
  if (uploaded.failure !== null) return ended('unknown', uploaded.reason);
  const { answer } = uploaded;
  const fault = faultOf(answer, fingerprint);
  if (fault !== null) return ended('unknown', fault);
  if (minimal.state === 'revoked') return ended('revoked');
  const known = statusOf(answer, own.address);
  if (known === null) return ended('withoutAddress', 'it finds no address in it that it could write to');
  if (known.status === 'published' || known.status === 'revoked') return ended(...wordOf(known.status));
  const asked = await keyServer.post('/vks/v1/request-verify', {
    token: answer.token,
    addresses: [known.address],
    ...(locale.length === 0 ? {} : { locale }),
  });
  if (asked.failure !== null) return ended('withoutAddress', asked.reason);
  return ended(...wordOf(statusOf(asked.answer, own.address)?.status));
}

async function publishedCertificate(
  address: string,
  { store, clock }: Pick<UploadDeps, 'store' | 'clock'>,
): Promise<MinimalCertificate> {
  const published = await store.getPublishedKey(address, 'openpgp');
  const [first] = published ? splitPublished(published) : [];
  // What is published may have run out since, and a user id of another address must not leave with it.
  if (first) return minimalCertificate(first, address, clock.now());
  const todo = `caliopen keys publish ${address} does that first`;
  throw new DeliveryError('notFound', `no OpenPGP key is published here for ${address}; ${todo}`, {
    fields: { reason: 'notPublished' },
  });
}

/** What is wrong with the answer to an upload; null when it is about our key and we can go on. */
function faultOf({ key_fpr, token }: ServerAnswer, fingerprint: string): string | null {
  if (typeof key_fpr !== 'string' || typeof token !== 'string') return 'its answer is not that of a VKS';
  return key_fpr.toLowerCase() === fingerprint ? null : 'its answer is about another key';
}

/** The server's word on an address, with the address as it writes it: Hagrid writes it in lower case. */
function statusOf({ status }: ServerAnswer, address: string): { address: string; status: unknown } | null {
  if (typeof status !== 'object' || status === null) return null;
  const wanted = normalizeAddress(address);
  const found = Object.entries(status).find(([key]) => normalizeAddress(key) === wanted);
  return found ? { address: found[0], status: found[1] } : null;
}

/** What becomes of the address, by the server's word on it. */
function wordOf(status: unknown): [outcome: UploadOutcome, reason: string | null] {
  if (status === 'published') return ['shown', null];
  if (status === 'revoked') return ['revoked', null];
  if (status === 'pending') return ['mailed', null];
  return ['withoutAddress', 'it did not say that it sent a mail'];
}
