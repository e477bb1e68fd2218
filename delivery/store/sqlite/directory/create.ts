import { randomBytes } from 'node:crypto';
import { DeliveryError } from '../../../errors.ts';
import { openDurable } from '../database.ts';
import { shardFile } from '../files.ts';
import { migrate, shardSteps } from '../schema.ts';
import type { WriteContext } from '../threads/context.ts';

/** What is fixed when a data folder is made. */
export interface DirectoryFacts {
  readonly shards: number;
  /** Accounts whose removal was begun and not ended. */
  readonly removing: readonly string[];
  /** Shards that can't be opened; the others work. */
  readonly damaged: readonly { readonly shard: number; readonly cause: string }[];
}

/**
 * Opens the store's files and brings them up to date. The number of shards is the one fixed at creation, else
 * `shards`. Throws when a file was written by a newer generation of the product.
 */
export function openDirectory({ database, settings }: WriteContext, shards: number): DirectoryFacts {
  database.run(`insert or ignore into meta(name, value) values ('shards', ?)`, shards);
  database.run(
    `insert or ignore into meta(name, value) values ('instance', ?)`,
    randomBytes(16).toString('hex'),
  );
  const fixed = database.get<{ value: number }>(`select value from meta where name = 'shards'`)?.value;
  if (fixed === undefined || fixed < 1)
    throw new DeliveryError('storeUnavailable', 'the number of shards is lost');
  const removing = database.all<{ id: string }>(`select id from account where state = 'removing'`);
  const damaged = Array.from({ length: fixed }, (_unused, shard) => prepareShard(settings.folder, shard));
  return { shards: fixed, removing: removing.map(({ id }) => id), damaged: damaged.flat() };
}

function prepareShard(folder: string, shard: number): { shard: number; cause: string }[] {
  const file = shardFile(folder, shard);
  try {
    const database = openDurable(file);
    try {
      migrate(database, shardSteps, file);
    } finally {
      database.close();
    }
    return [];
  } catch (error) {
    if (error instanceof DeliveryError) throw error;
    return [{ shard, cause: error instanceof Error ? error.message : String(error) }];
  }
}
