import { setTimeout as wait } from 'node:timers/promises';
import { Client, type Host, types } from 'cassandra-driver';
import type { Clock } from '../../clock.ts';
import type { Keyring } from '../../crypto/keyring.ts';
import { DeliveryError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { randomText } from '../ids.ts';
import { openHashSecret } from './directory/hash-secret.ts';
import { makeInstanceTenant } from './directory/tenants.ts';
import { holdLock, isLocked, makeLockTable, releaseLock } from './migration-lock.ts';
import { schemaSteps } from './schema.ts';
import { type ClusterSettings, clientOptions, fromDriver, openSession } from './session.ts';

/** Numbered lists of CQL statements, each of which may be run again: `if not exists`, or an insert. */
export type SchemaSteps = readonly (readonly string[])[];

/** Steps leave room for older code; a change that does not would begin a new generation. */
const generation = 1;

/** Statements of the schema wait until all nodes agree. */
const statementMilliseconds = 60_000;
/** How long another process that is at the steps is waited for. */
const maxWaitMilliseconds = 300_000;
const pollMilliseconds = 300;
/** How long trouble is borne that may pass: a node that does not know a new table yet, or several that want the lock. */
const maxTroubleMilliseconds = 20_000;
/** How long nodes may take to agree. */
const maxAgreementMilliseconds = 60_000;

/**
 * Makes the keyspace and its tables as far as they are not there, and gives the secret of the accounts' hash keys.
 * Several processes may do so at once. Throws `storeUnavailable` when no node answers or a newer generation of the
 * product made the tables, `badSettings` when the cluster refuses us or the instance key is not the keyspace's.
 */
export async function prepareKeyspace(options: {
  readonly settings: ClusterSettings;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<Uint8Array> {
  const { settings, keyring } = options;
  await migrate(settings, options);
  const session = await openSession(settings);
  try {
    await makeInstanceTenant(session);
    return await openHashSecret(session, keyring);
  } finally {
    await session.close();
  }
}

/**
 * Runs the steps that the keyspace has not seen, in order, one process at a time. More steps than this code knows are
 * fine, because steps only add; a newer generation throws, so that nothing is written into tables that are not
 * understood.
 */
export async function migrate(
  settings: ClusterSettings,
  { log }: { readonly log: Log },
  steps: SchemaSteps = schemaSteps,
): Promise<void> {
  if (!/^[a-z][a-z0-9_]{0,47}$/.test(settings.keyspace))
    throw new DeliveryError('badSettings', `${settings.keyspace} is no name of a keyspace`);
  await withClient(settings, undefined, client => makeKeyspace(client, settings));
  await withClient(settings, settings.keyspace, client =>
    untilDone({ client, keyspace: settings.keyspace, holder: randomText(16), log }, steps),
  );
}

async function withClient(
  settings: ClusterSettings,
  keyspace: string | undefined,
  work: (client: Client) => Promise<void>,
): Promise<void> {
  const until = performance.now() + maxTroubleMilliseconds;
  for (;;) {
    const client = new Client(clientOptions(settings, keyspace));
    try {
      await client.connect();
      return await work(client);
    } catch (error) {
      if (!isUnheardOf(error, keyspace) || performance.now() > until) throw fromDriver(error);
    } finally {
      await client.shutdown();
    }
    await wait(pollMilliseconds);
  }
}

/** A node that has written a new keyspace down may take a moment to know it. */
function isUnheardOf(error: unknown, keyspace: string | undefined): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return code === types.responseErrorCodes.invalid && String(message).startsWith(`Keyspace '${keyspace}'`);
}

async function makeKeyspace(client: Client, settings: ClusterSettings): Promise<void> {
  const { keyspace } = settings;
  const known = await client.execute(
    'select keyspace_name from system_schema.keyspaces where keyspace_name = ?',
    [keyspace],
  );
  if (known.rows.length === 0) await createKeyspace(client, settings);
  // The next session may begin at a node that has not heard of it yet.
  await untilAgreed(client);
}

async function createKeyspace(client: Client, settings: ClusterSettings): Promise<void> {
  const { keyspace, localDataCenter, replication } = settings;
  const center = localDataCenter.replaceAll("'", "''");
  await client.execute(
    `create keyspace if not exists ${keyspace}
     with replication = {'class': 'NetworkTopologyStrategy', '${center}': ${Math.trunc(replication)}}`,
    [],
    schemaOptions,
  );
}

/** Waits until all nodes of the data centre that answer know the same tables; others learn them when they are back. */
async function untilAgreed(client: Client): Promise<void> {
  const until = performance.now() + maxAgreementMilliseconds;
  for (;;) {
    const hosts = client.hosts.values().filter(host => host.isUp());
    const versions = await Promise.all(hosts.map(host => schemaVersion(client, host)));
    if (new Set(versions.filter(version => version !== null)).size <= 1) return;
    if (performance.now() > until)
      throw new DeliveryError('storeUnavailable', 'the nodes of the cluster do not agree about its tables');
    await wait(pollMilliseconds);
  }
}

async function schemaVersion(client: Client, host: Host): Promise<string | null> {
  try {
    const { rows } = await client.execute('select schema_version from system.local', [], { host });
    return String(rows[0]?.schema_version);
  } catch {
    return null; // It does not answer, or is not among those that this client asks.
  }
}

/** Not repeated by the driver: through two nodes at once a table would be made twice. */
const schemaOptions = { prepare: false, isIdempotent: false, readTimeout: statementMilliseconds } as const;

interface Run {
  readonly client: Client;
  readonly keyspace: string;
  /** Tells this run from others. */
  readonly holder: string;
  readonly log: Log;
}

async function untilDone(run: Run, steps: SchemaSteps): Promise<void> {
  const until = performance.now() + maxWaitMilliseconds;
  // A random part, so that those who wait do not all ask at the same moment.
  for (let soundAt = performance.now(); ; await wait(pollMilliseconds * (1 + Math.random()))) {
    try {
      if (await runMissing(run, steps)) return;
      soundAt = performance.now();
    } catch (error) {
      const isLasting = performance.now() - soundAt > maxTroubleMilliseconds;
      if (error instanceof DeliveryError || !mayPass(error) || isLasting) throw error;
      run.log.warn({ cause: String(error) }, 'schemaStepFailed');
    }
    if (performance.now() > until)
      throw new DeliveryError(
        'storeUnavailable',
        'another process does not end bringing the tables up to date',
      );
  }
}

/** Whether trying again can help: not where the statement itself is refused. */
function mayPass(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  const { syntaxError, unauthorized, alreadyExists } = types.responseErrorCodes;
  return ![syntaxError, unauthorized, alreadyExists].some(refusal => refusal === code);
}

/** Runs what is missing; false while another process is at it. */
async function runMissing(run: Run, steps: SchemaSteps): Promise<boolean> {
  const { client, keyspace, holder } = run;
  if (isComplete(await readDone(run), steps)) return true;
  await makeLockTable(client, keyspace);
  if ((await isLocked(client, holder)) || !(await holdLock(client, holder))) return false;
  try {
    // Whoever held it before may have died in the middle of a statement.
    await untilAgreed(client);
    await client.execute(stepTable, [], schemaOptions);
    const done = await readDone(run);
    for (const [number, step] of steps.entries())
      if (!done.has(number) && !(await runStep(run, number, step))) return false;
    return true;
  } finally {
    // When it can't be given back it is free in a minute.
    await releaseLock(client, holder).catch(() => undefined);
  }
}

/** False when the lock was lost on the way: the next one who has it runs the step again. */
async function runStep({ client, holder }: Run, number: number, step: readonly string[]): Promise<boolean> {
  for (const statement of step) {
    if (!(await holdLock(client, holder))) return false;
    await client.execute(statement, [], schemaOptions);
  }
  const cql =
    'insert into schema_step (part, generation, number, ended) values (0, ?, ?, toTimestamp(now()))';
  await client.execute(cql, [generation, number], { isIdempotent: true });
  return true;
}

const stepTable = `create table if not exists schema_step (part int, generation int, number int, ended timestamp,
  primary key (part, generation, number))`;

function isComplete(done: ReadonlySet<number>, steps: SchemaSteps): boolean {
  return steps.every((_unused, number) => done.has(number));
}

/** Numbers of the steps that were run. Throws when a newer generation is there. */
async function readDone({ client, keyspace }: Run): Promise<Set<number>> {
  const table = await client.execute(
    'select table_name from system_schema.tables where keyspace_name = ? and table_name = ?',
    [keyspace, 'schema_step'],
  );
  if (table.rows.length === 0) return new Set();
  const { rows } = await client.execute('select generation, number from schema_step where part = 0');
  const found = rows as unknown as { generation: number; number: number }[];
  const newest = Math.max(generation, ...found.map(step => step.generation));
  if (newest > generation) {
    throw new DeliveryError(
      'storeUnavailable',
      `the tables of keyspace ${keyspace} are of generation ${newest}, this version of Caliopen knows up to ${generation}; use a newer one`,
    );
  }
  return new Set(found.map(({ number }) => number));
}
