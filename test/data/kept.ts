import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Config, SettingKey } from '../../delivery/config.ts';
import { configOn } from '../support/door-process.ts';

/**
 * What earlier versions wrote, one folder for each version of the changelog: a data folder with SQLite's files, and the
 * dump of a keyspace of Cassandra (`dump.ts`), whose instance key is that folder's.
 */
const keptFolder = join(import.meta.dirname, '..', 'fixtures', 'data');

/** Stores that versions keep data of. */
export const storeNames = ['sqlite', 'cassandra'] as const;
export type StoreName = (typeof storeNames)[number];

const keptFiles: Readonly<Record<StoreName, string>> = {
  sqlite: 'kept.json',
  cassandra: 'kept.cassandra.json',
};
const dumpFile = 'keyspace.jsonl.gz';

/** What a version says about what it wrote into a store. */
export interface Kept {
  readonly version: string;
  /** The commit whose code wrote it. */
  readonly commit: string;
  readonly writtenAt: string;
  /** Passwords and passphrase of the people in it. */
  readonly password: string;
  readonly appPassword: string;
  readonly passphrase: string;
  /** Names of the messages (`plainMessages`) that Ada was sent. */
  readonly sent: readonly string[];
  /** As `portray` gives it. */
  readonly portrait: unknown;
}

type Settings = Partial<Record<SettingKey, unknown>>;

/** Settings under which kept data is written and opened: no look-up leaves the machine. */
export function keptConfig(data: string, settings: Settings = {}): Config {
  return configOn(data, { 'sqlite.shards': 2, 'log.level': 'error', ...settings });
}

/** Settings of a store in a keyspace of a test server. */
export function settingsOn(where: {
  readonly contactPoints: readonly string[];
  readonly localDataCenter: string;
  readonly keyspace: string;
}): Settings {
  return {
    store: 'cassandra',
    'cassandra.contactPoints': where.contactPoints,
    'cassandra.localDataCenter': where.localDataCenter,
    'cassandra.keyspace': where.keyspace,
    'cassandra.replication': 1,
  };
}

/** Keeps a data folder, compressed; what belongs to running processes is left out. */
export function keepFolder(data: string, kept: Kept): void {
  const names = globSync('**/*', { cwd: data, withFileTypes: true })
    .filter(entry => entry.isFile() && !/-(wal|shm|journal)$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name).slice(data.length + 1));
  for (const name of names) {
    const file = join(keptFolder, kept.version, 'folder', `${name}.gz`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, gzipSync(readFileSync(join(data, name)), { level: 9 }));
  }
  describe('sqlite', kept);
}

/** Keeps the dump of a keyspace, compressed. */
export function keepKeyspace(dump: string, kept: Kept): void {
  writeFileSync(join(keptFolder, kept.version, dumpFile), gzipSync(dump, { level: 9 }));
  describe('cassandra', kept);
}

function describe(store: StoreName, kept: Kept): void {
  const file = join(keptFolder, kept.version, keptFiles[store]);
  writeFileSync(file, `${JSON.stringify(kept, null, 1)}\n`);
}

/** Whether a version's data is kept. */
export function isKept(version: string, store: StoreName): boolean {
  return existsSync(join(keptFolder, version, keptFiles[store]));
}

/** The versions that were released, and those that kept data before. */
export function keptVersions(): string[] {
  const changelog = readFileSync(join(keptFolder, '..', '..', '..', 'CHANGELOG.md'), 'utf8');
  const released = [...changelog.matchAll(/^## (\d+\.\d+\.\d+)(?! \(not yet released\))/gm)];
  return [...new Set([...released.map(([, version = '']) => version), ...readdirSync(keptFolder)])].sort();
}

/** Throws where a release was not kept: `npm run keep-data` does it. */
export function readKept(version: string, store: StoreName): Kept {
  return JSON.parse(readFileSync(join(keptFolder, version, keptFiles[store]), 'utf8')) as Kept;
}

/** The dump of a version's keyspace. */
export function readDump(version: string): string {
  return gunzipSync(readFileSync(join(keptFolder, version, dumpFile))).toString();
}

/** Lays the data folder of a version out again. */
export function unpack(version: string, data: string): void {
  const source = join(keptFolder, version, 'folder');
  for (const name of globSync('**/*.gz', { cwd: source })) {
    const file = join(data, name.replace(/\.gz$/, ''));
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, gunzipSync(readFileSync(join(source, name))), { mode: 0o600 });
  }
}
