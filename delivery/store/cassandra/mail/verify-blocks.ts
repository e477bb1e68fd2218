import { setImmediate as others } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { CassandraContext } from '../context.ts';
import {
  type Block,
  blockLayout,
  type Cover,
  coverKey,
  microsOf,
  readBlock,
  readCover,
} from '../search/block.ts';
import { buildBlock } from '../search/build.ts';
import { dropGeneration, readBlockRow } from '../search/generations.ts';
import { markHits } from '../search/hits.ts';
import { Postings } from '../search/postings.ts';
import { readSheet } from '../search/sheet.ts';
import { headColumns, type TextCells, toTexts } from '../search/texts.ts';
import type { Session } from '../session.ts';
import { isOld, type Suspicion } from './verify-fault.ts';
import type { Place } from './verify-rows.ts';

/** How closely a block is looked at. */
export interface BlockLook {
  /** Compares the words of each email that it covers with what it has of them. */
  readonly isDeep: boolean;
}

interface BlockFault {
  readonly kind: 'blockDamaged' | 'blockIncomplete';
  readonly detail: string;
}

/** What is wrong with the bucket's block, and generations that nobody uses. */
export async function blockSuspicions(
  context: CassandraContext,
  place: Place,
  how: BlockLook,
): Promise<Suspicion[]> {
  const fault = await faultOf(context, place, how);
  const old = await abandoned(context, place);
  return [
    ...(fault ? [faulty(context, place, { fault, how })] : []),
    ...old.map(generation => unused(context, place, generation)),
  ];
}

function faulty(
  context: CassandraContext,
  place: Place,
  { fault, how }: { fault: BlockFault; how: BlockLook },
): Suspicion {
  return {
    kind: fault.kind,
    accountId: place.accountId,
    detail: `bucket ${place.bucket}: ${fault.detail}`,
    isStill: async () => (await faultOf(context, place, how)) !== null,
    mend: async () => {
      await buildBlock(context, place);
    },
  };
}

function unused(context: CassandraContext, place: Place, generation: string): Suspicion {
  return {
    kind: 'blockLeftover',
    accountId: place.accountId,
    detail: `bucket ${place.bucket}: ${generation}`,
    isStill: async () => (await abandoned(context, place)).includes(generation),
    mend: () => dropGeneration(context.session, place, generation),
  };
}

/** Generations that were begun long ago and are not in use. */
async function abandoned(context: CassandraContext, place: Place): Promise<string[]> {
  const { block, generations } = await readBlockRow(context.session, place);
  const current = read(block);
  if (current === 'unreadable') return [];
  return generations.filter(
    generation => generation !== current?.generation && isOld(context, microsOf(generation)),
  );
}

function read(cell: string | null): Block | null | 'unreadable' {
  try {
    return readBlock(cell);
  } catch {
    return 'unreadable';
  }
}

/** Looks at the block between two looks at the row that names it: one that is replaced meanwhile is not judged. */
async function faultOf(context: CassandraContext, place: Place, how: BlockLook): Promise<BlockFault | null> {
  const { session } = context;
  const before = await readBlockRow(session, place);
  const block = read(before.block);
  // What is of another layout nobody reads here.
  if (block === null || (block !== 'unreadable' && block.layout !== blockLayout)) return null;
  const fault =
    block === 'unreadable'
      ? ({ kind: 'blockDamaged', detail: 'its name' } as const)
      : await inspect(context, { ...place, block }, how);
  if (fault === null) return null;
  const after = await readBlockRow(session, place);
  return after.block === before.block && after.changed !== null ? fault : null;
}

interface BlockPlace extends Place {
  readonly block: Block;
}

async function inspect(
  context: CassandraContext,
  place: BlockPlace,
  { isDeep }: BlockLook,
): Promise<BlockFault | null> {
  const { accountId, bucket, block } = place;
  const row = await context.session.row<{ hits: Uint8Array }>(
    'select hits from posting where account = ? and bucket = ? and generation = ? and term = ?',
    [accountId, bucket, block.generation, coverKey],
  );
  if (!row) return { kind: 'blockDamaged', detail: 'its generation is not there' };
  const cover = decoded(() => readCover(row.hits));
  if (cover?.ids.length !== block.size) return { kind: 'blockDamaged', detail: 'its cover' };
  if (!isDeep) return null;
  const sums = await sumsOf(context.session, place);
  if (sums === null) return { kind: 'blockDamaged', detail: 'its octets' };
  const lacking = await lackingWords(context.session, place, { cover, sums });
  return lacking === null ? null : { kind: 'blockIncomplete', detail: lacking };
}

/** Null for octets that can't be read. */
function decoded<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null; // Whatever was thrown: it came from the octets.
  }
}

/** An email that the block covers and whose words it does not have as they are; null when there is none. */
async function lackingWords(
  session: Session,
  place: BlockPlace,
  { cover, sums }: { readonly cover: Cover; readonly sums: Uint32Array },
): Promise<string | null> {
  const positions = new Map(cover.ids.map((id, position) => [id, position]));
  const cql = `select id, words, reworded, ${headColumns} from detail where account = ? and bucket = ?`;
  const key = [place.accountId, place.bucket];
  for await (const rows of session.pages<TextCells & { reworded: string | null }>(cql, key, 50)) {
    await others();
    for (const row of rows) {
      const position = positions.get(row.id);
      if (position === undefined || row.packing == null) continue;
      // Its words were replaced behind the block, which tells by the mark that it has others.
      if ((row.reworded ?? undefined) !== cover.reworded[row.id]) continue;
      if (sumOfWords(row) !== sums[position]) return row.id;
    }
  }
  return null;
}

/**
 * For each position a sum over all terms that the block has there and the fields in which they were met; null when its
 * octets can't be read.
 */
async function sumsOf(session: Session, place: BlockPlace): Promise<Uint32Array | null> {
  const { accountId, bucket, block } = place;
  const sums = new Uint32Array(block.size);
  const cql = 'select hits from posting where account = ? and bucket = ? and generation = ? and term > ?';
  const key = [accountId, bucket, block.generation, coverKey];
  for await (const sheets of session.pages<{ hits: Uint8Array }>(cql, key, 16)) {
    for (const { hits } of sheets) {
      await others();
      if (decoded(() => addSheet(sums, hits)) === null) return null;
    }
  }
  return sums;
}

function addSheet(sums: Uint32Array, sheet: Uint8Array): true {
  const masks = new Uint8Array(sums.length);
  for (const { term, hits } of readSheet(sheet)) {
    masks.fill(0);
    markHits(hits, masks);
    const sum = crc32(term);
    for (let position = 0; position < masks.length; position++) {
      const mask = masks[position] ?? 0;
      if (mask !== 0) sums[position] = (sums[position] ?? 0) + Math.imul(sum, 2 * mask + 1);
    }
  }
  return true;
}

/** The same sum for one email, as an index of it alone would have it: other terms are another `blockLayout`. */
function sumOfWords(row: TextCells): number {
  const postings = new Postings();
  postings.add(0, toTexts(row));
  const sums = new Uint32Array(1);
  for (const sheet of postings.sheets()) if (sheet) addSheet(sums, sheet.octets);
  return sums[0] ?? 0;
}
