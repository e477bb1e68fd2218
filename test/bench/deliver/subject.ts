import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { BenchNodes } from '../cassandra/nodes.ts';

/** Something that takes mail on a port of its own; all run at once and are measured in turn. */
export interface BenchSubject {
  readonly name: string;
  readonly protocol: 'smtp' | 'lmtp';
  readonly port: number;
  /** Root processes, for CPU, memory and octets written. */
  readonly processes: () => number[];
  /** The cluster that it stores in, counted apart from its own processes. */
  readonly nodes?: BenchNodes;
  /** Resolves when all that was taken has reached its last place. */
  settle(expected: number): Promise<void>;
  stop(): Promise<void>;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Waits until somebody listens. */
export async function portOpens(port: number, who: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const socket = connect(port, '127.0.0.1');
    const open = await Promise.race([
      once(socket, 'connect').then(
        () => true,
        () => false,
      ),
      wait(1000, false),
    ]);
    socket.destroy();
    if (open) return;
    await wait(100);
  }
  throw new Error(`${who} did not listen on port ${port}`);
}

/** Starts a child whose output goes to a file only when asked by BENCH_VERBOSE. */
export function startChild(
  command: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
): ChildProcess {
  const stdio = process.env.BENCH_VERBOSE ? 'inherit' : 'ignore';
  return spawn(command, words, { stdio: ['ignore', stdio, stdio], env: { ...process.env, ...env } });
}

/** Ends a child and waits for it. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await Promise.race([once(child, 'exit'), wait(8000).then(() => child.kill('SIGKILL'))]);
}
