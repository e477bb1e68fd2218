import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { DeliveryError } from '../errors.ts';
import { joined } from '../octets.ts';

/** Octets as they lie in the file: compressed when that wins. */
export interface Packed {
  readonly octets: Uint8Array;
  readonly isCompressed: boolean;
}

/** Below this, a call of the compressor costs more than it saves. */
const minOctets = 512;
/** Above this, speed counts more than the last percent. */
const bigOctets = 1024 * 1024;

const minChunk = 1024;
const maxChunk = 64 * 1024;

/** The octets, compressed (RFC 8878). */
export function compress(octets: Uint8Array): Buffer {
  const level = octets.byteLength > bigOctets ? 1 : 3;
  return zstdCompressSync(octets, {
    params: { [constants.ZSTD_c_compressionLevel]: level },
    // The result keeps a whole chunk in memory; most mails shrink to less than half.
    chunkSize: chunkFor(octets.byteLength / 2),
  });
}

/** What `compress` was given. Throws `storeUnavailable` when it was changed. */
export function decompress(octets: Uint8Array): Buffer {
  try {
    return zstdDecompressSync(octets, { chunkSize: chunkFor(octets.byteLength * 8) });
  } catch (cause) {
    throw new DeliveryError('storeUnavailable', 'stored octets are damaged', { cause });
  }
}

function chunkFor(octets: number): number {
  return Math.min(Math.max(Math.ceil(octets), minChunk), maxChunk);
}

/** The octets, compressed when that makes them smaller. */
export function pack(octets: Uint8Array): Packed {
  if (octets.byteLength < minOctets) return { octets, isCompressed: false };
  const compressed = compress(octets);
  return compressed.byteLength < octets.byteLength
    ? { octets: compressed, isCompressed: true }
    : { octets, isCompressed: false };
}

/** What `pack` was given. */
export function unpack(octets: Uint8Array, isCompressed: boolean): Uint8Array {
  return isCompressed ? decompress(octets) : octets;
}

/** The stored octets of an email: small ones in one piece, others in two, so that the header block can be read alone. */
export interface PackedMessage {
  readonly packing: number;
  /** Empty when `body` holds everything. */
  readonly head: Uint8Array;
  readonly body: Uint8Array;
}

/** Bits of `packing`. */
const headCompressed = 1;
const bodyCompressed = 2;
const oneFrame = 4;

/** Up to this size a message is one frame: each call of the compressor costs as much as 5 kB of text. */
const maxOneFrame = 64 * 1024;
/** Header blocks beyond this are cut here; the rest counts as body. */
const maxHeadOctets = 256 * 1024;

/** The octets, compressed where that wins. */
export function packMessage(octets: Uint8Array): PackedMessage {
  const isOne = octets.byteLength <= maxOneFrame;
  const split = isOne ? 0 : headLength(octets);
  const head = isOne ? { octets: new Uint8Array(0), isCompressed: false } : pack(octets.subarray(0, split));
  const body = pack(octets.subarray(split));
  return {
    packing:
      (head.isCompressed ? headCompressed : 0) |
      (body.isCompressed ? bodyCompressed : 0) |
      (isOne ? oneFrame : 0),
    head: head.octets,
    body: body.octets,
  };
}

/** The octets that `packMessage` was given, byte for byte. */
export function unpackMessage({ packing, head, body }: PackedMessage): Uint8Array {
  const second = unpack(body, (packing & bodyCompressed) !== 0);
  if (packing & oneFrame) return second;
  const first = unpack(head, (packing & headCompressed) !== 0);
  return joined(first, second);
}

/** Columns of `content` that the header block can be read from: the body only where it holds everything. */
export const headColumns = `packing, head, case when packing & ${oneFrame} then body end body` as const;

/** The header block alone, from `headColumns`. */
export function unpackHead({
  packing,
  head,
  body,
}: Omit<PackedMessage, 'body'> & { body: Uint8Array | null }): Uint8Array {
  if (body === null) return unpack(head, (packing & headCompressed) !== 0);
  return headOctets(unpack(body, (packing & bodyCompressed) !== 0));
}

/** The header block of a whole message. */
export function headOctets(octets: Uint8Array): Uint8Array {
  return octets.subarray(0, headLength(octets));
}

/** Length of the header block with the empty line behind it (RFC 5322 §2.1). */
function headLength(octets: Uint8Array): number {
  const view = Buffer.from(octets.buffer, octets.byteOffset, Math.min(octets.byteLength, maxHeadOctets));
  const crlf = view.indexOf('\r\n\r\n');
  const lf = view.indexOf('\n\n');
  if (crlf >= 0 && (lf < 0 || crlf < lf)) return crlf + 4;
  return lf >= 0 ? lf + 2 : view.byteLength;
}
