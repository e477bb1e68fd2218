import { release } from '../../../octets.ts';
import { compress, decompress } from '../../packing.ts';

/** Texts of an email that lie in `detail.data`. */
export interface StoredTexts {
  /** Summary, findings and index. */
  readonly detail: string;
  /**
   * The words to search by, null for none. They are kept after indexing, because a search file is rebuilt from them:
   * the octets may be encrypted, and reading them needs keys that the store never has. Compressed together with the
   * detail they take about a tenth of a message.
   */
  readonly words: string | null;
}

/** Messages up to this size lie in the same frame as their detail: one row and one call of the compressor less. */
export const maxTogether = 8192;

const lineFeed = 10;

/**
 * The value of `detail.data`: one compressed frame of two lines of JSON (which holds no line break) and, of a small
 * message, its octets behind the second line break; null octets lie in `content`.
 */
export function writeStored({ detail, words }: StoredTexts, octets: Uint8Array | null): Uint8Array {
  const texts = `${detail}\n${words ?? ''}${octets ? '\n' : ''}`;
  const length = Buffer.byteLength(texts);
  const frame = Buffer.allocUnsafeSlow(length + (octets?.byteLength ?? 0));
  frame.write(texts);
  if (octets) frame.set(octets, length);
  const stored = compress(frame);
  release(frame);
  return stored;
}

/** The texts that `writeStored` was given; `data` can't be used afterwards. */
export function readTexts(data: string | Uint8Array): StoredTexts {
  const frame = open(data);
  const [first, second] = lineEnds(frame);
  const detail = frame.toString('utf8', 0, first);
  const words = frame.toString('utf8', first + 1, second);
  release(frame);
  return { detail, words: words === '' ? null : words };
}

/**
 * What an email is found by: its words, and its octets where they lie in the same frame, to be released by the
 * caller. `data` can't be used afterwards.
 */
export function readSearchable(data: string | Uint8Array): {
  words: string | null;
  octets: Uint8Array | null;
} {
  const frame = open(data);
  const [first, second] = lineEnds(frame);
  const words = frame.toString('utf8', first + 1, second);
  const octets = second < frame.byteLength ? frame.subarray(second + 1) : null;
  if (!octets) release(frame);
  return { words: words === '' ? null : words, octets };
}

/** The octets that `writeStored` was given; null when they lie in `content`. */
export function readOctets(data: string | Uint8Array): Uint8Array | null {
  const frame = open(data);
  const [, second] = lineEnds(frame);
  return second < frame.byteLength ? frame.subarray(second + 1) : null;
}

function open(data: string | Uint8Array): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  const frame = decompress(data);
  release(data);
  return frame;
}

function lineEnds(frame: Buffer): [number, number] {
  const first = frame.indexOf(lineFeed);
  if (first < 0) return [frame.byteLength, frame.byteLength];
  const second = frame.indexOf(lineFeed, first + 1);
  return [first, second < 0 ? frame.byteLength : second];
}
