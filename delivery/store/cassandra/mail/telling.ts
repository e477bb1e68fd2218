import { setTimeout as wait } from 'node:timers/promises';
import type { CassandraContext } from '../context.ts';
import type { Statement } from '../session.ts';
import { type Buckets, slowMilliseconds } from './buckets.ts';
import { type LogLine, logBucket, logStatement } from './log.ts';

/** A change of emails of one bucket. */
export interface Told {
  readonly accountId: string;
  readonly bucket: number;
  /** Of all that is written with it; left out: that of the moment. */
  readonly timestamp?: bigint;
  /** What is changed: small, because what spans two partitions may be 50 KiB at most for Cassandra. */
  readonly statements: readonly Statement[];
  readonly lines: readonly LogLine[];
  /** Whether what was changed is there, asked before it is told once more. */
  readonly isThere?: () => Promise<boolean>;
}

/** Octets of lines that span two partitions, with what they tell, at most. */
const mostSpanning = 32 * 1024;
/** Tries to tell with an instant that readers have not passed yet. */
const mostTries = 3;
/** Waits before a change whose outcome is not known is told again: what was sent may be applied much later. */
const againMilliseconds = [5000, 60_000, 300_000, 1_200_000];

/** Writes changes together with the lines of the log that tell them. */
export class Telling {
  readonly #context: CassandraContext;
  readonly #buckets: Buckets;
  readonly #abort = new AbortController();
  readonly #tell: (accountId: string, line: LogLine) => void;

  constructor(context: CassandraContext, buckets: Buckets, tell: (accountId: string, line: LogLine) => void) {
    this.#context = context;
    this.#buckets = buckets;
    this.#tell = tell;
  }

  /** Ends what is still to be told again. */
  stop(): void {
    this.#abort.abort();
  }

  /**
   * Writes the change and its lines, all or none in the end: in one mutation where the log lies in the same bucket,
   * else by a logged batch. A change that has taken long is told again, with an instant that readers have not passed;
   * one whose outcome is not known is told again later, because it may still be applied.
   */
  async write(told: Told): Promise<void> {
    const { accountId, bucket, statements, lines } = told;
    const began = performance.now();
    try {
      await this.#together(told);
    } catch (error) {
      void this.#againLater(told);
      throw error;
    }
    if (performance.now() - began > slowMilliseconds) await this.#again(accountId, bucket, lines);
    for (const line of statements.length > 0 ? lines : []) this.#tell(accountId, line);
  }

  async #together({ accountId, bucket, timestamp, statements, lines }: Told): Promise<void> {
    const { session, clock } = this.#context;
    const log = lines.map(line => logStatement(this.#context, accountId, line));
    const options = timestamp === undefined ? {} : { timestamp };
    if (bucket === logBucket(clock.now()) && statements.every(isOfBucket)) {
      await session.together([...statements, ...log], options);
      return;
    }
    if (
      sizeOf([...statements, ...log]) <= mostSpanning &&
      (await this.#logged([...statements, ...log], options))
    )
      return;
    // A crash in between is met by whoever tries again. What is of one partition is one mutation, whatever its size.
    const own = statements.filter(isOfBucket);
    if (own.length > 0) await session.together(own, options);
    for (const other of statements) if (!own.includes(other)) await session.together([other], options);
    for (const line of lines) await session.together([logStatement(this.#context, accountId, line)]);
  }

  /** False when the batch log can't be written: it needs two other nodes, one of which may have just died. */
  async #logged(statements: readonly Statement[], options: { timestamp?: bigint }): Promise<boolean> {
    try {
      await this.#context.session.together(statements, { ...options, isLogged: true, isTriedOnce: true });
      return true;
    } catch (error) {
      this.#context.log.debug({ cause: String(error) }, 'storeBatchNotLogged');
      return false;
    }
  }

  /** Tells what is there once more: announced and with a fresh instant. Readers may be told twice. */
  async #again(accountId: string, bucket: number, lines: readonly LogLine[]): Promise<void> {
    for (let tries = 1; tries <= mostTries; tries++) {
      const began = performance.now();
      await this.#buckets.announceAgain(accountId, [bucket]);
      for (const line of lines)
        await this.#context.session.together([logStatement(this.#context, accountId, line)]);
      if (performance.now() - began <= slowMilliseconds) return;
    }
  }

  /** The same for a change that is there already, as it is found by a second try. */
  async tellAgain(accountId: string, bucket: number, line: LogLine): Promise<void> {
    await this.#again(accountId, bucket, [line]);
    this.#tell(accountId, line);
  }

  async #againLater({ accountId, bucket, lines, isThere }: Told): Promise<void> {
    for (const milliseconds of againMilliseconds) {
      try {
        await wait(milliseconds, undefined, { signal: this.#abort.signal, ref: false });
        if (isThere && !(await isThere())) continue;
        await this.#again(accountId, bucket, lines);
        for (const line of lines) this.#tell(accountId, line);
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        this.#context.log.debug({ accountId, cause: String(error) }, 'storeChangeNotTold');
      }
    }
  }
}

const tablesOfBucket = /^(?:insert into|update|delete from) (?:email|detail)\b/;

function isOfBucket({ cql }: Statement): boolean {
  return tablesOfBucket.test(cql);
}

/** About how many octets statements have. */
function sizeOf(statements: readonly Statement[]): number {
  let octets = 0;
  for (const { values } of statements) for (const value of values) octets += sizeOfValue(value);
  return octets;
}

function sizeOfValue(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.byteLength;
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + sizeOfValue(one) + 8, 0);
  if (typeof value === 'object' && value !== null) return 64 + JSON.stringify(value).length;
  return 16;
}
