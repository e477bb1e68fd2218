import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { kill, pid, platform } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';

const limitMilliseconds = 10_000;

/**
 * What a run of tests with `TMPDIR` set to `folder` left behind: processes that still have it in their environment
 * (they are ended), and files in it but for those `expected`. Processes that are just ending are waited for.
 */
export async function findLeftovers(folder: string, expected: readonly string[]): Promise<string[]> {
  const until = performance.now() + limitMilliseconds;
  while (processesIn(folder).length > 0 && performance.now() < until) await wait(100);
  const processes = processesIn(folder);
  for (const { id } of processes) {
    try {
      kill(id, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
  const files = readdirSync(folder)
    .map(name => join(folder, name))
    .filter(file => !expected.includes(file) && !isOfPrograms(file))
    .map(file => [file, ...filesIn(file)].join(' '));
  return [...processes.map(({ id, command }) => `process ${id}: ${command}`), ...files];
}

const mostNamed = 10;

/** Some of what is in a folder, by which its test is known. */
function filesIn(path: string): string[] {
  return statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, encoding: 'utf8' }).slice(0, mostNamed)
    : [];
}

/** Files that Node, GLib and Chromium keep for themselves in the temporary folder. */
function isOfPrograms(file: string): boolean {
  return /\/(node-compile-cache|dconf|\.?org\.chromium\.|\.com\.google\.|\.X\d|pulse-|runtime-)/.test(file);
}

function processesIn(folder: string): { id: number; command: string }[] {
  if (platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== pid)
    .flatMap(name => {
      try {
        if (!readFileSync(`/proc/${name}/environ`, 'utf8').includes(`TMPDIR=${folder}\0`)) return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return [{ id: Number(name), command }];
      } catch {
        return []; // It has ended, or belongs to somebody else.
      }
    });
}
