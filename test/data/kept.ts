import { globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Config } from '../../delivery/config.ts';
import { configOn } from '../support/door-process.ts';

/** Data folders that earlier versions wrote, one folder for each version of the changelog. */
export const keptFolder = join(import.meta.dirname, '..', 'fixtures', 'data');

/** What a version says about the folder it wrote. */
export interface Kept {
  readonly version: string;
  /** The commit whose code wrote it. */
  readonly commit: string;
  readonly writtenAt: string;
  /** Passwords and passphrase of the people in it. */
  readonly password: string;
  readonly appPassword: string;
  readonly passphrase: string;
  /** As `portray` gives it. */
  readonly portrait: unknown;
}

/** Settings under which kept folders are written and opened: no look-up leaves the machine. */
export function keptConfig(data: string): Config {
  return configOn(data, { 'sqlite.shards': 2, 'log.level': 'error' });
}

/** Keeps a data folder, compressed; what belongs to running processes is left out. */
export function keep(data: string, kept: Kept): void {
  const target = join(keptFolder, kept.version);
  const names = globSync('**/*', { cwd: data, withFileTypes: true })
    .filter(entry => entry.isFile() && !/-(wal|shm|journal)$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name).slice(data.length + 1));
  for (const name of names) {
    const file = join(target, 'folder', `${name}.gz`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, gzipSync(readFileSync(join(data, name)), { level: 9 }));
  }
  writeFileSync(join(target, 'kept.json'), `${JSON.stringify(kept, null, 1)}\n`);
}

/** The versions that were released, and those that kept a folder before. */
export function keptVersions(): string[] {
  const changelog = readFileSync(join(keptFolder, '..', '..', '..', 'CHANGELOG.md'), 'utf8');
  const released = [...changelog.matchAll(/^## (\d+\.\d+\.\d+)(?! \(not yet released\))/gm)];
  return [...new Set([...released.map(([, version = '']) => version), ...readdirSync(keptFolder)])].sort();
}

/** Throws where a release was not kept: `npm run keep-data` does it. */
export function readKept(version: string): Kept {
  return JSON.parse(readFileSync(join(keptFolder, version, 'kept.json'), 'utf8')) as Kept;
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
