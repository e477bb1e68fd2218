import { setTimeout as wait } from 'node:timers/promises';
import { asDeliveryError } from '../../../errors.ts';
import { normalizeDomain } from '../../address.ts';
import type { ZoneChange } from '../../store.ts';
import type { ClockGuard } from '../clock-guard.ts';
import type { CassandraContext } from '../context.ts';
import { slowMilliseconds } from '../mail/buckets.ts';
import type { Statement } from '../session.ts';

/** Lines of ten minutes are one partition. */
const bucketMilliseconds = 600_000;

/** The partition that holds lines of this instant, in milliseconds. */
export function bucketAt(instant: number): number {
  return Math.floor(instant / bucketMilliseconds);
}

/** What is written together with the lines that tell it. */
export interface ToldWrite {
  /** In the order in which they are written where they can't be written at once. */
  readonly statements: readonly Statement[];
  readonly changes: readonly ZoneChange[];
  /** Of all of them, in microseconds; left out: that of the moment. */
  readonly timestamp?: bigint;
}

/** Octets of a batch that spans partitions at most: Cassandra takes 50 KiB. */
const mostSpanning = 32 * 1024;
/** Tries to tell with an instant that readers have not passed yet. */
const mostTries = 3;
/** Waits before a change whose outcome is not known is told again: what was sent may be applied much later. */
const againMilliseconds = [5000, 60_000, 300_000, 1_200_000];

/**
 * Writes, and tells by lines of the log: with what they tell, all or none in the end, and once more behind it, because
 * who reads the first line may still not find what it tells.
 */
export async function writeTold(context: CassandraContext, told: ToldWrite): Promise<void> {
  const { session } = context;
  const { changes, timestamp } = told;
  const statements = [...told.statements, ...changes.map(change => lineOf(context, change))];
  if (sizeOf(statements) > mostSpanning || !(await isLogged(context, statements, timestamp)))
    for (const { cql, values } of statements) await session.run(cql, values, timestamp);
  await tellZones(context, changes);
}

/** False when the batch log can't be written: it needs two other nodes, one of which may have just died. */
async function isLogged(
  { session, log }: CassandraContext,
  statements: readonly Statement[],
  timestamp: bigint | undefined,
): Promise<boolean> {
  const options = { isLogged: true, isTriedOnce: true } as const;
  try {
    await session.together(statements, timestamp === undefined ? options : { ...options, timestamp });
    return true;
  } catch (error) {
    log.debug({ cause: String(error) }, 'storeBatchNotLogged');
    return false;
  }
}

/** Writes lines that carry this moment; again where that took so long that readers may have passed it. */
async function tellZones(context: CassandraContext, changes: readonly ZoneChange[]): Promise<void> {
  for (let tries = 1; tries <= mostTries; tries++) {
    const began = performance.now();
    for (const change of changes) {
      const { cql, values } = lineOf(context, change);
      await context.session.run(cql, values);
    }
    if (performance.now() - began <= slowMilliseconds) return;
  }
}

function lineOf({ session, clock }: CassandraContext, { domain, localPart }: ZoneChange): Statement {
  const now = clock.now();
  return {
    cql: 'insert into zone_change (bucket, at, domain, local_part) values (?, ?, ?, ?)',
    values: [bucketAt(now.getTime()), session.timeId(now), domain, localPart ?? undefined],
  };
}

/** About how many octets they have: octets of keys are what makes them many. */
function sizeOf(statements: readonly Statement[]): number {
  let octets = 0;
  for (const { values } of statements)
    for (const value of values) octets += value instanceof Uint8Array ? value.byteLength : 64;
  return octets;
}

/** Tells changes of published keys and zones; with a wrong clock nothing is written, because readers go by instants. */
export class ZoneLog {
  readonly #context: CassandraContext;
  readonly #guard: ClockGuard;
  readonly #abort = new AbortController();

  constructor(context: CassandraContext, guard: ClockGuard) {
    this.#context = context;
    this.#guard = guard;
  }

  /** As `writeTold`. */
  async write(told: ToldWrite): Promise<void> {
    await this.#telling(told.changes, () => writeTold(this.#context, told));
  }

  /**
   * Runs a lightweight transaction, which can't be in one batch with a line: the domain is told before it, so that a
   * process which dies behind it has told most readers, and again when it has ended.
   */
  async around<T>(name: string, work: () => Promise<T>): Promise<T> {
    const domain = normalizeDomain(name);
    // What is no name is refused there.
    if (domain === null) return await work();
    const changes = [{ domain, localPart: null }];
    return await this.#telling(changes, async () => {
      await tellZones(this.#context, changes);
      const result = await work();
      await tellZones(this.#context, changes);
      return result;
    });
  }

  /** Ends what is still to be told again. */
  stop(): void {
    this.#abort.abort();
  }

  async #telling<T>(changes: readonly ZoneChange[], work: () => Promise<T>): Promise<T> {
    this.#guard.require();
    try {
      return await work();
    } catch (error) {
      if (asDeliveryError(error).code === 'storeUnavailable') void this.#againLater(changes);
      throw error;
    }
  }

  async #againLater(changes: readonly ZoneChange[]): Promise<void> {
    for (const milliseconds of againMilliseconds) {
      try {
        await wait(milliseconds, undefined, { signal: this.#abort.signal, ref: false });
        await tellZones(this.#context, changes);
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        this.#context.log.debug({ cause: String(error) }, 'storeChangeNotTold');
      }
    }
  }
}
