import type { Session, Value } from '../session.ts';
import { type Block, type Cover, coverKey, readCover, sheetKey, termOfKey } from './block.ts';
import { markHits } from './hits.ts';
import { plainText } from './octet-text.ts';
import type { Masks, Wanted } from './plan.ts';
import { readSheet } from './sheet.ts';
import { isWithin, type Span } from './terms.ts';

/** A bucket of an account. */
export interface BucketKey {
  readonly accountId: string;
  readonly bucket: number;
}

/** Where the rows of a block are. */
export interface BlockPlace extends BucketKey {
  readonly block: Block;
}

interface Row {
  readonly term: string;
  readonly hits: Uint8Array;
}

const select = 'select term, hits from posting where account = ? and bucket = ? and generation = ?';
/** The row under which a term or cover lies. Of a block that is there it finds one, because the cover sorts first. */
const selectFloor = `${select} and term <= ? order by term desc limit 1`;
const selectBetween = `${select} and term > ? and term < ?`;

/** Sheets read at once, each of about 8 kB. */
const sheetsAtOnce = 16;
/** Requests under way for one bucket. */
const requestsAtOnce = 8;

/** The emails that the block covers; null when the block is not there any more, or was never finished. */
export async function findCover(session: Session, { block, ...bucket }: BlockPlace): Promise<Cover | null> {
  const row = await session.row<Row>(`${select} and term = ?`, keyOf({ block, ...bucket }, coverKey));
  return row ? readCover(row.hits) : null;
}

/**
 * What a block has of each thing that is wanted, by its name there; null when the block is not there any more: it was
 * replaced, and some of it may have been missed.
 */
export async function lookUp(
  session: Session,
  place: BlockPlace,
  wanted: ReadonlyMap<string, Wanted>,
): Promise<Map<string, Masks> | null> {
  const found = new Map<string, Masks>();
  const requests: (() => Promise<boolean>)[] = [];
  for (const [name, each] of wanted) {
    const masks = new Uint8Array(place.block.size);
    found.set(name, masks);
    for (let run = 0; run < place.block.runs; run++) {
      const target = { place, run, masks };
      requests.push(() =>
        typeof each === 'string' ? markTerm(session, target, each) : markSpan(session, target, each),
      );
    }
  }
  for (let from = 0; from < requests.length; from += requestsAtOnce) {
    const answers = await Promise.all(requests.slice(from, from + requestsAtOnce).map(request => request()));
    if (answers.includes(false)) return null;
  }
  return found;
}

interface Target {
  readonly place: BlockPlace;
  readonly run: number;
  readonly masks: Masks;
}

/** False when the block is not there. */
async function markTerm(session: Session, { place, run, masks }: Target, term: string): Promise<boolean> {
  const row = await session.row<Row>(selectFloor, keyOf(place, rowKey(run, term)));
  if (!row) return false;
  if (termOfKey(run, row.term) === null) return true;
  for (const entry of readSheet(row.hits)) {
    if (entry.term === term) markHits(entry.hits, masks);
    if (entry.term >= term) break;
  }
  return true;
}

/** False when the block is not there: the row that every block has is read last, so that all before it was whole. */
async function markSpan(session: Session, { place, run, masks }: Target, span: Span): Promise<boolean> {
  const bounds = [rowKey(run, span.from), rowKey(run, span.below)];
  for await (const rows of session.pages<Row>(selectBetween, keyOf(place, ...bounds), sheetsAtOnce)) {
    for (const { hits } of rows) markEntries(hits, span, masks);
  }
  const row = await session.row<Row>(selectFloor, keyOf(place, rowKey(run, span.from)));
  if (!row) return false;
  if (termOfKey(run, row.term) !== null) markEntries(row.hits, span, masks);
  return true;
}

function markEntries(sheet: Uint8Array, span: Span, masks: Masks): void {
  for (const { term, hits } of readSheet(sheet)) {
    if (isWithin(term, span)) markHits(hits, masks);
    if (term >= span.below) break;
  }
}

function rowKey(run: number, term: string): string {
  return sheetKey(run, plainText(term));
}

function keyOf({ accountId, bucket, block }: BlockPlace, ...terms: readonly string[]): Value[] {
  return [accountId, bucket, block.generation, ...terms];
}
