import type { KeyID, PublicKey, Signature } from 'openpgp';
import { normalizeAddress } from '../message/address.ts';
import { fieldsNamed } from '../message/fields.ts';
import type { Message } from '../message/shape.ts';
import { deliveredKeys } from './delivered-keys.ts';
import type { DecryptFindings } from './findings.ts';
import { certifiedAddresses, fingerprint, readPublicKeys } from './keys.ts';
import { limits, loadOpenPgp } from './openpgp.ts';

/** A public key that the owner knows; the part of `PublicKey` of the store that is needed. */
export interface KnownKey {
  /** Lower-case address the key is for. */
  readonly address: string;
  readonly fingerprint: string;
  readonly octets: Uint8Array;
  readonly source: 'own' | 'hand' | 'dnssec' | 'wkd' | 'autocrypt' | 'attached';
  /** `waiting`: appeared beside another key and is not accepted before the owner's word. */
  readonly state: 'usable' | 'revoked' | 'expired' | 'waiting';
  readonly firstSeenAt: Date;
}

/** What the signatures of one message are held against. */
export interface SignatureContext {
  /** The message as it came: its From field is the one that counts, and it may bring keys. */
  readonly message: Message;
  /** What was encrypted in it: it may bring keys, too. */
  readonly inside?: Message | null;
  readonly publicKeys: readonly KnownKey[];
  /** When the message came; keys first seen later were not known before it. */
  readonly receivedAt: Date;
}

export type SignatureFinding = Pick<DecryptFindings, 'signature' | 'signer'>;

/** Checks all signatures against one certificate; gives back the key ids it answered for, and whether they hold. */
export type SignatureCheck = (
  key: PublicKey,
  at: Date,
) => Promise<readonly { keyId: string; verified: Promise<unknown> }[]>;

export const unsigned: SignatureFinding = { signature: 'none', signer: null };

/** Best first. Of several signatures the best one counts: each covers the whole, so a bad one takes nothing away. */
const ranks = ['verified', 'seen', 'unknownKey', 'invalid', 'unknown'] as const;

/** Sender's clocks run ahead; a signature from further in the future is not valid yet. */
const clockSkewMilliseconds = 86_400_000;

/** Signatures looked at in one message. */
const maxSignatures = 8;

const sourcesOfConfirmation: ReadonlySet<KnownKey['source']> = new Set(['own', 'hand', 'dnssec', 'wkd']);

/** Checks a detached signature over exactly these octets (RFC 3156 §5). */
export async function checkDetached(
  signed: Uint8Array,
  signatureOctets: Uint8Array,
  context: SignatureContext,
): Promise<SignatureFinding> {
  const openpgp = await loadOpenPgp();
  let signature: Signature;
  try {
    signature = await openpgp.readSignature({
      binarySignature: Uint8Array.from(signatureOctets),
      config: limits,
    });
  } catch {
    // Not a signature that the library can read: shown as one that doesn't hold.
    return { signature: 'invalid', signer: null };
  }
  const keyIds = hexIds(signature.getSigningKeyIDs());
  // Packets of a version that the library doesn't know (version 3): it can't be said whether they hold.
  if (keyIds.length === 0) return { signature: 'unknown', signer: null };
  return judgeSignatures(keyIds, context, async (key, date) => {
    const message = await openpgp.createMessage({ binary: Uint8Array.from(signed) });
    const options = { message, signature, verificationKeys: key, date, format: 'binary' as const };
    const { signatures } = await openpgp.verify({ ...options, config: { ...limits, minRSABits: 2047 } });
    return signatures.map(({ keyID, verified }) => ({ keyId: keyID.toHex(), verified }));
  });
}

/** Key ids as hexadecimal digits; packets that could not be read have none. */
export function hexIds(ids: readonly (KeyID | undefined)[]): string[] {
  return ids.flatMap(id => (id ? [id.toHex()] : []));
}

/** The best finding among the signatures by these key ids. */
export async function judgeSignatures(
  keyIds: readonly string[],
  context: SignatureContext,
  check: SignatureCheck,
): Promise<SignatureFinding> {
  const distinct = [...new Set(keyIds)].slice(0, maxSignatures);
  if (distinct.length === 0) return unsigned;
  const known = await knownCertificates(distinct, context);
  const isMissing = distinct.some(id => !known.some(key => holds(key, id)));
  const keys = isMissing ? [...known, ...(await deliveredCertificates(distinct, known, context))] : known;
  const findings: SignatureFinding[] = distinct
    .filter(id => !keys.some(key => holds(key, id)))
    .map(keyId => ({ signature: 'unknown', signer: { keyId, fingerprint: null, address: null } }));
  for (const key of keys) findings.push(...(await judgeByKey(key, context, check)));
  return bestOf(findings);
}

function bestOf(findings: readonly SignatureFinding[]): SignatureFinding {
  for (const word of ranks) {
    const found = findings.find(finding => finding.signature === word);
    if (found) return found;
  }
  return { signature: 'unknown', signer: null };
}

async function judgeByKey(
  key: PublicKey,
  context: SignatureContext,
  check: SignatureCheck,
): Promise<SignatureFinding[]> {
  const at = new Date(context.receivedAt.getTime() + clockSkewMilliseconds);
  const results = await check(key, at).catch(() => []);
  const own = results.filter(({ keyId }) => holds(key, keyId)).slice(0, maxSignatures);
  for (const other of results) other.verified.catch(() => {});
  const findings: SignatureFinding[] = [];
  for (const { keyId, verified } of own) {
    const failure = await verified.then(() => null, reasonOf);
    const signer = { keyId, fingerprint: fingerprint(key), address: null };
    if (failure === null) findings.push(await bind(key, keyId, context));
    else findings.push({ signature: isTooWeak(failure) ? 'unknown' : 'invalid', signer });
  }
  return findings;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Refused by policy, not shown to be false: MD5, SHA-1, RSA below 2,048 bits (RFC 9580 §9.5, §12.4). */
function isTooWeak(reason: string): boolean {
  return /insecure|too weak|not supported|rejected/i.test(reason);
}

/**
 * A valid signature is worth what its key is worth: `verified` when the From field's only author is an address that
 * the key certifies itself and for which the key is confirmed; `seen` when the owner had the key for that address
 * before; else anybody could have made it: `unknownKey`. Sender, display name and inner copies of From never count.
 */
async function bind(key: PublicKey, keyId: string, context: SignatureContext): Promise<SignatureFinding> {
  const author = soleAuthor(context.message);
  const print = fingerprint(key);
  const isCertified = author !== null && (await certifiedAddresses(key, context.receivedAt)).includes(author);
  const rows = context.publicKeys.filter(row => row.fingerprint.toLowerCase() === print);
  const signer = { keyId, fingerprint: print, address: isCertified ? author : null };
  if (rows.some(row => row.state === 'revoked')) return { signature: 'invalid', signer };
  if (!isCertified) return { signature: 'unknownKey', signer };
  const accepted = rows.filter(row => row.state !== 'waiting');
  const forAuthor = accepted.filter(row => normalizeAddress(row.address) === author);
  if (forAuthor.some(row => sourcesOfConfirmation.has(row.source))) return { signature: 'verified', signer };
  const isSeen = forAuthor.some(row => row.firstSeenAt < context.receivedAt);
  return { signature: isSeen ? 'seen' : 'unknownKey', signer };
}

/**
 * The findings once the owner has confirmed this key for this address: a valid signature by it is `verified` then.
 * Null where that changes nothing.
 */
export function afterConfirmation(
  findings: DecryptFindings | null,
  confirmed: Pick<KnownKey, 'address' | 'fingerprint'>,
): DecryptFindings | null {
  const isValid = findings?.signature === 'seen' || findings?.signature === 'unknownKey';
  // The signer's address is there only when the key certifies the author's.
  const { fingerprint: print, address } = findings?.signer ?? {};
  if (!isValid || !print || print !== confirmed.fingerprint || address !== confirmed.address) return null;
  return { ...findings, signature: 'verified' };
}

/** The one address in the one From field, normalised; null when there are several or none (RFC 5322 §3.6.2). */
export function soleAuthor(message: Message): string | null {
  const [author, ...others] = message.originators.from;
  if (!author || others.length > 0) return null;
  if (fieldsNamed(message.root.fields, 'from').length !== 1) return null;
  return author.address.includes('@') ? normalizeAddress(author.address) : null;
}

/** The owner's certificates with one of these key ids, each once; broken ones are left out. */
async function knownCertificates(
  keyIds: readonly string[],
  { publicKeys }: SignatureContext,
): Promise<PublicKey[]> {
  const rows = new Map(publicKeys.map(row => [row.fingerprint.toLowerCase(), row.octets]));
  const certificates: PublicKey[] = [];
  for (const octets of rows.values()) certificates.push(...(await readOrNone(octets)));
  return certificates.filter(key => keyIds.some(id => holds(key, id)));
}

async function deliveredCertificates(
  keyIds: readonly string[],
  known: readonly PublicKey[],
  { message, inside }: SignatureContext,
): Promise<PublicKey[]> {
  const certificates: PublicKey[] = [];
  const delivered = [...deliveredKeys(message), ...(inside ? deliveredKeys(inside) : [])];
  for (const octets of delivered) certificates.push(...(await readOrNone(octets)));
  const prints = new Set(known.map(fingerprint));
  const isNew = (key: PublicKey) => !prints.has(fingerprint(key));
  return certificates.filter(key => isNew(key) && keyIds.some(id => holds(key, id)));
}

async function readOrNone(octets: Uint8Array): Promise<PublicKey[]> {
  try {
    return await readPublicKeys(octets);
  } catch {
    // A key that can't be read proves nothing, and another may do.
    return [];
  }
}

function holds(key: PublicKey, keyId: string): boolean {
  return key.getKeyIDs().some(id => id.toHex() === keyId);
}
