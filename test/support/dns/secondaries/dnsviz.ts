import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { leaveOut } from '../../services.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const run = promisify(execFile);
const installMilliseconds = 120_000;
const lookMilliseconds = 60_000;
const packages = ['dnsviz==0.11.2', 'dnspython==2.7.0', 'cryptography==50.0.2', 'pygraphviz==2.0.4'];

/** What dnsviz says of names and all that they hang on. */
export interface DnsvizLook {
  /** How many statuses are secure. */
  readonly secure: number;
  /** Codes of all errors and warnings. */
  readonly codes: readonly string[];
  /** What it printed of those. */
  readonly text: string;
}

/** Asks authoritative servers as these words of `dnsviz probe` say, with this DNSKEY as the trust anchor. */
export type Dnsviz = (
  anchor: string,
  words: readonly string[],
  names: readonly string[],
) => Promise<DnsvizLook>;

/**
 * dnsviz, which pip fetches when no run before did; it is kept in the user's cache folder. Where it can't be had, the
 * test is left out as with `requireService`; null then, and the test returns.
 */
export async function requireDnsviz(
  test: Pick<TestContext, 'name' | 'skip' | 'after'>,
): Promise<Dnsviz | null> {
  try {
    const folder = await install();
    return (...asked) => look(folder, temporaryFolder(test), asked);
  } catch (error) {
    leaveOut(test, `needs dnsviz: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

async function look(
  installed: string,
  folder: string,
  [anchor, words, names]: Parameters<Dnsviz>,
): Promise<DnsvizLook> {
  const [anchors, probed] = [join(folder, 'anchors'), join(folder, 'probe.json')];
  writeFileSync(anchors, `${anchor}\n`);
  const dnsviz = async (...some: readonly string[]) => {
    const program = [join(installed, 'bin', 'dnsviz'), ...some];
    const options = { env: { ...env, PYTHONPATH: installed }, timeout: lookMilliseconds, maxBuffer: 2 ** 26 };
    return (await run('python3', program, options)).stdout;
  };
  await dnsviz('probe', '-4', '-A', '-E', ...words, '-o', probed, ...names);
  const grok = ['grok', '-P', '-t', anchors, '-r', probed, '-l'];
  const text = await dnsviz(...grok, 'warning');
  const all = await dnsviz(...grok, 'info');
  return {
    secure: all.match(/"status": "SECURE"/g)?.length ?? 0,
    codes: [...text.matchAll(/"code": "(\w+)"/g)].map(([, code = '']) => code),
    text,
  };
}

/** The folder that it stands in. */
async function install(): Promise<string> {
  const cache = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'caliopen-tests');
  const folder = join(cache, 'dnsviz-0.11.2');
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const aside = mkdtempSync(join(cache, 'install-'));
  try {
    const options = { timeout: installMilliseconds };
    await run('python3', ['-m', 'pip', 'install', '-q', '--target', aside, ...packages], options);
    renameSync(aside, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return folder;
}
