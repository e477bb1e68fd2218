import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Client } from 'cassandra-driver';
import { atEnd } from './at-end.ts';
import type { SharedAddress } from './cassandra/shared.ts';
import { sharedAddress } from './cassandra.ts';

/** A keyspace of the shared server that is one test's until it ends. */
export interface LeasedKeyspace extends SharedAddress {
  readonly keyspace: string;
}

/**
 * A keyspace that holds nothing, with one copy of each row: emptied when the test ends, behind all that was opened
 * later, and then the next one's. To make its tables takes the server seconds, to empty them a tenth.
 */
export async function leaseKeyspace(t: Pick<TestContext, 'after'>): Promise<LeasedKeyspace> {
  const { folder, ...address } = await sharedAddress();
  const { keyspace, release } = take(folder);
  atEnd(t, async () => {
    await empty({ ...address, keyspace });
    release();
  });
  return { ...address, keyspace };
}

/** The first that no other process holds: who makes the folder has it. */
function take(folder: string): { keyspace: string; release: () => void } {
  for (let number = 0; ; number++) {
    const keyspace = `leased_${number}`;
    const lock = join(folder, keyspace);
    try {
      mkdirSync(lock);
      return { keyspace, release: () => rmdirSync(lock) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Takes the rows out of each table that has some. Steps of the schema stay known. */
async function empty({ keyspace, ...address }: LeasedKeyspace): Promise<void> {
  const client = new Client({ ...address, socketOptions: { readTimeout: 60_000 } });
  try {
    const query = 'select table_name from system_schema.tables where keyspace_name = ?';
    const { rows } = await client.execute(query, [keyspace]);
    for (const { table_name: table } of rows) {
      const { rows: found } = await client.execute(`select * from ${keyspace}.${table} limit 1`);
      if (found.length > 0 && !keptTables.has(table)) await client.execute(`truncate ${keyspace}.${table}`);
    }
  } finally {
    await client.shutdown();
  }
}

const keptTables: ReadonlySet<unknown> = new Set(['schema_step']);
