import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { env } from 'node:process';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { temporaryFolder } from './temporary-folder.ts';

const caliopen = join(import.meta.dirname, '..', '..', 'bin', 'caliopen');

/** How a run of the command ended. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Path by which the command is called. */
  readonly command?: string;
}

/** Runs `bin/caliopen` with these words. */
export type RunCommand = (words: readonly string[], options?: RunOptions) => Promise<Run>;

/** A new folder to be in, with `./data` in it as the commands make it, and the real command run there. */
export function openCommand(t: Pick<TestContext, 'after'>): { folder: string; run: RunCommand } {
  const folder = temporaryFolder(t);
  return { folder, run: (words, options) => runIn(folder, words, options) };
}

async function runIn(
  folder: string,
  words: readonly string[],
  { input = '', environment = {}, command = caliopen }: RunOptions = {},
): Promise<Run> {
  const child = spawn(command, words, {
    cwd: folder,
    env: { ...env, CALIOPEN_SQLITE_SHARDS: '1', ...environment },
  });
  // A command that does not read its input may be gone before all is written.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const code = new Promise<number | null>(resolve => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

/** The JSON lines of a text. */
export function jsonLines(output: string): Record<string, unknown>[] {
  return output
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Record<string, unknown>);
}
