import { randomBytes } from 'node:crypto';
import type { Keyring } from '../../../crypto/keyring.ts';
import { DeliveryError } from '../../../errors.ts';
import { type Database, fromSqlite, isKeptOut, openDurable } from '../database.ts';
import { directoryFile, shardFile } from '../files.ts';
import { directorySteps, migrate, shardSteps } from '../schema.ts';

/** What is fixed when a data folder is made. */
export interface DirectoryFacts {
  readonly shards: number;
  /** 32 octets from which the accounts' hash keys are drawn; kept wrapped by the instance key. */
  readonly hashSecret: Uint8Array;
  /** Accounts whose removal was begun and not ended. */
  readonly removing: readonly string[];
  /** Shards that can't be opened; the others work. */
  readonly unopened: readonly UnopenedShard[];
}

export interface UnopenedShard {
  readonly shard: number;
  /** What SQLite said. */
  readonly cause: string;
  /** Whether this user has no right to it; else it is damaged. */
  readonly isKeptOut: boolean;
}

interface Opening {
  readonly shards: number;
  readonly keyring: Keyring;
}

/**
 * Opens the store's files, brings them up to date and closes them. The number of shards is the one fixed at creation,
 * else `shards`. Throws `storeUnavailable` when the directory can't be opened or a newer generation of the product
 * wrote a file, `badSettings` when the instance key is not the folder's.
 */
export function openDirectory(folder: string, opening: Opening): DirectoryFacts {
  const file = directoryFile(folder);
  try {
    const database = openDurable(file);
    try {
      migrate(database, directorySteps, file);
      return readFacts(database, folder, opening);
    } finally {
      database.close();
    }
  } catch (error) {
    throw fromSqlite(error);
  }
}

function readFacts(database: Database, folder: string, { shards, keyring }: Opening): DirectoryFacts {
  const fixed = Number(keep(database, 'shards', () => shards));
  if (!(fixed >= 1)) throw new DeliveryError('storeUnavailable', 'the number of shards is lost');
  const hashSecret = openHashSecret(database, keyring);
  const removing = database.all<{ id: string }>(`select id from account where state = 'removing'`);
  const unopened = Array.from({ length: fixed }, (_unused, shard) => prepareShard(folder, shard));
  return { shards: fixed, hashSecret, removing: removing.map(({ id }) => id), unopened: unopened.flat() };
}

/** The fact of this name; the first of several processes makes it. */
function keep<T extends number | Uint8Array>(database: Database, name: string, make: () => T): T | undefined {
  const read = () => database.get<{ value: T }>('select value from meta where name = ?', name)?.value;
  const known = read();
  if (known !== undefined) return known;
  database.run('insert or ignore into meta(name, value) values (?, ?)', name, make());
  return read();
}

/** The hash secret, made at first, wrapped anew when the instance key has changed: the older key can go then. */
function openHashSecret(database: Database, keyring: Keyring): Uint8Array {
  const wrapped = keep(database, 'hashSecret', () => keyring.wrap(randomBytes(32)));
  if (wrapped === undefined) throw new DeliveryError('storeUnavailable', 'the hash secret is lost');
  const secret = unwrapSecret(wrapped, keyring);
  if (keyring.isOutdated(wrapped)) {
    const anew = keyring.wrap(secret);
    database.run(`update meta set value = ? where name = 'hashSecret' and value = ?`, anew, wrapped);
  }
  return new Uint8Array(secret);
}

function unwrapSecret(wrapped: Uint8Array, keyring: Keyring): Uint8Array {
  try {
    return keyring.unwrap(wrapped);
  } catch (cause) {
    const hint =
      'the instance key is not the one of this data folder; add that one as a further line of its file (keys.instanceKeyFile, else instance.key there)';
    throw new DeliveryError('badSettings', hint, { cause });
  }
}

function prepareShard(folder: string, shard: number): UnopenedShard[] {
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
    const cause = error instanceof Error ? error.message : String(error);
    return [{ shard, cause, isKeptOut: isKeptOut(error) }];
  }
}
