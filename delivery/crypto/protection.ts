import { decodeBody } from '../message/content.ts';
import type { Entity, Message } from '../message/shape.ts';
import { type ClearSigned, findArmor, readClearSigned } from './armor.ts';

/** How the whole of a message is protected; a protected part of a larger message protects nothing (Efail). */
export type Protection =
  | { readonly form: 'none' }
  /** `octets`: the OpenPGP message; null when the part that should hold it doesn't. */
  | { readonly form: 'pgpMime' | 'pgpInline'; readonly kind: 'encrypted'; readonly octets: Uint8Array | null }
  | {
      readonly form: 'pgpMime';
      readonly kind: 'signed';
      readonly signed: Entity;
      readonly signature: Uint8Array | null;
    }
  | { readonly form: 'pgpInline'; readonly kind: 'signed'; readonly clear: ClearSigned }
  | { readonly form: 'smime'; readonly kind: 'encrypted' | 'signed'; readonly entity: Entity };

const none: Protection = { form: 'none' };

/** Recognises PGP/MIME (RFC 3156), inline PGP and S/MIME (RFC 8551). Cheap for ordinary mail, never throws. */
export function protectionOf(message: Message): Protection {
  const { root } = message;
  const read = byMediaType[root.mediaType];
  return read ? read(message, root) : none;
}

type Reader = (message: Message, root: Entity) => Protection;

const byMediaType: Readonly<Record<string, Reader>> = {
  'multipart/encrypted': readEncrypted,
  'multipart/signed': readSigned,
  'multipart/mixed': readMixed,
  'text/plain': readInline,
  'application/pkcs7-mime': readCms,
  'application/x-pkcs7-mime': readCms,
};

function readEncrypted(message: Message, { parts, parameters }: Entity): Protection {
  const protocol = parameters.protocol?.toLowerCase();
  if (protocol !== undefined && protocol !== 'application/pgp-encrypted') return none;
  const [control, data] = parts;
  if (parts.length !== 2 || control?.mediaType !== 'application/pgp-encrypted' || !data) return none;
  return { form: 'pgpMime', kind: 'encrypted', octets: openPgpOctets(message, data, 'MESSAGE') };
}

function readSigned(message: Message, root: Entity): Protection {
  const [signed, signature] = root.parts;
  if (root.parts.length !== 2 || !signed || !signature) return none;
  const type = signature.mediaType;
  if (type === 'application/pgp-signature') {
    return {
      form: 'pgpMime',
      kind: 'signed',
      signed,
      signature: openPgpOctets(message, signature, 'SIGNATURE'),
    };
  }
  if (/^application\/(x-)?pkcs7-signature$/.test(type))
    return { form: 'smime', kind: 'signed', entity: signature };
  return none;
}

/**
 * Exchange rewrites multipart/encrypted as multipart/mixed with an empty text in front; a list may wrap the one part
 * it passes on. Both still are the whole message.
 */
function readMixed(message: Message, { parts }: Entity): Protection {
  const filled = parts.filter(part => !isBlankText(message, part));
  const [first, second] = filled;
  if (filled.length === 1 && first?.mediaType === 'text/plain') return readInline(message, first);
  if (filled.length !== 2 || first?.mediaType !== 'application/pgp-encrypted' || !second) return none;
  const octets = openPgpOctets(message, second, 'MESSAGE');
  return octets ? { form: 'pgpMime', kind: 'encrypted', octets } : none;
}

function isBlankText(message: Message, part: Entity): boolean {
  if (part.mediaType !== 'text/plain' || part.bodyEnd - part.bodyStart > 64) return false;
  return message.raw
    .subarray(part.bodyStart, part.bodyEnd)
    .every(octet => octet === 32 || (octet >= 9 && octet <= 13));
}

const beginMark = '-----BEGIN PGP ';
/** The mark in base64 when the text starts with it. */
const encodedMark = Buffer.from(beginMark).toString('base64').slice(0, 20);

function readInline(message: Message, entity: Entity): Protection {
  const { raw } = message;
  const body = Buffer.from(raw.buffer, raw.byteOffset + entity.bodyStart, entity.bodyEnd - entity.bodyStart);
  const mark = entity.transferEncoding === 'base64' ? encodedMark : beginMark;
  if (body.indexOf(mark, 0, 'latin1') < 0) return none;
  const octets = decodeBody(message, entity);
  const clear = readClearSigned(octets);
  if (clear) return { form: 'pgpInline', kind: 'signed', clear };
  const block = findArmor(octets);
  if (block?.type !== 'MESSAGE') return none;
  if (!isBlank(octets.subarray(0, block.start)) || !isBlank(octets.subarray(block.end))) return none;
  return { form: 'pgpInline', kind: 'encrypted', octets: block.octets };
}

function isBlank(octets: Uint8Array): boolean {
  return octets.every(octet => octet === 32 || (octet >= 9 && octet <= 13));
}

/** Armored by RFC 3156 §4; some programs send it binary. */
function openPgpOctets(message: Message, part: Entity, type: string): Uint8Array | null {
  const octets = decodeBody(message, part);
  const block = findArmor(octets);
  if (block) return block.type === type ? block.octets : null;
  return (octets[0] ?? 0) & 0x80 ? octets : null;
}

/** `smime-type` says which (RFC 8551 §3.2.2); without it the file name does: .p7m encrypts unless it says otherwise. */
function readCms(_message: Message, root: Entity): Protection {
  const type = root.parameters['smime-type']?.toLowerCase() ?? '';
  if (type === 'certs-only' || type === 'compressed-data') return none;
  return { form: 'smime', kind: type === 'signed-data' ? 'signed' : 'encrypted', entity: root };
}
