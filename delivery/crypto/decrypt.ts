import type { DecryptedSessionKey, KeyID, Message as OpenPgpMessage, PrivateKey } from 'openpgp';
import { parseMessage } from '../message/message.ts';
import type { Message } from '../message/shape.ts';
import { cmsFindings } from './cms.ts';
import { openedMessage, openedText, subjectProtection } from './content.ts';
import type { Decrypted, DecryptFindings, OpenFailure } from './findings.ts';
import type { Keyring, WrappedKey } from './keyring.ts';
import { readPublicKeys } from './keys.ts';
import { fullConfig, limits, loadOpenPgp } from './openpgp.ts';
import { type EncryptionShape, encryptionShape } from './packets.ts';
import { type Protection, protectionOf } from './protection.ts';
import {
  checkDetached,
  hexIds,
  judgeSignatures,
  type KnownKey,
  type SignatureContext,
  type SignatureFinding,
  unsigned,
} from './signatures.ts';
import { signedOctets } from './signed-octets.ts';

/** What the owner has to open and check mail with. */
export interface DecryptOwner {
  /** Keys that the server may use for this owner; empty for client custody and none. */
  readonly privateKeys: readonly WrappedKey[];
  /** The owner's own public keys (`source: own`) and those of the other participants. */
  readonly publicKeys: readonly KnownKey[];
  readonly keyring: Pick<Keyring, 'unwrapKey'>;
  /** When the message came; now when missing. */
  readonly receivedAt?: Date;
}

const plain: DecryptFindings = {
  form: 'none',
  encryption: 'none',
  signature: 'none',
  noIntegrity: false,
  signer: null,
  subject: 'open',
  opened: false,
  failure: null,
  algorithms: [],
};

/**
 * Opens and checks what protects the *whole* message: PGP/MIME (RFC 3156) and inline PGP; S/MIME is recognised. A
 * protected part of a larger message counts for nothing and is left alone (Efail). Plaintext is given out only when
 * its integrity holds. Never throws on input; ordinary mail costs next to nothing and loads no library.
 */
export async function decrypt(message: Message, owner: DecryptOwner): Promise<Decrypted> {
  const protection = protectionOf(message);
  if (protection.form === 'none') return { findings: plain, content: null };
  if (protection.form === 'smime') return { findings: cmsFindings(message, protection), content: null };
  const context = { message, publicKeys: owner.publicKeys, receivedAt: owner.receivedAt ?? new Date() };
  if (protection.kind === 'encrypted') return open(message, protection, { owner, context });
  const found = await checkSigned(message, protection, context);
  const content = protection.form === 'pgpInline' ? openedText(message, protection.clear.textOctets) : null;
  return { findings: { ...plain, form: protection.form, ...found }, content };
}

type Signed = Exclude<Extract<Protection, { kind: 'signed' }>, { form: 'smime' }>;

async function checkSigned(
  message: Message,
  protection: Signed,
  context: SignatureContext,
): Promise<SignatureFinding> {
  if (protection.form === 'pgpInline') {
    return checkDetached(protection.clear.signedOctets, protection.clear.signature, context);
  }
  if (!protection.signature) return { signature: 'invalid', signer: null };
  return checkDetached(signedOctets(message, protection.signed), protection.signature, context);
}

interface Opening {
  readonly owner: DecryptOwner;
  readonly context: SignatureContext;
}

async function open(
  message: Message,
  protection: { form: 'pgpMime' | 'pgpInline'; octets: Uint8Array | null },
  { owner, context }: Opening,
): Promise<Decrypted> {
  const { form, octets } = protection;
  const shape = octets && encryptionShape(octets);
  if (!octets || !shape) return closed({ form, encryption: 'unknown' }, 'malformed');
  const { noIntegrity, algorithms } = shape;
  if (noIntegrity) return closed({ form, encryption: 'weak', noIntegrity, algorithms }, 'noIntegrity');
  const fromOutside = { form, encryption: await strengthFromOutside(shape, owner), algorithms };
  if (owner.privateKeys.length === 0) return closed(fromOutside, 'noKey');
  const opened = await openMessage(octets, shape, owner);
  if ('failure' in opened) return closed({ ...fromOutside, ...opened.found }, opened.failure);
  const { data, cipher } = opened;
  const inner = form === 'pgpMime' ? parseMessage(data) : null;
  const findings: DecryptFindings = {
    ...plain,
    form,
    ...(await checkInside(opened.message, inner, { ...context, inside: inner })),
    encryption: shape.strength === 'strong' && !weakCiphers.has(cipher ?? '') ? 'strong' : 'weak',
    subject: inner ? subjectProtection(message, inner) : 'open',
    opened: true,
    algorithms: [...new Set([...algorithms, ...(cipher ? [cipher] : [])])],
  };
  return { findings, content: inner ? openedMessage(message, inner) : openedText(message, data) };
}

/** Ciphers of 64-bit blocks (RFC 9580 §9.3). */
const weakCiphers: ReadonlySet<string> = new Set(['idea', 'tripledes', 'cast5', 'blowfish']);

function closed(found: Partial<DecryptFindings>, failure: OpenFailure): Decrypted {
  return {
    findings: { ...plain, signature: 'unknown', subject: 'unknown', ...found, failure },
    content: null,
  };
}

/** Signed within the encryption, or a multipart/signed inside it (RFC 3156 §6). */
async function checkInside(
  opened: OpenPgpMessage<Uint8Array>,
  inner: Message | null,
  context: SignatureContext,
): Promise<SignatureFinding> {
  const openpgp = await loadOpenPgp();
  const keyIds = hexIds(opened.getSigningKeyIDs());
  if (keyIds.length > 0) {
    const config = { ...fullConfig(openpgp), minRSABits: 2047 };
    return judgeSignatures(keyIds, context, async (key, at) => {
      const results = await opened.verify([key], at, config);
      return results.map(({ keyID, verified }) => ({ keyId: keyID.toHex(), verified }));
    });
  }
  const protection = inner && protectionOf(inner);
  if (!inner || protection?.form !== 'pgpMime' || protection.kind !== 'signed') return unsigned;
  return checkSigned(inner, protection, context);
}

/**
 * How strong the encryption is when it stays closed. Where the owner's keys are known, it must be to one of them, or
 * anyone could lift the index with octets that nobody can open.
 */
async function strengthFromOutside(
  shape: EncryptionShape,
  { publicKeys }: DecryptOwner,
): Promise<DecryptFindings['encryption']> {
  const own = publicKeys.filter(key => key.source === 'own');
  const known: string[] = [];
  for (const { octets } of own) {
    const keys = await readPublicKeys(octets).catch(() => []);
    known.push(...keys.flatMap(key => key.getKeyIDs().map(id => id.toHex())));
  }
  const isToOwner = shape.recipients.some(id => isHidden(id) || known.includes(id));
  return known.length === 0 || isToOwner ? shape.strength : 'unknown';
}

function isHidden(keyId: string): boolean {
  return /^0+$/.test(keyId);
}

type Opened =
  | {
      readonly message: OpenPgpMessage<Uint8Array>;
      readonly data: Uint8Array;
      readonly cipher: string | null;
    }
  | { readonly failure: OpenFailure; readonly found: Partial<DecryptFindings> };

/** Session keys that are tried; each costs a private-key operation, for hidden recipients one for each key. */
const maxSessionKeys = 20;

async function openMessage(octets: Uint8Array, shape: EncryptionShape, owner: DecryptOwner): Promise<Opened> {
  const openpgp = await loadOpenPgp();
  const keys = await Promise.all(owner.privateKeys.map(key => owner.keyring.unwrapKey(key)));
  const fitting = keys.filter(key => shape.recipients.some(id => isHidden(id) || holds(key, id)));
  if (fitting.length === 0) return { failure: 'noKey', found: {} };
  if (!fitting.every(key => key.isDecrypted())) return { failure: 'badPassphrase', found: {} };
  try {
    const message = await openpgp.readMessage({ binaryMessage: Uint8Array.from(octets), config: limits });
    dropForeignSessionKeys(message, fitting);
    const sessionKeys = await openpgp.decryptSessionKeys({
      message,
      decryptionKeys: fitting,
      config: limits,
    });
    return await openData(message, sessionKeys);
  } catch {
    // Wrong session key, bad padding, broken packets: one answer for all, so that none can be told from another.
    return { failure: 'malformed', found: { encryption: 'unknown' } };
  }
}

function dropForeignSessionKeys(message: OpenPgpMessage<Uint8Array>, keys: readonly PrivateKey[]): void {
  let tried = 0;
  const isKept = (packet: (typeof message.packets)[number]) => {
    const id = 'publicKeyID' in packet ? (packet.publicKeyID as KeyID | undefined)?.toHex() : undefined;
    if (id === undefined) return true;
    if (!isHidden(id) && !keys.some(key => holds(key, id))) return false;
    tried += 1;
    return tried <= maxSessionKeys;
  };
  const kept = [...message.packets].filter(isKept);
  message.packets.splice(0, message.packets.length, ...kept);
}

async function openData(
  message: OpenPgpMessage<Uint8Array>,
  sessionKeys: DecryptedSessionKey[],
): Promise<Opened> {
  const openpgp = await loadOpenPgp();
  const keys = sessionKeys as Parameters<typeof message.decrypt>[2];
  try {
    const opened = await message.decrypt(undefined, undefined, keys, undefined, fullConfig(openpgp));
    const data = opened.getLiteralData();
    if (!(data instanceof Uint8Array)) return { failure: 'malformed', found: { encryption: 'unknown' } };
    const cipher = sessionKeys[0]?.algorithm ?? null;
    return { message: opened as OpenPgpMessage<Uint8Array>, data, cipher };
  } catch (error) {
    return dataFailure(error);
  }
}

function dataFailure(error: unknown): Opened {
  const reason = error instanceof Error ? error.message : '';
  if (/maximum decompressed/i.test(reason)) return { failure: 'tooLarge', found: {} };
  if (/modification detected|authentication tag|not authenticated/i.test(reason)) {
    return { failure: 'noIntegrity', found: { encryption: 'unknown', noIntegrity: true } };
  }
  return { failure: 'malformed', found: { encryption: 'unknown' } };
}

function holds(key: PrivateKey, keyId: string): boolean {
  return key.getKeyIDs().some(id => id.toHex() === keyId);
}
