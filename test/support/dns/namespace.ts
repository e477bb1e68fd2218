import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, getuid, platform } from 'node:process';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { atEnd } from '../at-end.ts';
import { poll } from '../poll.ts';
import { childrenOf } from '../processes.ts';
import { removeFolder } from '../remove-folder.ts';
import { leaveOut, requireService } from '../services.ts';
import { openSharedClock, type SharedClock } from './clock.ts';

/** How a program inside ended. */
export interface Ended {
  /** Null when it was killed by a signal. */
  readonly code: number | null;
  readonly output: Buffer;
  /** The same as text. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface InsideOptions {
  readonly input?: Uint8Array | string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly limitMilliseconds?: number;
}

/** A program that goes on inside until it is stopped or the test ends. */
export interface Daemon {
  /** Lines of standard output and standard error so far. */
  readonly log: readonly string[];
  /** Sends SIGTERM and waits. */
  stop(): Promise<void>;
}

/**
 * A network and a file system tree of their own: every port is free, nothing reaches out, and files of /etc can be
 * covered. What runs in it ends with the test, or with the process that runs the test, whatever happens.
 */
export interface Namespace {
  /** Seen inside and outside; removed after the test. */
  readonly folder: string;
  /** Runs a program inside to its end; throws only when that takes longer than the limit (30 s). */
  run(words: readonly string[], options?: InsideOptions): Promise<Ended>;
  /** The same, but a program that ends with anything but 0 throws its words. */
  must(words: readonly string[], options?: InsideOptions): Promise<Ended>;
  /** Starts a program that stays in the foreground. */
  start(words: readonly string[], options?: InsideOptions): Daemon;
  /** What all programs inside read the time from; null when that is the machine's clock. */
  readonly clock: SharedClock | null;
  /** Words before a command that make it run inside with the process identifier of who was started; signals reach it. */
  readonly under: readonly string[];
  /** A new folder in `folder`. */
  newFolder(name: string): string;
}

/** Commands of `ip` that make 10.53.0.0/24 and fd53::1 to fd53::9 local, beside 127.0.0.0/8 and ::1. */
const network = [
  'link set lo up',
  'address add 10.53.0.1/24 dev lo',
  // One of IPv6 is an address alone, whatever its prefix.
  ...Array.from({ length: 9 }, (_, index) => `address add fd53::${index + 1}/128 dev lo nodad`),
];

/**
 * Opens one until the test ends, with a clock of its own where that is asked for. Where it can't be had (root on Linux)
 * the test is skipped and the runner told; null then.
 */
export async function openNamespace(
  t: Pick<TestContext, 'name' | 'skip' | 'after'>,
  { hasClock = false } = {},
): Promise<Namespace | null> {
  const [ip, faketime] = [requireService(t, 'iproute2'), hasClock ? requireService(t, 'faketime') : ''];
  if (ip === null || faketime === null) return null;
  const keeper = platform === 'linux' && getuid?.() === 0 ? await startKeeper() : null;
  if (keeper === null) {
    leaveOut(t, 'needs to make a network namespace (root on Linux)');
    return null;
  }
  const folder = mkdtempSync(join(tmpdir(), 'caliopen-world-'));
  const ended = new Promise(resolve => keeper.process.once('exit', resolve));
  atEnd(t, async () => {
    keeper.process.stdin?.end();
    await ended;
    removeFolder(folder);
  });
  // libfaketime leaves files there.
  await enter(keeper.inside, folder, null).must(['mount', '-t', 'tmpfs', 'tmpfs', '/dev/shm']);
  const clock = hasClock ? openSharedClock(faketime, folder) : null;
  const namespace = enter(keeper.inside, folder, clock);
  await namespace.must([ip, '-batch', '-'], { input: `${network.join('\n')}\n` });
  return namespace;
}

interface Keeper {
  readonly process: ChildProcess;
  /** Process identifier of the first process inside, as seen outside. */
  readonly inside: number;
}

/**
 * `cat` as the first process of a process namespace: it ends when its input does, which the death of the test's process
 * brings about, too, and then the kernel kills all others in it. Null when the system does not allow that.
 */
async function startKeeper(): Promise<Keeper | null> {
  const words = ['--net', '--mount', '--pid', '--fork', '--propagation', 'slave', 'cat'];
  const process = spawn('unshare', words, { stdio: ['pipe', 'ignore', 'ignore'] });
  process.on('error', () => {});
  const found = await poll('the namespace', () => {
    if (process.pid === undefined || process.exitCode !== null || process.signalCode !== null) return null;
    return childrenOf(process.pid)[0];
  });
  return found === null ? null : { process, inside: found };
}

function enter(inside: number, folder: string, clock: SharedClock | null): Namespace {
  // Not for nsenter itself: libfaketime would leave its files outside.
  const settings = Object.entries(clock?.environment ?? {}).map(([name, value]) => `${name}=${value}`);
  const program = [`--wdns=${folder}`, '--', 'env', ...settings];
  const target = ['nsenter', '--target', String(inside)];
  // Not with the process namespace in `under`: nsenter would stand between the caller and the program.
  const under = [...target, '--net', '--mount', ...program];
  const wholly = [...target, '--all', ...program];
  let folders = 0;
  const run: Namespace['run'] = (words, options) => runToEnd([...wholly, ...words], options);
  return {
    folder,
    clock,
    under,
    run,
    async must(words, options) {
      const ended = await run(words, options);
      if (ended.code === 0) return ended;
      throw new Error(`${words.join(' ')} ended with ${ended.code}: ${ended.stderr}${ended.stdout}`);
    },
    start: (words, options) => startDaemon([...wholly, ...words], options),
    newFolder(name) {
      folders += 1;
      return mkdtempSync(join(folder, `${name}${folders}-`));
    },
  };
}

function runToEnd(
  [program = '', ...words]: readonly string[],
  { input = '', environment = {}, limitMilliseconds = 30_000 }: InsideOptions = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { env: { ...env, ...environment } });
    const [output, errors]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', chunk => output.push(chunk));
    child.stderr.on('data', chunk => errors.push(chunk));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const timer = setTimeout(() => {
      // nsenter ends at once; the program itself ends with the namespace.
      child.kill('SIGKILL');
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
      reject(new Error(`${words.join(' ')} took more than ${limitMilliseconds} ms`));
    }, limitMilliseconds);
    child.on('error', reject);
    child.on('close', code => {
      clearTimeout(timer);
      const whole = Buffer.concat(output);
      resolve({ code, output: whole, stdout: whole.toString(), stderr: Buffer.concat(errors).toString() });
    });
  });
}

function startDaemon(
  [program = '', ...words]: readonly string[],
  { environment = {} }: InsideOptions = {},
): Daemon {
  const child = spawn(program, words, {
    env: { ...env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', line => log.push(line));
  }
  const ended = new Promise(resolve => child.once('exit', resolve));
  child.on('error', error => log.push(error.message));
  return {
    log,
    async stop() {
      // nsenter waits for the program, which is its only child.
      for (const id of childrenOf(child.pid ?? 0)) process.kill(id, 'SIGTERM');
      await ended;
    },
  };
}
