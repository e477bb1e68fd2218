import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { atEnd } from '../../at-end.ts';
import { poll } from '../../poll.ts';
import { ask } from './ask.ts';

/** The TSIG key that we and the secondaries know, as kdig -y and `dns.tsigKeys` take it. */
export const transferKey = {
  name: 'secondary.example',
  algorithm: 'hmac-sha256',
  secret: Buffer.from('0123456789abcdef0123456789abcdef').toString('base64'),
} as const;
export const transferKeyText = `${transferKey.algorithm}:${transferKey.name}:${transferKey.secret}`;

/** What a secondary is to fetch from a primary on loopback, and the port that it answers on. */
export interface SecondarySettings {
  readonly folder: string;
  readonly port: number;
  readonly primaryPort: number;
  /** Apexes with the dot at their end. */
  readonly zones: readonly string[];
  /** Catalog zone whose members it is to fetch, too. */
  readonly catalog?: string;
  /** Base64; the right one without it. */
  readonly secret?: string;
}

/** A name server of others, running until the test ends. */
export interface NameServer {
  readonly port: number;
  /** Lines of its log so far. */
  readonly log: readonly string[];
  /** Waits for a line of the log from `start` on. */
  said(pattern: RegExp, start?: number): Promise<string>;
  /** Serial of a zone that it serves; null when it does not. */
  serialOf(zone: string): Promise<number | null>;
  /** Waits until it serves a zone at this serial, or at none. */
  has(zone: string, serial: number | null): Promise<void>;
  stop(): Promise<void>;
}

/** Longest wait for a line or a zone, on a machine that others use, too. */
const patienceMilliseconds = 40_000;

/** Runs a name server that stays in the foreground and logs to its standard streams. */
export async function startNameServer(
  t: Pick<TestContext, 'after'>,
  port: number,
  [command, ...words]: readonly [string, ...string[]],
): Promise<NameServer> {
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', line => void log.push(line));
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  atEnd(t, stop);
  const orLog = <T>(what: string, look: () => T | undefined | Promise<T | undefined>) =>
    poll(what, look, patienceMilliseconds).catch(error => {
      throw new Error(`${error.message}:\n${log.slice(-40).join('\n')}`);
    });
  const serialOf = async (zone: string) => {
    const { answers } = await ask(port, zone, 'SOA');
    const serial = answers[0]?.split(' ')[6];
    return serial === undefined ? null : Number(serial);
  };
  return {
    port,
    log,
    serialOf,
    said: (pattern, start = 0) =>
      orLog(`a line like ${pattern}`, () => log.slice(start).find(line => pattern.test(line))),
    async has(zone, serial) {
      await orLog(`${zone} at ${serial}`, async () => ((await serialOf(zone)) === serial ? true : undefined));
    },
    stop,
  };
}
