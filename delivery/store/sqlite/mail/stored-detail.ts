import { packText, unpackText } from './packing.ts';

/** What lies in `detail.data`: two lines of JSON, so that one call compresses both. */
export interface StoredDetail {
  /** Summary, findings and index. */
  readonly detail: string;
  /**
   * The words to search by, null for none. They are kept after indexing, because a search file is rebuilt from them:
   * the octets may be encrypted, and reading them needs keys that the store never has. Compressed together with the
   * detail they take about a tenth of a message.
   */
  readonly words: string | null;
}

/** The value of `detail.data`. JSON text holds no line break. */
export function writeStored({ detail, words }: StoredDetail): string | Uint8Array {
  return packText(words === null ? detail : `${detail}\n${words}`);
}

/** What `writeStored` was given. */
export function readStored(data: string | Uint8Array): StoredDetail {
  const text = unpackText(data);
  const end = text.indexOf('\n');
  return end < 0 ? { detail: text, words: null } : { detail: text.slice(0, end), words: text.slice(end + 1) };
}
