import { randomInt } from 'node:crypto';
import { auth, Client, type ClientOptions, policies, types } from 'cassandra-driver';
import { asDeliveryError, DeliveryError } from '../../errors.ts';
import { portOf, tlsOptions } from './endpoint.ts';
import { RepeatIdempotent } from './retry.ts';

/** A value of a statement or of a cell. `null` deletes a cell: leave columns out, or pass `undefined`. */
export type Value = unknown;

/** A statement with the values of its placeholders. */
export interface Statement {
  readonly cql: string;
  readonly values: readonly Value[];
}

/** Where the cluster is and how to come in. */
export interface ClusterSettings {
  /** `address` or `address:port`. */
  readonly contactPoints: readonly string[];
  readonly localDataCenter: string;
  readonly keyspace: string;
  /** Copies of each row in that data centre, when the keyspace is made. */
  readonly replication: number;
  readonly credentials: { readonly username: string; readonly password: string } | null;
  /** `ca`, `cert` and `key` of `node:tls`, as PEM; null: plain TCP. */
  readonly tls: Readonly<Record<string, unknown>> | null;
}

/**
 * Statements at LOCAL_QUORUM, prepared and repeated where that is harmless. Every method throws `storeUnavailable`
 * when too few nodes answer.
 */
export interface Session {
  /** All rows; for partitions that are small. */
  rows<T>(cql: string, values: readonly Value[]): Promise<T[]>;
  row<T>(cql: string, values: readonly Value[]): Promise<T | undefined>;
  /** Rows as they are needed, `size` at first and more later: for partitions that are big. */
  pages<T>(cql: string, values: readonly Value[], size?: number): AsyncGenerator<T[]>;
  /** A write; `timestamp` in microseconds (`micros`) where it must win against cells that are there. */
  run(cql: string, values: readonly Value[], timestamp?: bigint): Promise<void>;
  /**
   * Several writes in one request. Of one partition they are one mutation: all or none. Of several they are applied
   * side by side; `isLogged` makes sure that all are applied in the end, at twice the cost, and needs two nodes besides
   * the one that is asked. `isTriedOnce`: the caller has another way.
   */
  together(
    statements: readonly Statement[],
    options?: { readonly timestamp?: bigint; readonly isLogged?: boolean; readonly isTriedOnce?: boolean },
  ): Promise<void>;
  /**
   * A lightweight transaction (`… if …`): whether it was applied, and the row that was in the way. `isRepeatable`: the
   * caller knows its own row when it meets it, so that another node may be asked when one does not answer.
   */
  claim<T>(
    cql: string,
    values: readonly Value[],
    options?: { readonly isRepeatable?: boolean },
  ): Promise<{ applied: boolean; row: T | undefined }>;
  /** A read that ends lightweight transactions which are under way, and sees what they did. */
  claimed<T>(cql: string, values: readonly Value[]): Promise<T | undefined>;
  /** Time of the next write in microseconds, later than any given before and than `known` (writetimes of cells). */
  micros(known?: readonly (bigint | null | undefined)[]): bigint;
  /** A time-ordered id of this moment of the store's clock, unique in this process and, by chance, in all. */
  timeId(now: Date): types.TimeUuid;
  close(): Promise<void>;
}

const { localQuorum, localSerial } = types.consistencies;

/** Longest wait for one node's answer; the server gives up at 5 s itself. */
const readTimeoutMilliseconds = 6000;

/** Waits before a statement is tried again that met no node. */
const reconnectMilliseconds = [150, 400];

/** Rows of one page at most, unless more are asked for. */
const largestPage = 1000;

/** The driver's options; without a keyspace for whoever makes it. */
export function clientOptions(settings: ClusterSettings, keyspace?: string): ClientOptions {
  const { credentials } = settings;
  const sslOptions = tlsOptions(settings);
  return {
    contactPoints: [...settings.contactPoints],
    localDataCenter: settings.localDataCenter,
    ...(keyspace === undefined ? {} : { keyspace }),
    ...(credentials
      ? { authProvider: new auth.PlainTextAuthProvider(credentials.username, credentials.password) }
      : {}),
    ...(sslOptions ? { sslOptions } : {}),
    socketOptions: { readTimeout: readTimeoutMilliseconds, connectTimeout: 5000 },
    pooling: { coreConnectionsPerHost: { [types.distance.local]: 1 }, heartBeatInterval: 5000 },
    queryOptions: {
      consistency: localQuorum,
      serialConsistency: localSerial,
      prepare: true,
      fetchSize: 1000,
    },
    policies: {
      retry: new RepeatIdempotent(),
      reconnection: new policies.reconnection.ExponentialReconnectionPolicy(100, 2000, false),
    },
    encoding: { useBigIntAsLong: true, useUndefinedAsUnset: true },
    protocolOptions: { port: portOf(settings), maxSchemaAgreementWaitSeconds: 30 },
  };
}

/**
 * Connects. Throws `storeUnavailable` when no contact point answers, `badSettings` when it refuses us. `now` gives
 * milliseconds for the times of writes: the machine's, unless a test has another clock.
 */
export async function openSession(
  settings: ClusterSettings,
  { now = Date.now }: { readonly now?: () => number } = {},
): Promise<Session> {
  const client = new Client(clientOptions(settings, settings.keyspace));
  try {
    await client.connect();
  } catch (error) {
    await client.shutdown().catch(() => undefined);
    throw fromDriver(error);
  }
  return new DriverSession(client, now);
}

class DriverSession implements Session {
  readonly #client: Client;
  readonly #now: () => number;
  /** Two processes that write the same cells in the same millisecond have times apart: of equal ones cells would mix. */
  readonly #salt = BigInt(randomInt(1000));
  #lastMicros = 0n;
  #ticks = 0;
  #lastInstant = 0;
  #isClosed = false;

  constructor(client: Client, now: () => number) {
    this.#client = client;
    this.#now = now;
  }

  async rows<T>(cql: string, values: readonly Value[]): Promise<T[]> {
    const found: T[] = [];
    for await (const page of this.pages<T>(cql, values, 5000)) found.push(...page);
    return found;
  }

  async row<T>(cql: string, values: readonly Value[]): Promise<T | undefined> {
    const result = await this.#execute(cql, values, { isIdempotent: true });
    return result.rows[0] as T | undefined;
  }

  async *pages<T>(cql: string, values: readonly Value[], size = 1000): AsyncGenerator<T[]> {
    let pageState: string | undefined;
    let fetchSize = size;
    do {
      const options = { isIdempotent: true, fetchSize, ...(pageState ? { pageState } : {}) };
      const result = await this.#execute(cql, values, options);
      fetchSize = Math.max(size, Math.min(4 * fetchSize, largestPage));
      if (result.rows.length > 0) yield result.rows as unknown as T[];
      pageState = result.pageState ?? undefined;
    } while (pageState);
  }

  async run(cql: string, values: readonly Value[], timestamp?: bigint): Promise<void> {
    await this.#execute(cql, values, { isIdempotent: true, timestamp: longOf(timestamp ?? this.micros()) });
  }

  async together(
    statements: readonly Statement[],
    { timestamp, isLogged = false, isTriedOnce = false }: Parameters<Session['together']>[1] = {},
  ): Promise<void> {
    const queries = statements.map(({ cql, values }) => ({ query: cql, params: values.map(asDriverValue) }));
    const options = {
      isIdempotent: !isTriedOnce,
      prepare: true,
      logged: isLogged,
      timestamp: longOf(timestamp ?? this.micros()),
    };
    await this.#guard(() => this.#client.batch(queries, options), !isTriedOnce);
  }

  async claim<T>(
    cql: string,
    values: readonly Value[],
    { isRepeatable = false }: { readonly isRepeatable?: boolean } = {},
  ): Promise<{ applied: boolean; row: T | undefined }> {
    const result = await this.#execute(cql, values, { isIdempotent: isRepeatable });
    const applied = result.wasApplied();
    return { applied, row: applied ? undefined : (result.rows[0] as unknown as T | undefined) };
  }

  async claimed<T>(cql: string, values: readonly Value[]): Promise<T | undefined> {
    const result = await this.#execute(cql, values, { isIdempotent: true, consistency: localSerial });
    return result.rows[0] as T | undefined;
  }

  micros(known: readonly (bigint | null | undefined)[] = []): bigint {
    let next = BigInt(this.#now()) * 1000n + this.#salt;
    if (next <= this.#lastMicros) next = this.#lastMicros + 1n;
    for (const time of known) {
      if (time === null || time === undefined) continue;
      if (time >= next) next = time + 1n;
    }
    // What was ahead of our clock pushes only its own row, not all that follows.
    if (next < BigInt(this.#now() + 1000) * 1000n) this.#lastMicros = next;
    return next;
  }

  timeId(now: Date): types.TimeUuid {
    const instant = now.getTime();
    this.#ticks = instant === this.#lastInstant ? this.#ticks + 1 : 0;
    this.#lastInstant = instant;
    // A tick is 100 ns: more than 10,000 in one millisecond would reach into the next one.
    return types.TimeUuid.fromDate(now, this.#ticks % 10_000);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#client.shutdown();
  }

  #execute(
    cql: string,
    values: readonly Value[],
    options: { readonly isIdempotent: boolean } & Record<string, unknown>,
  ): Promise<types.ResultSet> {
    const { isIdempotent } = options;
    return this.#guard(() => this.#client.execute(cql, values.map(asDriverValue), options), isIdempotent);
  }

  /** The driver asks other nodes when one falls; with none left, a moment later one may be back. */
  async #guard<T>(work: () => Promise<T>, isIdempotent: boolean): Promise<T> {
    for (const wait of isIdempotent ? reconnectMilliseconds : []) {
      try {
        return await work();
      } catch (error) {
        if (!isUnconnected(error) || this.#isClosed) throw fromDriver(error);
        await new Promise(resolve => setTimeout(resolve, wait));
      }
    }
    try {
      return await work();
    } catch (error) {
      throw fromDriver(error);
    }
  }
}

function longOf(value: bigint): types.Long {
  return types.Long.fromString(value.toString());
}

/** No node could be asked, or the connection to it went. */
function isUnconnected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.name === 'NoHostAvailableError' || (error as { isSocketError?: boolean }).isSocketError === true
  );
}

/** The driver takes octets as Buffers alone; those of another thread are none. */
function asDriverValue(value: Value): Value {
  if (!(value instanceof Uint8Array) || Buffer.isBuffer(value)) return value;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/**
 * What the driver threw, as an error of ours: trouble of the cluster is `storeUnavailable`, a value that does not fit
 * its column is a fault of ours.
 */
export function fromDriver(error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error;
  if (error instanceof TypeError) return asDeliveryError(error);
  const inner = innerErrors(error);
  if (
    nameOf(error) === 'AuthenticationError' ||
    inner.some(([, one]) => nameOf(one) === 'AuthenticationError')
  )
    return new DeliveryError('badSettings', 'Cassandra refuses the user name or password', { cause: error });
  const detail =
    inner.length > 0
      ? inner.map(([address, one]) => `${address}: ${firstLine(one)}`).join('; ')
      : firstLine(error);
  return new DeliveryError('storeUnavailable', `Cassandra: ${detail}`, { cause: error });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? '';
}

/** What each host said, where none could be asked. */
function innerErrors(error: unknown): [string, unknown][] {
  const { innerErrors } = error as { innerErrors?: Record<string, unknown> };
  return Object.entries(innerErrors ?? {});
}
