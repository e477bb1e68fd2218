import { DeliveryError } from '../../../errors.ts';
import { unpackHead } from '../../packing.ts';
import type { SearchText } from '../../store.ts';
import type { Session } from '../session.ts';
import type { BucketKey } from './lookup.ts';
import type { EmailTexts } from './match.ts';

/** Cells of `detail` that searching reads; those that are not asked for are missing. */
export interface TextCells {
  readonly id: string;
  readonly words?: string | null;
  /** Null: no email, but what a change wrote behind its destruction. */
  readonly packing?: number | null;
  readonly head?: Uint8Array | null;
  readonly body?: Uint8Array | null;
}

/** Which of them. */
export interface Columns {
  readonly words: boolean;
  readonly head: boolean;
}

/** Columns that a header block is read from. */
export const headColumns = 'packing, head, body';

/** Rows of one page: of words, and of octets, which are up to 64 KiB each. */
const pageSizes = { words: 100, octets: 50 };
const pagesAtOnce = 3;

/** What of which emails is read. */
export interface Reading {
  readonly ids: readonly string[];
  readonly columns: Columns;
  /** How many emails the bucket has: where most of them are wanted, all are read. */
  readonly held: number;
}

/** The texts of emails of a bucket, in pieces and in any order; emails that are not there any more are left out. */
export async function* readTexts(
  session: Session,
  { accountId, bucket }: BucketKey,
  { ids, columns, held }: Reading,
): AsyncGenerator<readonly (EmailTexts & { id: string })[]> {
  const names = ['id', ...(columns.words ? ['words'] : []), ...(columns.head ? [headColumns] : [])];
  const select = `select ${names.join(', ')} from detail where account = ? and bucket = ?`;
  const size = columns.head ? pageSizes.octets : pageSizes.words;
  if (ids.length * 2 > held) {
    const wanted = new Set(ids);
    for await (const rows of session.pages<TextCells>(select, [accountId, bucket], size))
      yield rows.filter(({ id }) => wanted.has(id)).map(toTexts);
    return;
  }
  for (let from = 0; from < ids.length; from += pagesAtOnce * size) {
    const batches = Array.from({ length: pagesAtOnce }, (_unused, index) => from + index * size)
      .map(begin => ids.slice(begin, begin + size))
      .filter(batch => batch.length > 0);
    const pages = batches.map(batch =>
      session.rows<TextCells>(`${select} and id in ?`, [accountId, bucket, batch]),
    );
    for (const rows of await Promise.all(pages)) yield rows.map(toTexts);
  }
}

/** The texts in the cells. An email whose octets are damaged has no header field; `verify` names it. */
export function toTexts(cells: TextCells): EmailTexts & { id: string } {
  return { id: cells.id, words: wordsIn(cells.words), head: headIn(cells) };
}

function wordsIn(text: string | null | undefined): SearchText | null {
  return text ? (JSON.parse(text) as SearchText) : null;
}

function headIn({ packing, head, body }: TextCells): string {
  if (packing === null || packing === undefined) return '';
  try {
    // The header block of a message in one frame lies in the body.
    const octets = head?.byteLength
      ? unpackHead({ packing, head, body: null })
      : unpackHead({ packing, head: new Uint8Array(0), body: body ?? new Uint8Array(0) });
    return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1');
  } catch (error) {
    if (error instanceof DeliveryError && error.code === 'storeUnavailable') return '';
    throw error;
  }
}
