import { execFile } from 'node:child_process';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { type DnsServer, type DnsServerSettings, openDnsServer } from '../../../dns-keys/server/server.ts';
import { atEnd } from '../../support/at-end.ts';
import { findService } from '../../support/services.ts';
import { signedAt } from '../zone/key-zones.ts';

type Owner = Pick<TestContext, 'after'>;

/** A server on a free port of 127.0.0.1, closed with the test; faults fail the test. */
export async function openServer(
  t: Owner,
  settings: Partial<DnsServerSettings> & Pick<DnsServerSettings, 'zones'>,
): Promise<DnsServer & { port: number; tlsPort: number }> {
  const server = await openDnsServer({
    addresses: [{ address: '127.0.0.1', port: 0 }],
    now: () => signedAt,
    onFault: error => {
      throw error;
    },
    ...settings,
  });
  atEnd(t, () => server.close());
  return { ...server, port: server.addresses[0]?.port ?? 0, tlsPort: server.tlsAddresses[0]?.port ?? 0 };
}

/** A UDP client of one server address: sends, and waits for the next answer from there; null when none comes in time. */
export async function udpClient(t: Owner, port: number, address = '127.0.0.1') {
  const socket: UdpSocket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  const came: Buffer[] = [];
  socket.on('message', message => came.push(message));
  // A closed port is no answer.
  socket.on('error', () => {});
  atEnd(t, () => socket.close());
  socket.connect(port, address);
  await once(socket, 'connect');
  return {
    send: (query: Uint8Array) => socket.send(query),
    async next(limitMilliseconds = 5000): Promise<Buffer | null> {
      const signal = AbortSignal.timeout(limitMilliseconds);
      while (came.length === 0 && !signal.aborted) await once(socket, 'message', { signal }).catch(() => {});
      return came.shift() ?? null;
    },
  };
}

/** A TCP or TLS client. */
export async function streamClient(t: Owner, port: number, tls: ConnectionOptions | null = null) {
  const target = { port, host: '127.0.0.1' };
  const options = { ...target, ...tls, rejectUnauthorized: false, ALPNProtocols: ['dot'] };
  const socket: Socket = tls === null ? connect(target) : connectTls(options);
  atEnd(t, () => socket.destroy());
  // A connection that the server resets is closed all the same.
  socket.on('error', () => {});
  const closed = new Promise<void>(done => socket.once('close', () => done()));
  await once(socket, tls === null ? 'connect' : 'secureConnect');
  let input = Buffer.alloc(0);
  let wake = () => {};
  socket.on('data', data => {
    input = Buffer.concat([input, data]);
    wake();
  });
  socket.on('end', () => wake());
  socket.on('close', () => wake());
  return {
    socket,
    closed,
    /** The next message; null when the connection closes before. */
    async next(): Promise<Buffer | null> {
      for (;;) {
        const end = input.length < 2 ? 0 : 2 + input.readUInt16BE(0);
        if (end > 0 && input.length >= end) {
          const message = input.subarray(2, end);
          input = input.subarray(end);
          return message;
        }
        if (socket.destroyed || socket.readableEnded) return null;
        await new Promise<void>(woken => {
          wake = woken;
        });
      }
    },
  };
}

/** The query with its length in front. */
export function framed(...queries: Uint8Array[]): Buffer {
  return Buffer.concat(queries.flatMap(query => [Buffer.of(query.length >> 8, query.length & 0xff), query]));
}

/** What kdig prints. */
export function kdigOutput(port: number, ...words: string[]): Promise<string> {
  const all = ['@127.0.0.1', '-p', String(port), '+retry=0', '+time=5', ...words];
  return new Promise(resolve => {
    execFile(findService('kdig') ?? 'kdig', all, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}
