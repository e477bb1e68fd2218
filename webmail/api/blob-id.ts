/** What a blob id names: a whole blob, or one part of the message that it holds. */
export interface BlobName {
  readonly wholeId: string;
  /** Part by its place among `allEntities`, null for the whole blob. */
  readonly part: { readonly index: number; readonly ofOpened: boolean } | null;
}

/**
 * The id of a part of a message blob: `BLOB_p3`, or `BLOB_d3` when it is a part of what was encrypted in it.
 * Ids hold no path and nothing that a file system or a URL could take for one.
 */
export function partBlobId(wholeId: string, index: number, ofOpened: boolean): string {
  return `${wholeId}_${ofOpened ? 'd' : 'p'}${index}`;
}

/** The name in a blob id, null when it can't be one of ours (RFC 8620 §1.2 allows `[A-Za-z0-9_-]`, 1 to 255). */
export function readBlobId(id: string): BlobName | null {
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(id)) return null;
  const match = /^(.+)_([pd])(0|[1-9]\d{0,5})$/.exec(id);
  if (!match) return { wholeId: id, part: null };
  return { wholeId: match[1] ?? '', part: { index: Number(match[3]), ofOpened: match[2] === 'd' } };
}
