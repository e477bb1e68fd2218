import { encodeOrdered, randomText } from '../../ids.ts';
import { compress, decompress } from '../../packing.ts';

/** How blocks are written; those of another layout are not read, and rebuilt if theirs is older. */
export const blockLayout = 1;

/** The posting index of a bucket, as the cell `bucket.block` names it. */
export interface Block {
  readonly layout: number;
  /** The third part of its rows' partition key. */
  readonly generation: string;
  /** Emails that it covers. */
  readonly size: number;
  /** Its dictionary is in so many runs, each in order: one, unless its emails have very many words. */
  readonly runs: number;
  /** When its building began, in milliseconds. */
  readonly builtAt: number;
  /** The bucket's `changed` that it was built behind, when all of that was there; else it may lack some emails. */
  readonly changed?: string;
}

/** The cell `bucket.block`. */
export function writeBlock(block: Block): string {
  return JSON.stringify(block);
}

/** The block that the cell names; null for none, and where it can't be read. */
export function readBlock(cell: string | null | undefined): Block | null {
  if (!cell) return null;
  try {
    return JSON.parse(cell) as Block;
  } catch {
    return null; // Damaged: the bucket is searched without, and gets another.
  }
}

/** A name for a new generation, which tells when it was begun. */
export function newGeneration(micros: bigint): string {
  return `${micros.toString(36)}-${randomText(8)}`;
}

/**
 * The timestamp of all that is written of a generation, in microseconds. Once its partition is deleted, which is later,
 * nothing that is still written of it is seen by anybody.
 */
export function microsOf(generation: string): bigint {
  const [text = ''] = generation.split('-', 1);
  let micros = 0n;
  for (const digit of text) micros = micros * 36n + BigInt(Number.parseInt(digit, 36));
  return micros;
}

/** The row that is written last, before all sheets: whoever finds it has the whole block. */
export const coverKey = '!';

/** The key of a sheet's row, and of a term among sheets' rows: the run, then the term. */
export function sheetKey(run: number, term: string): string {
  return encodeOrdered(run, runCharacters) + term;
}

const runCharacters = 2;

/** The term of a sheet's key; null when it is none of that run. */
export function termOfKey(run: number, key: string): string | null {
  return key.startsWith(encodeOrdered(run, runCharacters)) ? key.slice(runCharacters) : null;
}

/** The emails that a block covers. */
export interface Cover {
  /** In the order of the positions in hits. */
  readonly ids: readonly string[];
  /** Of emails whose words were replaced, the mark of those that were indexed (`email.reworded`). */
  readonly reworded: Readonly<Record<string, string>>;
}

/** What the row `coverKey` holds: ids share long beginnings. */
export function writeCover(cover: Cover): Buffer {
  return compress(Buffer.from(JSON.stringify(cover)));
}

/** The cover back. Throws `storeUnavailable` when its octets are damaged. */
export function readCover(octets: Uint8Array): Cover {
  return JSON.parse(decompress(octets).toString('utf8')) as Cover;
}
