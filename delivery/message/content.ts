import { type Decoded, decodeCharset } from './charset.ts';
import { viewOf } from './octets.ts';
import type { Entity, Message } from './shape.ts';
import { undoTransferEncoding } from './transfer.ts';

/** The body of an entity with its transfer encoding undone (RFC 2045 §6). Multiparts are given as they stand. */
export function decodeBody(message: Message, entity: Entity): Uint8Array {
  const octets = message.raw.subarray(entity.bodyStart, entity.bodyEnd);
  return entity.parts.length > 0 ? octets : undoTransferEncoding(octets, entity.transferEncoding).octets;
}

/**
 * The text of an entity: transfer encoding undone, charset decoded, line endings as they stand. HTML without a
 * charset parameter is searched for one in its beginning. At most `maxCharacters` characters, reading no more
 * octets than those can take. `isProblem` as RFC 8621 §4.1.4 means isEncodingProblem.
 */
export function decodeText(
  message: Message,
  entity: Entity,
  maxCharacters = Number.POSITIVE_INFINITY,
): Decoded {
  const end = Math.min(
    entity.bodyEnd,
    entity.bodyStart + maxCharacters * mostOctets(entity.transferEncoding) + 1000,
  );
  const source = message.raw.subarray(entity.bodyStart, end);
  const body = undoTransferEncoding(source, entity.transferEncoding);
  const isWhole = end === entity.bodyEnd && body.octets.length <= maxCharacters;
  const octets = isWhole ? body.octets : withoutPartOfCharacter(body.octets.subarray(0, maxCharacters * 4));
  const decoded = decodeCharset(octets, charsetOf(entity, octets));
  const isCut = octets.length < body.octets.length || end < entity.bodyEnd;
  return {
    text: cut(decoded.text, maxCharacters),
    // What a cut leaves of a character looks malformed.
    isProblem: body.isProblem || (decoded.isProblem && !(isCut && isFineBut(decoded.text))),
  };
}

/** Most octets of the body that one character can take. */
function mostOctets(encoding: string): number {
  return encoding === 'quoted-printable' ? 16 : 6;
}

/** Without the beginning of a UTF-8 sequence at the very end, so that cut UTF-8 stays valid. */
function withoutPartOfCharacter(octets: Uint8Array): Uint8Array {
  for (let back = 1; back <= 3; back++) {
    const octet = octets[octets.length - back] ?? 0;
    if (octet < 0x80) return octets;
    if (octet < 0xc0) continue;
    const length = octet >= 0xf0 ? 4 : octet >= 0xe0 ? 3 : 2;
    return back < length ? octets.subarray(0, octets.length - back) : octets;
  }
  return octets;
}

function isFineBut(text: string): boolean {
  const at = text.indexOf('\ufffd');
  return at === -1 || at >= text.length - 4;
}

function cut(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const last = text.charCodeAt(maxCharacters - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? maxCharacters - 1 : maxCharacters);
}

/** The charset parameter, a byte order mark, or what the first kilobyte of HTML declares; null for none. */
function charsetOf(entity: Entity, octets: Uint8Array): string | null {
  if (octets[0] === 0xff && octets[1] === 0xfe) return 'utf-16le';
  if (octets[0] === 0xfe && octets[1] === 0xff) return 'utf-16be';
  const declared = Object.hasOwn(entity.parameters, 'charset') ? entity.parameters.charset : undefined;
  if (declared) return declared;
  if (entity.mediaType !== 'text/html') return null;
  const beginning = viewOf(octets).toString('latin1', 0, 1024);
  const label =
    /<meta[^>]{0,200}charset\s{0,10}=\s{0,10}["']?([a-z0-9_-]{1,40})/i.exec(beginning)?.[1] ?? null;
  // A declaration that could be read octet by octet is not UTF-16.
  return label && /^utf-?16/i.test(label) ? 'utf-8' : label;
}
