import { randomText } from '../ids.ts';
import {
  checkChanges,
  checkKeys,
  type DayCounts,
  dayOf,
  joined,
  type SenderChange,
  sumCounts,
} from '../sender-counts.ts';
import type { Senders } from '../store.ts';
import type { CassandraContext } from './context.ts';

/** What is known of senders: counts that each process writes for itself, and sights of which the earliest wins. */
export function senderPart(context: CassandraContext): Senders {
  const totals = new Totals(context);
  return {
    getSenderCounts: (keys, at) => getSenderCounts(context, keys, at),
    addSenderCounts: async (changes, at) => {
      checkChanges(changes);
      await Promise.all(joined(changes).map(change => totals.add(change, at)));
    },
    noteSight: (key, at, keepSeconds) => noteSight(context, { key, at, keepSeconds }),
  };
}

interface CountRow {
  readonly key: string;
  readonly day: number;
  readonly wanted: number;
  readonly unwanted: number;
  readonly first: Date;
  readonly last: Date;
}

async function getSenderCounts(
  { session }: CassandraContext,
  keys: readonly string[],
  at: Date,
): ReturnType<Senders['getSenderCounts']> {
  checkKeys(keys);
  const cql = 'select key, day, wanted, unwanted, first, last from sender_count where key = ?';
  const found = await Promise.all([...new Set(keys)].map(key => session.rows<CountRow>(cql, [key])));
  const rows = found.flat().map(row => ({ ...row, first: row.first.getTime(), last: row.last.getTime() }));
  return sumCounts(rows, at);
}

/** Rows whose sums a process remembers at most; it begins new ones then. */
const maxRows = 20_000;

/**
 * What this process has counted of each key and day: it writes the whole sum each time, so that a write which is
 * repeated counts once, and no two processes write one row.
 */
class Totals {
  readonly #context: CassandraContext;
  readonly #rows = new Map<string, DayCounts>();
  #writer = randomText(8);

  constructor(context: CassandraContext) {
    this.#context = context;
  }

  async add(change: SenderChange, at: Date): Promise<void> {
    if (this.#rows.size >= maxRows) {
      this.#rows.clear();
      this.#writer = randomText(8);
    }
    const writer = this.#writer;
    const name = `${dayOf(at)} ${change.key}`;
    const total = this.#sum(name, change, at);
    try {
      await this.#write(total, writer);
    } catch (error) {
      // What comes next writes the sum without it: who was told that it failed may try again.
      const { key, wanted, unwanted } = change;
      if (writer === this.#writer) this.#sum(name, { key, wanted: -wanted, unwanted: -unwanted }, at);
      throw error;
    }
  }

  #sum(name: string, { key, wanted, unwanted }: SenderChange, at: Date): DayCounts {
    const instant = at.getTime();
    const known = this.#rows.get(name);
    const total: DayCounts = {
      key,
      day: dayOf(at),
      wanted: (known?.wanted ?? 0) + wanted,
      unwanted: (known?.unwanted ?? 0) + unwanted,
      first: Math.min(known?.first ?? instant, instant),
      last: Math.max(known?.last ?? instant, instant),
    };
    this.#rows.set(name, total);
    return total;
  }

  /** Times of writes grow within a process: of two at once the later sum holds. */
  async #write({ key, day, wanted, unwanted, first, last }: DayCounts, writer: string): Promise<void> {
    await this.#context.session.run(
      'insert into sender_count (key, day, writer, wanted, unwanted, first, last) values (?, ?, ?, ?, ?, ?, ?)',
      [key, day, writer, wanted, unwanted, new Date(first), new Date(last)],
    );
  }
}

interface Sight {
  readonly first: Date;
  readonly last: Date;
}

/** What goes by itself is kept this much longer, because clocks are apart; readers go by the instants. */
const slackSeconds = 3600;
/** Seconds that a row may be kept at most. */
const maxTtlSeconds = 630_000_000;

async function noteSight(
  { session }: CassandraContext,
  { key, at, keepSeconds }: { readonly key: string; readonly at: Date; readonly keepSeconds: number },
): ReturnType<Senders['noteSight']> {
  checkKeys([key]);
  const oldest = at.getTime() - keepSeconds * 1000;
  const rows = await session.rows<Sight>('select first, last from sight where key = ?', [key]);
  const known = rows.filter(({ last }) => last.getTime() >= oldest);
  const first = new Date(Math.min(at.getTime(), ...known.map(row => row.first.getTime())));
  const last = Math.max(...known.map(row => row.last.getTime()));
  const ttl = Math.min(maxTtlSeconds, Math.ceil(keepSeconds) + slackSeconds);
  // The time of the write is the instant that it notes, so that the last of several at once stays.
  await session.run(
    'insert into sight (key, first, last) values (?, ?, ?) using ttl ?',
    [key, first, new Date(Math.max(at.getTime(), last)), ttl],
    BigInt(Math.max(at.getTime(), last)) * 1000n,
  );
  return { firstSeenAt: first, lastSeenAt: known.length > 0 ? new Date(last) : null };
}
