import { createHash, randomBytes } from 'node:crypto';
import type { PublicKey } from 'openpgp';
import { DeliveryError } from '../errors.ts';
import { formatDate } from '../message/date.ts';
import { fieldsNamed } from '../message/fields.ts';
import { parseMessage } from '../message/message.ts';
import type { HeaderField, Message } from '../message/shape.ts';
import { armor } from './armor.ts';
import { limits, loadOpenPgp } from './openpgp.ts';

/** A public key of the owner; the part of `PublicKey` of the store that is needed. */
export interface SealingKey {
  /** Binary transferable public key. */
  readonly octets: Uint8Array;
  readonly fingerprint: string;
  readonly state: 'usable' | 'revoked' | 'expired' | 'waiting';
}

/** How to seal. */
export interface SealOptions {
  readonly receivedAt: Date;
  /** When the keys must be valid; `receivedAt` when missing. */
  readonly at?: Date;
  /** Keeps read keys for the next message; without it each is read anew. */
  readonly certificates?: CertificateCache;
  /** The owner hides From, To, Cc and Message-ID as well (DESIGN.md, API). */
  readonly hidesParticipants?: boolean;
  /** For the owner's device alone: stands inside the seal, beside the octets. Of the characters of base64. */
  readonly learning?: string | undefined;
}

/** Fields that stay outside, in this order (DESIGN.md, API). */
const outerFields = ['From', 'To', 'Cc', 'Message-ID'] as const;

/**
 * The whole octets, encrypted to the owner's usable keys as PGP/MIME (RFC 3156). Inside stands a message/rfc822 entity
 * whose body is the octets as they are, so that any OpenPGP mail program shows the message and nothing is lost;
 * its Subject is repeated as a protected field. Outside stay From, To, Cc, Message-ID and the date of arrival.
 * Mail that came encrypted is sealed like any other: its subject and trace fields must not lie open either.
 * Throws `sealingImpossible` when no key can encrypt.
 */
export async function seal(
  octets: Uint8Array,
  publicKeys: readonly SealingKey[],
  { receivedAt, at = receivedAt, certificates, hidesParticipants = false, learning }: SealOptions,
): Promise<Uint8Array> {
  const openpgp = await loadOpenPgp();
  const encryptionKeys = await usableKeys(publicKeys, at, certificates ?? openCertificateCache(0));
  const original = parseMessage(octets);
  const encrypted = await openpgp.encrypt({
    message: await openpgp.createMessage({ binary: innerEntity(octets, original, learning), date: at }),
    encryptionKeys,
    date: at,
    format: 'binary',
    config: limits,
  });
  const boundary = `sealed-${randomBytes(18).toString('hex')}`;
  const lines = [
    ...(hidesParticipants ? ['From: undisclosed-sender:;'] : keptFields(original)),
    `Date: ${formatDate(receivedAt)}`,
    'Subject: [...]',
    'MIME-Version: 1.0',
    `Content-Type: multipart/encrypted; protocol="application/pgp-encrypted";\r\n boundary="${boundary}"`,
    '',
    'This message is encrypted to its owner with OpenPGP (RFC 3156).',
    `--${boundary}`,
    'Content-Type: application/pgp-encrypted',
    '',
    'Version: 1',
    '',
    `--${boundary}`,
    'Content-Type: application/octet-stream; name="encrypted.asc"',
    'Content-Disposition: inline; filename="encrypted.asc"',
    '',
    `${armor('MESSAGE', encrypted)}--${boundary}--`,
    '',
  ];
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

/** Read certificates by their octets; the library remembers on them which self-signatures it has checked. */
export interface CertificateCache {
  read(octets: Uint8Array): Promise<PublicKey>;
}

/** A cache of at most `size` certificates: saves a third of the work of a small message. */
export function openCertificateCache(size = 256): CertificateCache {
  const kept = new Map<string, Promise<PublicKey>>();
  return {
    async read(octets) {
      const { readKey } = await loadOpenPgp();
      const name = createHash('sha256').update(octets).digest('base64');
      const known = kept.get(name);
      const key = known ?? readKey({ binaryKey: Uint8Array.from(octets), config: limits });
      kept.delete(name);
      kept.set(name, key);
      key.catch(() => kept.delete(name));
      const oldest = kept.keys().next().value;
      if (kept.size > size && oldest !== undefined) kept.delete(oldest);
      return key;
    },
  };
}

async function usableKeys(
  publicKeys: readonly SealingKey[],
  at: Date,
  certificates: CertificateCache,
): Promise<PublicKey[]> {
  const usable: PublicKey[] = [];
  let cause: unknown;
  for (const { octets, state } of publicKeys) {
    if (state !== 'usable') continue;
    try {
      const key = await certificates.read(octets);
      await key.getEncryptionKey(undefined, at, undefined);
      usable.push(key);
    } catch (error) {
      // One broken or expired key among several doesn't stop the sealing; the last reason is told when all are.
      cause = error;
    }
  }
  if (usable.length > 0) return usable;
  throw new DeliveryError('sealingImpossible', `none of ${publicKeys.length} keys can encrypt`, { cause });
}

/** Marks the entity that holds a sealed message. */
const sealedType = 'Content-Type: message/rfc822; protected-headers="v1"; x-sealed="1"';

/** What learning is told of the message is no field of it: nothing that a sender writes can stand there. */
function innerEntity(octets: Uint8Array, original: Message, learning: string | undefined): Uint8Array {
  const subject = countingField(original, 'Subject');
  const head = [
    learning ? `${sealedType};\r\n x-learning="${learning}"` : sealedType,
    'Content-Transfer-Encoding: binary',
    'Content-Disposition: inline',
    ...(subject ? [fieldText(original, subject)] : []),
    '',
    '',
  ].join('\r\n');
  return new Uint8Array(Buffer.concat([Buffer.from(head, 'latin1'), octets]));
}

function countingField(message: Message, name: string): HeaderField | undefined {
  // The last one counts, as everywhere else (RFC 8621 §4.1.3).
  return fieldsNamed(message.root.fields, name).at(-1);
}

function keptFields(original: Message): string[] {
  const kept = outerFields.flatMap(name => countingField(original, name) ?? []);
  return kept.map(field => fieldText(original, field));
}

/** The field as it stands, octet for octet (latin1), line endings made CRLF, none at the end. */
function fieldText(message: Message, { start, end }: HeaderField): string {
  const text = Buffer.from(message.raw.subarray(start, end)).toString('latin1');
  return text
    .replace(/[\r\n]+$/, '')
    .replace(/\r?\n|\r/g, '\r\n')
    .replace(/\r\n(?![ \t])/g, '\r\n ');
}
