import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'cassandra-driver';
import type { Clock } from '../../clock.ts';
import type { Keyring } from '../../crypto/keyring.ts';
import { DeliveryError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { randomText } from '../ids.ts';
import { openHashSecret } from './directory/hash-secret.ts';
import { makeInstanceTenant } from './directory/tenants.ts';
import { holdLock, makeLockTable, releaseLock } from './migration-lock.ts';
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
const pollMilliseconds = 250;
/** Trouble that may pass while steps are run: a node that does not know a new table yet. */
const maxFailures = 10;

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
  const client = new Client(clientOptions(settings, keyspace));
  try {
    await client.connect();
    await work(client);
  } catch (error) {
    throw fromDriver(error);
  } finally {
    await client.shutdown();
  }
}

async function makeKeyspace(client: Client, settings: ClusterSettings): Promise<void> {
  const { keyspace, localDataCenter, replication } = settings;
  const known = await client.execute(
    'select keyspace_name from system_schema.keyspaces where keyspace_name = ?',
    [keyspace],
  );
  if (known.rows.length > 0) return;
  const center = localDataCenter.replaceAll("'", "''");
  await client.execute(
    `create keyspace if not exists ${keyspace}
     with replication = {'class': 'NetworkTopologyStrategy', '${center}': ${Math.trunc(replication)}}`,
    [],
    schemaOptions,
  );
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
  for (let failures = 0; ; await wait(pollMilliseconds)) {
    try {
      if (await runMissing(run, steps)) return;
      failures = 0;
    } catch (error) {
      failures++;
      if (error instanceof DeliveryError || failures === maxFailures) throw error;
      run.log.warn({ cause: String(error) }, 'schemaStepFailed');
    }
    if (performance.now() > until)
      throw new DeliveryError(
        'storeUnavailable',
        'another process does not end bringing the tables up to date',
      );
  }
}

/** Runs what is missing; false while another process is at it. */
async function runMissing(run: Run, steps: SchemaSteps): Promise<boolean> {
  const { client, keyspace, holder } = run;
  if (isComplete(await readDone(run), steps)) return true;
  await makeLockTable(client, keyspace);
  if (!(await holdLock(client, holder))) return false;
  try {
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
