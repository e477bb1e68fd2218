import { setImmediate as others } from 'node:timers/promises';
import type { CassandraContext } from '../context.ts';
import { isSettled } from '../mail/settled.ts';
import type { Session, Statement } from '../session.ts';
import {
  type Block,
  blockLayout,
  type Cover,
  coverKey,
  microsOf,
  newGeneration,
  sheetKey,
  writeBlock,
  writeCover,
} from './block.ts';
import { dropGeneration, noteGeneration, readBlockRow } from './generations.ts';
import type { BucketKey } from './lookup.ts';
import { plainText } from './octet-text.ts';
import { Postings } from './postings.ts';
import { headColumns, type TextCells, toTexts } from './texts.ts';

/** Emails read at once. */
const pageSize = 50;
/** Characters of text that are taken in at once: a few milliseconds, for which deliveries wait. */
const charactersAtOnce = 32 * 1024;
/** Memory that the postings of a run take, about. */
const usualRunOctets = 48 * 1024 * 1024;
/** Octets of one request. */
const requestOctets = 48 * 1024;

/** How a block is built. */
export interface BuildOptions {
  /** Ends the work. */
  readonly signal?: AbortSignal | undefined;
  /** Memory that it may take, about; more words are kept in further runs. */
  readonly runOctets?: number;
}

/**
 * Builds the bucket's block anew and puts it in the place of the one that is there. False when that could not be,
 * because another process did it meanwhile or the bucket is gone; nothing is left of the new one then.
 */
export async function buildBlock(
  context: CassandraContext,
  where: BucketKey,
  options: BuildOptions = {},
): Promise<boolean> {
  const { session, clock } = context;
  const before = await readBlockRow(session, where);
  if (before.changed === null) return false;
  const generation = newGeneration(session.micros());
  const builtAt = clock.now().getTime();
  await noteGeneration(session, where, generation);
  let replaced: readonly string[] | null = null;
  try {
    const written = await new Builder(session, { ...where, generation }, options).build();
    const settled = isSettled(before, builtAt) ? { changed: String(before.changed) } : {};
    const block = { layout: blockLayout, generation, builtAt, ...settled, ...written };
    replaced = await takeOver(session, where, { block, before: before.block });
  } finally {
    if (!replaced) await dropGeneration(session, where, generation);
  }
  for (const other of replaced ?? []) await dropGeneration(session, where, other);
  return replaced !== null;
}

/**
 * Puts the block into the bucket's row if that still names the one from which the builder started; one without emails
 * takes itself out, too. Gives the generations that nobody needs any more, null when it was not put there.
 */
async function takeOver(
  session: Session,
  where: BucketKey,
  { block, before }: { block: Block; before: string | null },
): Promise<readonly string[] | null> {
  const now = await readBlockRow(session, where);
  const { generation } = block;
  if (now.changed === null || now.block !== before || !now.generations.includes(generation)) return null;
  const cell = block.size > 0 ? writeBlock(block) : null;
  await session.run(
    'update bucket set block = ? where account = ? and bucket = ?',
    [cell, where.accountId, where.bucket],
    session.micros([now.block_at]),
  );
  // Another builder may have come through the same moment, or the bucket was erased.
  const after = await readBlockRow(session, where);
  if (after.changed === null) await session.run(deleteCell, [where.accountId, where.bucket]);
  if (after.changed === null || after.block !== cell) return null;
  if (cell !== null && !after.generations.includes(generation)) {
    // Whoever came through has dropped it already: a bucket without a block is right, one that names nothing is not.
    await session.run(deleteCell, [where.accountId, where.bucket]);
    return null;
  }
  return after.generations.filter(other => other !== generation || cell === null);
}

/** For a bucket that was erased while its block was put in place: no row must be left. */
const deleteCell = 'delete block from bucket where account = ? and bucket = ?';

/** Where the rows of a block are being written. */
interface NewPlace extends BucketKey {
  readonly generation: string;
}

/** Writes the rows of one generation. */
class Builder {
  readonly #session: Session;
  readonly #place: NewPlace;
  readonly #signal: AbortSignal | undefined;
  readonly #runOctets: number;
  readonly #ids: string[] = [];
  readonly #reworded: Record<string, string> = {};
  #runs = 0;
  #postings = new Postings();
  #taken = 0;
  #waiting: Statement[] = [];
  #waitingOctets = 0;

  constructor(session: Session, place: NewPlace, { signal, runOctets = usualRunOctets }: BuildOptions) {
    this.#session = session;
    this.#place = place;
    this.#signal = signal;
    this.#runOctets = runOctets;
  }

  async build(): Promise<Pick<Block, 'size' | 'runs'>> {
    const { accountId, bucket } = this.#place;
    const cql = `select id, words, reworded, ${headColumns} from detail where account = ? and bucket = ?`;
    for await (const rows of this.#session.pages<BuildRow>(cql, [accountId, bucket], pageSize)) {
      this.#signal?.throwIfAborted();
      for (const row of rows) await this.#add(row);
    }
    if (this.#ids.length > 0) await this.#finish();
    return { size: this.#ids.length, runs: this.#runs };
  }

  async #add(row: BuildRow): Promise<void> {
    if (row.packing === null || row.packing === undefined) return;
    const texts = toTexts(row);
    this.#postings.add(this.#ids.length, texts);
    this.#ids.push(row.id);
    if (row.reworded) this.#reworded[row.id] = row.reworded;
    await this.#breathe(texts.head.length + (row.words?.length ?? 0));
    if (this.#postings.octets >= this.#runOctets) await this.#endRun();
  }

  /** Lets others run after some work. */
  async #breathe(characters: number): Promise<void> {
    this.#taken += characters;
    if (this.#taken < charactersAtOnce) return;
    this.#taken = 0;
    await others();
  }

  async #endRun(): Promise<void> {
    const postings = this.#postings;
    this.#postings = new Postings();
    for (const sheet of postings.sheets()) {
      if (sheet) await this.#write(sheetKey(this.#runs, plainText(sheet.first)), sheet.octets);
      else await this.#breathe(termCharacters);
    }
    this.#runs += 1;
  }

  async #finish(): Promise<void> {
    await this.#endRun();
    await this.#send();
    const cover: Cover = { ids: this.#ids, reworded: this.#reworded };
    await this.#write(coverKey, writeCover(cover));
    await this.#send();
  }

  async #write(key: string, octets: Uint8Array): Promise<void> {
    const { accountId, bucket, generation } = this.#place;
    this.#waiting.push({
      cql: 'insert into posting (account, bucket, generation, term, hits) values (?, ?, ?, ?, ?)',
      values: [accountId, bucket, generation, key, Buffer.from(octets)],
    });
    this.#waitingOctets += octets.byteLength;
    if (this.#waitingOctets >= requestOctets) await this.#send();
  }

  async #send(): Promise<void> {
    const statements = this.#waiting;
    this.#waiting = [];
    this.#waitingOctets = 0;
    this.#signal?.throwIfAborted();
    if (statements.length === 0) return;
    await this.#session.together(statements, { timestamp: microsOf(this.#place.generation) });
  }
}

interface BuildRow extends TextCells {
  readonly reworded: string | null;
}

/** What a group of terms counts for in the work that is done at once. */
const termCharacters = 500;
