import type { EmailFilter } from '../../query.ts';
import type { CassandraContext } from '../context.ts';
import { type SearchLeaf, searchBlock, searchBucket } from '../search/search-bucket.ts';
import { monthOfBucket, monthOfEmail } from './bucket.ts';
import type { Bucket, Buckets } from './buckets.ts';
import type { Emails } from './emails.ts';
import {
  foundBy,
  isSearchAlone,
  type KeywordThreads,
  mayMeet,
  meets,
  requiredSearches,
  searchesIn,
} from './filter.ts';
import { mergeSorted } from './merge.ts';
import type { LightRow } from './row.ts';
import type { Tally } from './tally.ts';

/** Length of a month in milliseconds. */
const monthMilliseconds = 2 ** 31;

/** What a walk looks for. */
export interface Wanted {
  readonly accountId: string;
  readonly filter: EmailFilter | null;
  readonly ascending: boolean;
  readonly threads: ReadonlyMap<string, KeywordThreads>;
  /** Only emails behind this id, in the direction of the walk. */
  readonly behind?: string | null;
}

interface Candidates {
  readonly rows: readonly LightRow[];
  readonly found: ReadonlyMap<SearchLeaf, ReadonlySet<string>>;
}

/** Buckets that are counted at once. */
const bucketsAtOnce = 4;
/** Emails of a bucket that are read by their ids; for more, all rows are read. */
const fewFound = 300;

/** Walks an account's emails in the order of their ids, month by month, and skips months that can't have any. */
export class Walks {
  readonly #context: CassandraContext;
  readonly #buckets: Buckets;
  readonly #emails: Emails;
  /** Told of buckets whose index should be built anew. */
  readonly #noteBehind: (accountId: string, bucket: number) => void;

  constructor(
    context: CassandraContext,
    { buckets, emails }: { readonly buckets: Buckets; readonly emails: Emails },
    noteBehind: (accountId: string, bucket: number) => void,
  ) {
    this.#context = context;
    this.#buckets = buckets;
    this.#emails = emails;
    this.#noteBehind = noteBehind;
  }

  /** The emails that meet the filter, in pieces. */
  async *find(wanted: Wanted): AsyncGenerator<readonly LightRow[]> {
    const { accountId, filter } = wanted;
    const buckets = await this.#buckets.list(accountId);
    const kept = filter === null ? new Map<number, Tally>() : await this.#buckets.kept(accountId, buckets);
    for (const month of monthsOf(buckets, wanted)) {
      const some = month.filter(bucket => isWorthReading(bucket, kept.get(bucket.bucket) ?? null, filter));
      if (some.length > 0) yield* this.#findInMonth(wanted, some);
    }
  }

  /** How many emails meet the filter; of searches alone, by what is known of a bucket's words without reading its rows. */
  async count(wanted: Wanted): Promise<number> {
    const { accountId, filter } = wanted;
    let total = 0;
    if (filter === null || !isSearchAlone(filter)) {
      for await (const rows of this.find(wanted)) total += rows.length;
      return total;
    }
    const buckets = await this.#buckets.list(accountId);
    for (let from = 0; from < buckets.length; from += bucketsAtOnce) {
      const some = buckets.slice(from, from + bucketsAtOnce);
      const counts = await Promise.all(some.map(bucket => this.#countFound(wanted, bucket, filter)));
      total += counts.reduce((sum, count) => sum + count, 0);
    }
    return total;
  }

  async #countFound(wanted: Wanted, bucket: Bucket, filter: EmailFilter): Promise<number> {
    const leaves = searchesIn(filter);
    const { accountId } = wanted;
    if (bucket.changed !== null) {
      const where = { accountId, bucket: bucket.bucket, changed: String(bucket.changed) };
      const found = await searchBlock(this.#context, where, leaves);
      if (found) return foundBy(filter, leaf => found.get(leaf) ?? new Set()).length;
    }
    const rows = await this.#buckets.allRows(accountId, bucket);
    const found = await this.#search(accountId, bucket, { rows, leaves });
    return matching(rows, wanted, found).length;
  }

  /** Parts of one month lie side by side in time. */
  async *#findInMonth(wanted: Wanted, month: readonly Bucket[]): AsyncGenerator<readonly LightRow[]> {
    const leaves = searchesIn(wanted.filter);
    const isBefore = (one: LightRow, other: LightRow): boolean =>
      wanted.ascending ? one.id < other.id : one.id > other.id;
    if (leaves.length === 0) {
      const { accountId, ascending } = wanted;
      const parts = month.map(bucket => this.#buckets.rows(accountId, bucket, ascending));
      const [only] = parts;
      const rows = parts.length === 1 && only ? only : mergeSorted(parts, isBefore);
      for await (const some of rows) yield matching(some, wanted, new Map());
      return;
    }
    const all: LightRow[] = [];
    for (const bucket of month) {
      const { rows, found } = await this.#candidates(wanted, bucket, leaves);
      all.push(...matching(rows, wanted, found));
    }
    yield all.sort((one, other) => (isBefore(one, other) ? -1 : 1));
  }

  /** The rows of a bucket that may be wanted, and what the searches find among them. */
  async #candidates(wanted: Wanted, bucket: Bucket, leaves: readonly SearchLeaf[]): Promise<Candidates> {
    const { accountId } = wanted;
    const few = await this.#byBlock(wanted, bucket, leaves);
    if (few) return few;
    const rows = await this.#buckets.allRows(accountId, bucket);
    return { rows, found: await this.#search(accountId, bucket, { rows, leaves }) };
  }

  /** By the bucket's block, where it has all and finds little: then no other rows are read. */
  async #byBlock(
    { accountId, filter }: Wanted,
    { bucket, changed }: Bucket,
    leaves: readonly SearchLeaf[],
  ): Promise<Candidates | null> {
    const required = requiredSearches(filter);
    if (required.length === 0 || changed === null) return null;
    const found = await searchBlock(this.#context, { accountId, bucket, changed: String(changed) }, leaves);
    if (!found) return null;
    const [least = new Set<string>()] = required
      .flatMap(leaf => found.get(leaf) ?? [])
      .sort((one, other) => one.size - other.size);
    if (least.size > fewFound) return null;
    return { rows: await this.#emails.inBucket(accountId, bucket, [...least]), found };
  }

  async #search(
    accountId: string,
    { bucket }: Bucket,
    { rows, leaves }: { rows: readonly LightRow[]; leaves: readonly SearchLeaf[] },
  ): Promise<ReadonlyMap<SearchLeaf, ReadonlySet<string>>> {
    const ids = rows.map(({ id }) => id);
    const reworded = new Map(rows.flatMap(({ id, reworded }) => (reworded === null ? [] : [[id, reworded]])));
    const where = { accountId, bucket, ids, reworded };
    const { found, isBehind } = await searchBucket(this.#context, where, leaves);
    if (isBehind) this.#noteBehind(accountId, bucket);
    return found;
  }

  /** Threads by a keyword of their emails: all emails are looked at once. */
  async keywordThreads(accountId: string, keyword: string): Promise<KeywordThreads> {
    const some = new Set<string>();
    const lacking = new Set<string>();
    const all = { accountId, filter: null, ascending: false, threads: new Map() };
    for await (const rows of this.find(all)) {
      for (const { head, keywords } of rows) (keywords.includes(keyword) ? some : lacking).add(head.threadId);
    }
    return { some, lacking };
  }
}

function matching(
  rows: readonly LightRow[],
  { filter, threads, behind, ascending }: Wanted,
  found: ReadonlyMap<SearchLeaf, ReadonlySet<string>>,
): LightRow[] {
  const context = {
    found: (leaf: SearchLeaf) => found.get(leaf) ?? new Set<string>(),
    threads: (keyword: string) =>
      threads.get(keyword) ?? { some: new Set<string>(), lacking: new Set<string>() },
  };
  return rows.filter(row => {
    if (behind != null && (ascending ? row.id <= behind : row.id >= behind)) return false;
    return filter === null || meets(row, filter, context);
  });
}

/** The buckets by month in the order of the walk, from the month of `behind` on. */
function monthsOf(buckets: readonly Bucket[], { ascending, behind }: Wanted): Bucket[][] {
  const months = [...Map.groupBy(buckets, ({ bucket }) => monthOfBucket(bucket))];
  months.sort(([one], [other]) => (ascending ? one - other : other - one));
  const from = behind == null ? null : monthOfEmail(behind);
  return months
    .filter(([month]) => from === null || (ascending ? month >= from : month <= from))
    .map(([, some]) => some);
}

function isWorthReading({ bucket }: Bucket, tally: Tally | null, filter: EmailFilter | null): boolean {
  const month = monthOfBucket(bucket);
  const outline = { tally, from: month * monthMilliseconds, until: (month + 1) * monthMilliseconds };
  return filter === null || mayMeet(outline, filter);
}
