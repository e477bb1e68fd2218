import { armor } from '../../delivery/crypto/armor.ts';
import type { DecryptOwner } from '../../delivery/crypto/decrypt.ts';
import { openKeyring } from '../../delivery/crypto/keyring.ts';
import { type GeneratedKey, generateKey, readPrivateKey } from '../../delivery/crypto/keys.ts';
import { fullConfig, loadOpenPgp } from '../../delivery/crypto/openpgp.ts';
import type { KnownKey } from '../../delivery/crypto/signatures.ts';

/** When the people of the tests made their keys, and when their mail comes. */
export const madeAt = new Date('2026-01-01T00:00:00Z');
export const writtenAt = new Date('2026-03-01T12:00:00Z');
export const receivedAt = new Date('2026-03-01T12:00:30Z');

export const keyring = openKeyring(new Uint8Array(32).fill(7));

/** A person with a key. */
export interface Person {
  readonly address: string;
  readonly key: GeneratedKey;
  /** A row as an owner would know this person's key. */
  known(source: KnownKey['source'], change?: Partial<KnownKey>): KnownKey;
  /** This person as the owner of the mailbox. */
  owner(publicKeys?: readonly KnownKey[]): DecryptOwner;
}

export async function makePerson(address: string): Promise<Person> {
  const key = await generateKey(address, undefined, madeAt);
  const { fingerprint, publicKey, privateKey } = key;
  const person: Person = {
    address,
    key,
    known: (source, change = {}) => ({
      address,
      fingerprint,
      octets: publicKey,
      source,
      state: 'usable',
      firstSeenAt: madeAt,
      ...change,
    }),
    owner: (publicKeys = []) => ({
      privateKeys: [{ fingerprint, wrapped: keyring.wrap(privateKey) }],
      publicKeys: [person.known('own'), ...publicKeys],
      keyring,
      receivedAt,
    }),
  };
  return person;
}

/** A detached, armored signature over the octets. */
export async function sign(octets: string, ...signers: readonly Person[]): Promise<string> {
  const openpgp = await loadOpenPgp();
  const signature = await openpgp.sign({
    message: await openpgp.createMessage({ binary: Buffer.from(octets) }),
    signingKeys: await Promise.all(signers.map(signer => readPrivateKey(signer.key.privateKey))),
    detached: true,
    date: writtenAt,
    format: 'binary',
  });
  return armor('SIGNATURE', signature as unknown as Uint8Array);
}

/** An armored message: encrypted to `to`, signed inside by `signers`. */
export async function encrypt(
  octets: string | Uint8Array,
  to: readonly Person[],
  signers: readonly Person[] = [],
): Promise<string> {
  const openpgp = await loadOpenPgp();
  const encryptionKeys = await Promise.all(
    to.map(person => openpgp.readKey({ binaryKey: Uint8Array.from(person.key.publicKey) })),
  );
  const signingKeys = await Promise.all(signers.map(signer => readPrivateKey(signer.key.privateKey)));
  const encrypted = await openpgp.encrypt({
    message: await openpgp.createMessage({ binary: new Uint8Array(Buffer.from(octets)), date: writtenAt }),
    encryptionKeys,
    ...(signingKeys.length > 0 ? { signingKeys } : {}),
    date: writtenAt,
    format: 'binary',
    config: fullConfig(openpgp),
  });
  return armor('MESSAGE', encrypted);
}

const header = (from: string, subject: string) =>
  `From: ${from}\r\nTo: adam@example.net\r\nSubject: ${subject}\r\nDate: Sun, 01 Mar 2026 12:00:00 +0000\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n`;

/** A PGP/MIME encrypted message (RFC 3156 §4). */
export function encryptedMessage(from: string, armored: string, subject = '...'): string {
  return `${header(from, subject)}Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b"\r\n\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--b\r\nContent-Type: application/octet-stream\r\n\r\n${armored}\r\n--b--\r\n`;
}

/** A PGP/MIME signed message (RFC 3156 §5) whose signed entity is `entity`. */
export function signedMessage(from: string, entity: string, signature: string, subject = 'lunch'): string {
  return `${header(from, subject)}Content-Type: multipart/signed; protocol="application/pgp-signature"; micalg=pgp-sha512; boundary="s"\r\n\r\n--s\r\n${entity}\r\n--s\r\nContent-Type: application/pgp-signature\r\n\r\n${signature}\r\n--s--\r\n`;
}

/** A plain text message. */
export function textMessage(from: string, body: string, subject = 'lunch'): string {
  return `${header(from, subject)}Content-Type: text/plain; charset=utf-8\r\n\r\n${body}`;
}
