import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { generate } from 'selfsigned';
import { atEnd } from '../at-end.ts';
import { leaveOut, requireService } from '../services.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** An ACME server (RFC 8555) of Let's Encrypt's for tests, which validates for real. */
export interface Pebble {
  /** URL of its directory. */
  readonly directory: string;
  /** PEM file of the authority behind its own HTTPS. */
  readonly caFile: string;
  /** PEM certificate of the authority that it signs with, new at each start. */
  readonly root: string;
  /** What it has logged: one line for each request and each validation. */
  readonly log: readonly string[];
}

interface PebbleOptions {
  /** `address:port` of the resolver that it asks. */
  readonly resolver: string;
  /** Where it asks for http-01 challenges. */
  readonly httpPort: number;
  readonly validitySeconds?: number;
  /** Names that it refuses to certify. */
  readonly blocked?: readonly string[];
}

const run = promisify(execFile);
const buildMilliseconds = 300_000;
const startMilliseconds = 30_000;

/**
 * Path of pebble, which Go builds from the module proxy (12 s) when no run before did; it is kept in the user's cache
 * folder. Where it can't be had, the test is left out as with `requireService`; null then, and the test returns.
 */
export async function requirePebble(test: Pick<TestContext, 'name' | 'skip'>): Promise<string | null> {
  const go = requireService(test, 'go');
  if (go === null) return null;
  try {
    return await build(go);
  } catch (error) {
    leaveOut(test, `needs pebble: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

async function build(go: string): Promise<string> {
  const { stdout } = await run(go, ['env', 'GOVERSION']);
  const minor = Number(/^go1\.(\d+)/.exec(stdout)?.[1]);
  // Debian 12's Go is too old for the newer one, and a new Go links the older one no more.
  const version = minor >= 23 ? 'v2.10.3' : 'v2.4.0';
  const cache = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'caliopen-tests');
  const file = join(cache, `pebble-${version}`);
  if (existsSync(file)) return file;
  mkdirSync(cache, { recursive: true });
  const aside = mkdtempSync(join(cache, 'build-'));
  try {
    await run(go, ['install', `github.com/letsencrypt/pebble/v2/cmd/pebble@${version}`], {
      env: { ...env, GOBIN: aside, GOTOOLCHAIN: 'local', GOFLAGS: '' },
      timeout: buildMilliseconds,
    });
    renameSync(join(aside, 'pebble'), file);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return file;
}

/** Runs it on loopback until the test ends. It takes a nonce for wrong now and then, as a server may. */
export async function startPebble(
  t: Pick<TestContext, 'after'>,
  program: string,
  options: PebbleOptions,
): Promise<Pebble> {
  const folder = temporaryFolder(t);
  const [port, managementPort] = [await freePort(), await freePort()];
  const caFile = await writeFiles(folder, { ...options, port, managementPort });
  const child = spawn(program, ['-config', join(folder, 'config.json'), '-dnsserver', options.resolver], {
    env: { ...env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '5', PEBBLE_AUTHZREUSE: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise(resolve => child.once('exit', resolve));
  atEnd(t, () => {
    child.kill();
    return exited;
  });
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', line => log.push(line));
  }
  const root = await firstAnswer(`https://127.0.0.1:${managementPort}/roots/0`, log);
  return { directory: `https://127.0.0.1:${port}/dir`, caFile, root, log };
}

async function writeFiles(
  folder: string,
  {
    port,
    managementPort,
    httpPort,
    validitySeconds,
    blocked = [],
  }: PebbleOptions & { port: number; managementPort: number },
): Promise<string> {
  const own = await generate([{ name: 'commonName', value: 'pebble' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  const [certificate, privateKey] = [join(folder, 'own.crt'), join(folder, 'own.key')];
  writeFileSync(certificate, own.cert);
  writeFileSync(privateKey, own.private);
  const pebble = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${managementPort}`,
    ...{ certificate, privateKey, httpPort, tlsPort: 1 },
    domainBlocklist: blocked,
    ...(validitySeconds === undefined ? {} : { certificateValidityPeriod: validitySeconds }),
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ pebble }));
  return certificate;
}

async function firstAnswer(url: string, log: readonly string[]): Promise<string> {
  const until = performance.now() + startMilliseconds;
  for (;;) {
    try {
      return await read(url);
    } catch (cause) {
      if (performance.now() > until) throw new Error(`pebble does not answer:\n${log.join('\n')}`, { cause });
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }
}

function read(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { rejectUnauthorized: false }, response => {
      let text = '';
      response.on('data', part => {
        text += part;
      });
      response.once('end', () => resolve(text));
    });
    sent.once('error', reject);
    sent.end();
  });
}

/** A TCP port of loopback that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
