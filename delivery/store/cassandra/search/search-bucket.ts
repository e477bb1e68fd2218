import type { CassandraContext } from '../context.ts';
import type { Session } from '../session.ts';
import { type Block, blockLayout, type Cover, readBlock } from './block.ts';
import { dueIn } from './due.ts';
import { type BucketKey, findCover, lookUp } from './lookup.ts';
import { matches, type SearchLeaf } from './match.ts';
import { evaluate, planOf, wantedBy } from './plan.ts';
import { readTexts } from './texts.ts';

export type { SearchLeaf };

/** The emails among which a bucket is searched. */
export interface BucketEmails extends BucketKey {
  /** All emails of the bucket. */
  readonly ids: readonly string[];
  /** The marks of those whose words were replaced since their delivery (`email.reworded`). */
  readonly reworded: ReadonlyMap<string, string>;
}

/** What each leaf finds in a bucket. */
export interface BucketSearch {
  readonly found: ReadonlyMap<SearchLeaf, ReadonlySet<string>>;
  /** Always false: no word that a prefix stands for is left out. */
  readonly isCapped: boolean;
  /** The bucket's block should be built anew: `Indexer.note` it. */
  readonly isBehind: boolean;
}

/**
 * Which emails of the bucket each leaf finds: by the bucket's block, and those that it does not cover by their own
 * words. Emails that are delivered or reworded meanwhile may be missed.
 */
export async function searchBucket(
  context: CassandraContext,
  where: BucketEmails,
  leaves: readonly SearchLeaf[],
): Promise<BucketSearch> {
  const { session, clock } = context;
  const found = new Map(leaves.map(leaf => [leaf, new Set<string>()]));
  const answer = await askBlock(session, where, leaves);
  const asked = answer ? sortOut(where, leaves, { answer, found }) : nothingKnown(where, leaves);
  await lookAt(session, where, { asked: asked.leavesOf, found });
  const behind = { tail: asked.tail, lost: asked.lost, builtAt: answer?.block.builtAt ?? null };
  const isBehind = dueIn(behind, clock.now().getTime()) === 0;
  return { found, isCapped: false, isBehind };
}

/**
 * The same by the bucket's block alone, for a caller that has not read which emails there are: null unless the block
 * has all of them as they are since `changed`. Emails destroyed at this moment may be found.
 */
export async function searchBlock(
  { session }: CassandraContext,
  where: BucketKey & { readonly changed: string },
  leaves: readonly SearchLeaf[],
): Promise<BucketSearch['found'] | null> {
  const answer = await askBlock(session, where, leaves);
  if (answer?.block.changed !== where.changed) return null;
  const found = new Map(leaves.map(leaf => [leaf, new Set<string>()]));
  const { ids, reworded } = answer.cover;
  const covered = { ...where, ids, reworded: new Map(Object.entries(reworded)) };
  const asked = sortOut(covered, leaves, { answer, found });
  await lookAt(session, covered, { asked: asked.leavesOf, found });
  return found;
}

/** What a block says: for each leaf the positions that it finds, surely or perhaps. */
interface Answer {
  readonly block: Block;
  readonly cover: Cover;
  readonly hits: readonly ReturnType<typeof evaluate>[];
}

/** Null when the bucket has no block. One that is replaced meanwhile is asked in its new form. */
async function askBlock(
  session: Session,
  where: BucketKey,
  leaves: readonly SearchLeaf[],
): Promise<Answer | null> {
  const plans = leaves.map(planOf);
  const wanted = wantedBy(plans);
  for (let last: string | null = null; ; ) {
    const block = await currentBlock(session, where);
    if (block === null || block.layout !== blockLayout || block.generation === last) return null;
    const place = { accountId: where.accountId, bucket: where.bucket, block };
    const [cover, found] = await Promise.all([findCover(session, place), lookUp(session, place, wanted)]);
    if (cover && found) return { block, cover, hits: plans.map(plan => evaluate(plan, found, block.size)) };
    last = block.generation;
  }
}

async function currentBlock(session: Session, { accountId, bucket }: BucketKey): Promise<Block | null> {
  const row = await session.row<{ block: string | null }>(
    'select block from bucket where account = ? and bucket = ?',
    [accountId, bucket],
  );
  return readBlock(row?.block);
}

/** Emails whose own words must be read, and for which leaves. */
interface Asked {
  readonly leavesOf: ReadonlyMap<string, readonly SearchLeaf[]>;
  /** Emails that the block does not cover. */
  readonly tail: number;
  /** Emails that the block covers and that are not there any more, or not as it has them. */
  readonly lost: number;
}

type Found = ReadonlyMap<SearchLeaf, Set<string>>;

function nothingKnown({ ids }: BucketEmails, leaves: readonly SearchLeaf[]): Asked {
  return { leavesOf: new Map(ids.map(id => [id, leaves])), tail: ids.length, lost: 0 };
}

/** Puts what the block surely finds into `found`. */
function sortOut(
  { ids, reworded }: BucketEmails,
  leaves: readonly SearchLeaf[],
  { answer: { cover, hits }, found }: { answer: Answer; found: Found },
): Asked {
  const tail = new Set(ids);
  const leavesOf = new Map<string, SearchLeaf[]>();
  for (const [position, id] of cover.ids.entries()) {
    const isSame = tail.has(id) && reworded.get(id) === cover.reworded[id];
    if (!isSame) continue;
    tail.delete(id);
    for (const [index, leaf] of leaves.entries()) {
      if (hits[index]?.sure[position]) found.get(leaf)?.add(id);
      else if (hits[index]?.maybe[position]) leavesOf.set(id, [...(leavesOf.get(id) ?? []), leaf]);
    }
  }
  const covered = ids.length - tail.size;
  const asked = new Map<string, readonly SearchLeaf[]>(leavesOf);
  for (const id of tail) asked.set(id, leaves);
  return { leavesOf: asked, tail: tail.size, lost: cover.ids.length - covered };
}

/** Reads the texts of these emails and matches them against their leaves. */
async function lookAt(
  session: Session,
  where: BucketEmails,
  { asked, found }: { asked: Asked['leavesOf']; found: Found },
): Promise<void> {
  if (asked.size === 0) return;
  const leaves = new Set([...asked.values()].flat());
  const head = [...leaves].some(leaf => 'fieldName' in leaf);
  const words = [...leaves].some(leaf => 'search' in leaf);
  const reading = { ids: [...asked.keys()], columns: { words, head }, held: where.ids.length };
  for await (const emails of readTexts(session, where, reading)) {
    for (const { id, ...texts } of emails) {
      for (const leaf of asked.get(id) ?? []) if (matches(leaf, texts)) found.get(leaf)?.add(id);
    }
  }
}
