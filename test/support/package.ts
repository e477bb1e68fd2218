import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { env } from 'node:process';
import type { TestContext } from 'node:test';
import { temporaryFolder } from './temporary-folder.ts';

const top = join(import.meta.dirname, '..', '..');

/** What `npm pack` made. */
export interface Packed {
  readonly tarball: string;
  /** Octets of the tarball, and of all that is in it. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number; readonly mode: number }[];
}

/** What a packing works with: nothing of git, of earlier builds, of this machine. */
const sources = [
  ...['bin', 'config', 'delivery', 'dns-keys', 'plugins', 'webmail', 'test'],
  ...['package.json', 'tsconfig.json', 'tsconfig.build.json', 'CHANGELOG.md', 'LICENSE', 'README.md'],
];

/** Runs `npm pack`, with all that it runs before, on a copy of the checkout. */
export function packPackage(t: Pick<TestContext, 'after'>): Packed {
  const folder = temporaryFolder(t);
  for (const name of sources) cpSync(join(top, name), join(folder, name), { recursive: true });
  symlinkSync(join(top, 'node_modules'), join(folder, 'node_modules'));
  const { stdout, stderr, status } = spawnSync('npm', ['pack', '--json'], {
    cwd: folder,
    // No look at the registry.
    env: { ...env, npm_config_offline: 'true', npm_config_update_notifier: 'false' },
    encoding: 'utf8',
    maxBuffer: 2 ** 24,
  });
  if (status !== 0) throw new Error(`npm pack ended with ${status}:\n${stdout}${stderr}`);
  // The scripts that npm runs print before it.
  const [made] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as (Omit<Packed, 'tarball'> & {
    filename: string;
  })[];
  if (!made) throw new Error('npm pack made nothing');
  return { ...made, tarball: join(folder, made.filename) };
}

/**
 * Lays the package into a folder's node_modules as `npm install` does, but without the network: its dependencies, and
 * nothing else, are links to the checkout's.
 */
export function installPackage(packed: Packed, folder: string): void {
  const modules = join(folder, 'node_modules');
  const home = join(modules, 'caliopen');
  mkdirSync(home, { recursive: true });
  const { status } = spawnSync('tar', ['-xzf', packed.tarball, '--strip-components=1', '-C', home]);
  if (status !== 0) throw new Error(`${packed.tarball} can't be unpacked`);
  const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    bin: Record<string, string>;
  };
  for (const name of Object.keys(manifest.dependencies)) link(name, modules);
  link(join('.bin', 'node'), modules);
  for (const [name, file] of Object.entries(manifest.bin)) {
    symlinkSync(join('..', 'caliopen', file), join(modules, '.bin', name));
  }
}

/** Links one of the checkout's packages into another node_modules. */
export function link(name: string, modules: string): void {
  mkdirSync(dirname(join(modules, name)), { recursive: true });
  symlinkSync(join(top, 'node_modules', name), join(modules, name));
}

/** The environment without what only a checkout has: neither our settings nor its programs. */
export function foreignEnvironment(): Record<string, string | undefined> {
  const kept = Object.entries(env).filter(([name]) => !/^(CALIOPEN_|npm_|NODE_)/.test(name));
  const path = (env.PATH ?? '').split(':').filter(folder => !folder.includes('node_modules'));
  return { ...Object.fromEntries(kept), PATH: path.join(':') };
}
