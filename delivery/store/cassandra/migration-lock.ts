import { createHash } from 'node:crypto';
import type { Client, QueryOptions } from 'cassandra-driver';

/** The lock of a holder who died is free after this. */
const lockSeconds = 60;

/** Whether it was applied is not known when the answer is lost: the driver must not run it again. */
const once: QueryOptions = { isIdempotent: false };

/**
 * The table of the lock. Processes make it at the same time through different nodes, which would give it two ids and
 * break it for good: so its id is drawn from the keyspace. It holds nothing that outlives a minute.
 */
export async function makeLockTable(client: Client, keyspace: string): Promise<void> {
  const digest = createHash('sha256').update(`caliopen schema_lock ${keyspace}`).digest('hex');
  const id = digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
  const cql = `create table if not exists schema_lock (name text primary key, holder text) with id = ${id}`;
  await client.execute(cql, [], { ...once, prepare: false });
}

/** Whether another one has the lock, as far as can be seen without asking for it. */
export async function isLocked(client: Client, holder: string): Promise<boolean> {
  const { rows } = await client.execute("select holder from schema_lock where name = 'steps'");
  return rows.some(row => row.holder !== null && row.holder !== holder);
}

/** Takes the lock, or holds it for another minute; false when another one has it. */
export async function holdLock(client: Client, holder: string): Promise<boolean> {
  const taken = await client.execute(
    "insert into schema_lock (name, holder) values ('steps', ?) if not exists using ttl ?",
    [holder, lockSeconds],
    once,
  );
  if (taken.wasApplied()) return true;
  const renewed = await client.execute(
    "update schema_lock using ttl ? set holder = ? where name = 'steps' if holder = ?",
    [lockSeconds, holder, holder],
    once,
  );
  return renewed.wasApplied();
}

/** Gives the lock back. */
export async function releaseLock(client: Client, holder: string): Promise<void> {
  await client.execute("delete from schema_lock where name = 'steps' if holder = ?", [holder], once);
}
