import { crc24 } from './crc24.ts';
import { packetTypes, readPackets } from './packets.ts';

/** One armored block (RFC 9580 §6.2) in a text. */
export interface ArmoredBlock {
  /** `MESSAGE`, `SIGNATURE`, `PUBLIC KEY BLOCK`, `PRIVATE KEY BLOCK`. */
  readonly type: string;
  /** Armor header lines, names as written. */
  readonly headers: Readonly<Record<string, string>>;
  readonly octets: Uint8Array;
  /** Offsets of the block in the input, from the first dash to behind the last one. */
  readonly start: number;
  readonly end: number;
}

const beginMark = /^-----BEGIN PGP ([A-Z ]{1,40})-----[ \t\r]*$/m;

/**
 * The first armored block from `from` on, null when there is none or it is broken. The checksum is not needed: what is
 * inside is protected better (RFC 9580 §6.1). Clear-signed text is no block: see `readClearSigned`.
 */
export function findArmor(octets: Uint8Array, from = 0): ArmoredBlock | null {
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  const at = text.indexOf('-----BEGIN PGP ', from, 'latin1');
  if (at < 0 || (at > 0 && text[at - 1] !== 10)) return null;
  const head = beginMark.exec(text.toString('latin1', at, at + 80));
  const type = head?.[1];
  if (!type || type === 'SIGNED MESSAGE') return null;
  const endMark = `-----END PGP ${type}-----`;
  const close = text.indexOf(endMark, at, 'latin1');
  if (close < 0) return null;
  const lines = text.toString('latin1', at, close);
  const body = readArmorBody(lines.slice(lines.indexOf('\n') + 1));
  return body && { type, ...body, start: at, end: close + endMark.length };
}

function readArmorBody(text: string): Pick<ArmoredBlock, 'headers' | 'octets'> | null {
  const headers: Record<string, string> = {};
  let rest = text;
  for (;;) {
    const lineEnd = rest.indexOf('\n');
    const line = rest.slice(0, lineEnd < 0 ? rest.length : lineEnd).trim();
    const header = /^([A-Za-z][A-Za-z0-9-]*): (.*)$/.exec(line);
    if (line !== '' && !header) break;
    rest = lineEnd < 0 ? '' : rest.slice(lineEnd + 1);
    if (!header) break;
    headers[header[1] ?? ''] = header[2] ?? '';
  }
  const data = rest.replace(/^=[A-Za-z0-9+/]{4}[ \t\r]*$/m, '');
  if (!/^[A-Za-z0-9+/=\s]*$/.test(data)) return null;
  const octets = Buffer.from(data, 'base64');
  return octets.length === 0 ? null : { headers, octets };
}

const lineCharacters = 64;

/**
 * Octets as an armored block with CRLF line endings. With a checksum, but where the newest formats forbid it
 * (RFC 9580 §6.1): without one GnuPG 2.2 can't read a block whose base64 needs no padding.
 */
export function armor(type: string, octets: Uint8Array): string {
  const base64 = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('base64');
  const lines: string[] = [];
  for (let at = 0; at < base64.length; at += lineCharacters)
    lines.push(base64.slice(at, at + lineCharacters));
  if (mayHaveChecksum(octets)) lines.push(`=${crc24(octets).toString('base64')}`);
  return `-----BEGIN PGP ${type}-----\r\n\r\n${lines.join('\r\n')}\r\n-----END PGP ${type}-----\r\n`;
}

/** False for what only programs of RFC 9580 read: keys and signatures of version 6, encrypted data of version 2. */
function mayHaveChecksum(octets: Uint8Array): boolean {
  const packets = readPackets(octets) ?? [];
  const last = packets.at(-1);
  if (last?.type === packetTypes.integrityEncrypted) return last.head[0] !== 2;
  return packets[0]?.head[0] !== 6;
}

/** A clear-signed text (RFC 9580 §7) that fills its surroundings. */
export interface ClearSigned {
  /** What was signed: dash-escapes undone, trailing blanks of each line gone, CRLF, no final line ending. */
  readonly signedOctets: Uint8Array;
  /** The text as people wrote it, with its line endings. */
  readonly textOctets: Uint8Array;
  readonly signature: Uint8Array;
}

const clearMark = '-----BEGIN PGP SIGNED MESSAGE-----';

/**
 * The clear-signed message that makes up the whole of `octets`, white space around it apart; null when anything else
 * stands before, between or behind: a signature covers nothing outside of its own frame.
 */
export function readClearSigned(octets: Uint8Array): ClearSigned | null {
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1');
  const lead = /^\s*/.exec(text)?.[0].length ?? 0;
  if (!text.startsWith(clearMark, lead)) return null;
  const body = clearTextBody(text, lead + clearMark.length);
  if (!body) return null;
  const block = findArmor(octets, body.end);
  if (block?.type !== 'SIGNATURE' || block.start !== body.end) return null;
  if (text.slice(block.end).trim() !== '') return null;
  const lines = text
    .slice(body.start, Math.max(body.start, body.end - 1))
    .split('\n')
    .map(unescapeDash);
  const signed = lines.map(line => line.replace(/[ \t\r]+$/, '')).join('\r\n');
  return {
    signedOctets: Buffer.from(signed, 'latin1'),
    textOctets: Buffer.from(lines.map(line => line.replace(/\r$/, '')).join('\r\n'), 'latin1'),
    signature: block.octets,
  };
}

/** Offsets of the signed lines: behind the empty line that ends the Hash headers, up to the signature's frame. */
function clearTextBody(text: string, from: number): { start: number; end: number } | null {
  const headers = /^[ \t\r]*\n(?:(?:Hash|SaltedHash|NotDashEscaped)[^\n]*\n)*[ \t\r]*\n/.exec(
    text.slice(from, from + 4096),
  );
  if (!headers || /NotDashEscaped/.test(headers[0])) return null;
  const start = from + headers[0].length;
  // The last line before the text may itself be the frame: an empty text was signed.
  const end = text.startsWith('-----BEGIN PGP SIGNATURE', start)
    ? start
    : text.indexOf('\n-----BEGIN PGP SIGNATURE', start - 1) + 1;
  if (end < start) return null;
  // A line that begins with a dash must be escaped; anything else is another frame (RFC 9580 §7.1).
  return /^-(?! )/m.test(text.slice(start, end)) ? null : { start, end };
}

function unescapeDash(line: string): string {
  return line.startsWith('- ') ? line.slice(2) : line;
}
