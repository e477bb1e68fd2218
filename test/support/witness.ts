import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { getuid, pid } from 'node:process';
import type { TestContext } from 'node:test';
import type { Browser } from 'playwright-core';
import { atEnd } from './at-end.ts';
import { launchChromium } from './chromium.ts';
import { launchFirefox } from './firefox.ts';
import { requireService } from './services.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Stands outside the browser and notes whatever asks for a name below `witness.example`, or connects to it. */
export interface Witness {
  /** One line each: `dns NAME`, `tcp`, `tls`, and `http` with host and path. */
  readonly seen: string[];
  /** The text of a vector with addresses of ours, told apart by the number. */
  fill(html: string, number: number): string;
  /** Numbers of the vectors that something was asked for. */
  reached(): Set<number>;
  /** A browser that asks us for names; null when there is none, and the test is skipped loudly. */
  openBrowser(engine?: Engine): Promise<Browser | null>;
  /** False: this user may not stand in for the system's resolver, so look-ups of names alone are not seen. */
  readonly seesNames: boolean;
}

export type Engine = 'chromium' | 'firefox';

const domain = 'witness.example';

/** Opens it until the test ends. */
export async function openWitness(t: TestContext): Promise<Witness> {
  const seen: string[] = [];
  const [http, tls] = await Promise.all([listen(t, httpServer(seen)), listen(t, tlsServer(seen))]);
  const resolver = getuid?.() === 0 ? await openResolver(t, seen) : null;
  return {
    seen,
    seesNames: resolver !== null,
    fill(html, number) {
      const name = `v${number}.${domain}`;
      return html
        .replaceAll('{http}', `http://${name}:${http}/v${number}`)
        .replaceAll('{https}', `https://${name}:${tls}/v${number}`)
        .replaceAll('{host}', `${name}:${http}`)
        .replaceAll('{name}', name);
    },
    reached: () =>
      new Set(seen.flatMap(line => [...line.matchAll(/v(\d+)\.witness/g)].map(found => Number(found[1])))),
    async openBrowser(engine = 'chromium') {
      const program = requireService(t, engine);
      if (!program) return null;
      const command = resolver ? wrapper(t, program, resolver) : program;
      const browser = await (engine === 'firefox'
        ? launchFirefox(command, temporaryFolder(t))
        : launchChromium(command));
      atEnd(t, () => browser.close());
      return browser;
    },
  };
}

async function listen(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(t, () => server.close());
  return (server.address() as AddressInfo).port;
}

/** Answers everything with an empty 200 that any page may read. */
function httpServer(seen: string[]): Server {
  return createServer(socket => {
    seen.push('tcp');
    socket.on('error', () => socket.destroy());
    socket.on('data', octets => {
      const [first = '', ...fields] = octets.toString('latin1').split('\r\n');
      const host = fields
        .find(field => /^host:/i.test(field))
        ?.slice(5)
        .trim();
      seen.push(`http ${host} ${first}`);
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nAccess-Control-Allow-Origin: *\r\n\r\n');
    });
  });
}

/** The name in the first message of TLS (SNI, RFC 6066) stands there in clear. */
function tlsServer(seen: string[]): Server {
  return createServer(socket => {
    seen.push('tls');
    socket.on('error', () => socket.destroy());
    socket.once('data', octets => {
      seen.push(`tls ${/v\d+\.witness\.example/.exec(octets.toString('latin1'))?.[0] ?? ''}`);
      socket.destroy();
    });
  });
}

/** A resolver for which every name is on this machine; gives its address. */
async function openResolver(t: TestContext, seen: string[]): Promise<string> {
  const address = `127.77.${(pid >> 8) & 255}.${pid & 255}`;
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address: peer }) => {
    const { name, type, end } = readQuestion(query);
    if (name.endsWith(domain)) seen.push(`dns ${name}`);
    socket.send(answerTo(query.subarray(0, end), type === 1), port, peer);
  });
  socket.bind(53, address);
  await once(socket, 'listening');
  atEnd(t, () => socket.close());
  return address;
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** An A record of 127.0.0.1, or no record (RFC 1035 §4.1). */
function answerTo(question: Buffer, hasAddress: boolean): Buffer {
  const head = Buffer.from(question);
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(hasAddress ? 1 : 0, 6);
  head.writeUInt32BE(0, 8);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 1]);
  return hasAddress ? Buffer.concat([head, record]) : head;
}

/** A command that starts the browser with another `/etc/resolv.conf`, in a mount namespace of its own. */
function wrapper(t: TestContext, program: string, resolver: string): string {
  const folder = temporaryFolder(t);
  const [command, settings] = [join(folder, 'browser'), join(folder, 'resolv.conf')];
  writeFileSync(settings, `nameserver ${resolver}\n`);
  const script = 'mount --bind "$0" /etc/resolv.conf && exec "$@"';
  writeFileSync(command, `#!/bin/sh\nexec unshare -m sh -c '${script}' '${settings}' '${program}' "$@"\n`);
  chmodSync(command, 0o755);
  return command;
}
