import { Buffer } from 'node:buffer';
import { viewOf } from './octets.ts';

/** Octets after a transfer encoding was undone, and whether they were well-formed in it. */
export interface Transferred {
  readonly octets: Uint8Array;
  readonly isProblem: boolean;
}

const HTAB = 9;
const LF = 10;
const CR = 13;
const SP = 32;
const EQUALS = 61;

const decoders: ReadonlyMap<string, (view: Buffer) => Transferred> = new Map([
  ['7bit', identity],
  ['8bit', identity],
  ['binary', identity],
  ['quoted-printable', decodeQuotedPrintable],
  ['base64', decodeBase64],
]);

/** Undoes a Content-Transfer-Encoding (RFC 2045 §6); octets of an unknown one are given as they are. Linear. */
export function undoTransferEncoding(octets: Uint8Array, encoding: string): Transferred {
  const decoder = decoders.get(encoding);
  return decoder ? decoder(viewOf(octets)) : { octets, isProblem: true };
}

function identity(view: Buffer): Transferred {
  return { octets: view, isProblem: false };
}

/** RFC 2045 §6.7; a `=` that begins no code stays as it is. Spaces before a line ending are dropped. */
function decodeQuotedPrintable(view: Buffer): Transferred {
  if (!view.includes(EQUALS)) return { octets: view, isProblem: false };
  const decoded = Buffer.allocUnsafe(view.length);
  let length = 0;
  let isProblem = false;
  for (let at = 0; at < view.length; at++) {
    const octet = view[at] ?? 0;
    if (octet !== EQUALS) {
      decoded[length++] = octet;
      continue;
    }
    const high = hexValue(view[at + 1]);
    const low = high < 0 ? -1 : hexValue(view[at + 2]);
    if (low >= 0) {
      decoded[length++] = high * 16 + low;
      at += 2;
      continue;
    }
    const behind = behindSoftBreak(view, at + 1);
    if (behind === -1) {
      isProblem = true;
      decoded[length++] = octet;
    } else {
      at = behind - 1;
    }
  }
  return { octets: decoded.subarray(0, length), isProblem };
}

/** Offset behind a soft line break whose `=` stands before `from`; -1 when there is none. */
function behindSoftBreak(view: Buffer, from: number): number {
  let at = from;
  const limit = Math.min(view.length, from + 1000);
  while (at < limit && (view[at] === SP || view[at] === HTAB)) at++;
  if (at >= view.length) return view.length;
  if (view[at] === CR) return view[at + 1] === LF ? at + 2 : at + 1;
  return view[at] === LF ? at + 1 : -1;
}

function hexValue(octet: number | undefined): number {
  if (octet === undefined) return -1;
  if (octet >= 48 && octet <= 57) return octet - 48;
  if (octet >= 65 && octet <= 70) return octet - 55;
  return octet >= 97 && octet <= 102 ? octet - 87 : -1;
}

/** RFC 2045 §6.8; line endings and foreign characters are skipped, and padding in the middle starts anew. */
function decodeBase64(view: Buffer): Transferred {
  const padding = view.indexOf(EQUALS);
  const isWhole = padding === -1 || endsInPadding(view, padding);
  const octets = isWhole ? Buffer.from(view.toString('latin1'), 'base64') : decodeBase64Pieces(view);
  return { octets, isProblem: false };
}

function endsInPadding(view: Buffer, padding: number): boolean {
  for (let at = padding; at < view.length; at++) {
    const octet = view[at] ?? 0;
    if (octet !== EQUALS && octet > SP) return false;
  }
  return true;
}

/** Base64 with padding in the middle: several encoded texts that somebody put together. */
function decodeBase64Pieces(view: Buffer): Buffer {
  const decoded = Buffer.allocUnsafe(Math.ceil((view.length * 3) / 4) + 3);
  let length = 0;
  let bits = 0;
  let count = 0;
  for (const octet of view) {
    if (octet === EQUALS) count = 0;
    const value = sextet(octet);
    if (value < 0) continue;
    bits = ((bits << 6) | value) & 0xffffff;
    count++;
    if (count === 1) continue;
    decoded[length++] = (bits >> (8 - 2 * count)) & 255;
    if (count === 4) count = 0;
  }
  return decoded.subarray(0, length);
}

function sextet(octet: number): number {
  if (octet >= 65 && octet <= 90) return octet - 65;
  if (octet >= 97 && octet <= 122) return octet - 71;
  if (octet >= 48 && octet <= 57) return octet + 4;
  if (octet === 43 || octet === 45) return 62;
  return octet === 47 || octet === 95 ? 63 : -1;
}
