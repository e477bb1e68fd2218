import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import type { NodeFiles } from './node-files.ts';

/** The server process of one node. */
export interface NodeProcess {
  /** Null while it is down. */
  readonly pid: number | null;
  readonly logFile: string;
  /** Starts Java; what it serves is another question. */
  spawn(): void;
  /** Sends a signal, if it runs, and waits for its end. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** Sends a signal, if it runs, and waits for nothing. */
  signal(name: NodeJS.Signals): void;
  /** The last lines of its log. */
  logTail(): string;
}

/**
 * A node that can be started with `java` again and again. It never outlives this process, and does not keep it from
 * ending.
 */
export function nodeProcess(java: string, { words, logFile }: NodeFiles): NodeProcess {
  let child: ChildProcess | null = null;
  let watcher: ChildProcess | null = null;
  return {
    logFile,
    get pid() {
      return child?.pid ?? null;
    },
    spawn() {
      const log = openSync(logFile, 'a');
      // Groups of their own: a Ctrl-C for the tests is for the tests alone.
      const started = spawn(java, words, { stdio: ['ignore', log, log], detached: true });
      closeSync(log);
      started.unref();
      child = started;
      const watching = started.pid === undefined ? null : watch(started.pid);
      watcher = watching;
      started.once('error', () => {});
      started.once('exit', () => {
        watching?.kill('SIGKILL');
        if (child === started) child = null;
      });
    },
    async end(signal) {
      if (!child || child.pid === undefined) return;
      child.ref();
      const [ended, watching] = [once(child, 'exit'), watcher];
      child.kill(signal);
      // A stopped process hears nothing else than SIGKILL.
      if (signal !== 'SIGKILL') child.kill('SIGCONT');
      await ended;
      if (watching && watching.exitCode === null && watching.signalCode === null) {
        watching.ref();
        await once(watching, 'exit');
      }
    },
    signal: name => void child?.kill(name),
    logTail: () => tailOf(logFile),
  };
}

/**
 * A shell that kills process `pid` when this process ends, however it ends: its standard input is closed then. (It
 * must itself be killed when `pid` has ended, which may be somebody else's by then.)
 */
function watch(pid: number): ChildProcess {
  const watcher = spawn('sh', ['-c', 'read -r _; kill -9 "$1"', 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.unref();
  if (watcher.stdin instanceof Socket) watcher.stdin.unref();
  return watcher;
}

function tailOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-30).join('\n');
  } catch {
    return '(no log)';
  }
}
