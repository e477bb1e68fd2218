import { connect, type Socket } from 'node:net';

/** Where a server of others listens: an IP address, and a port. */
export interface ServerAddress {
  readonly address: string;
  readonly port: number;
}

/**
 * Sends one message over TCP and gives the first that comes back (RFC 1035 §4.2.2). Throws what the connection throws,
 * and when nothing has come after `limitMilliseconds`.
 */
export function exchangeOverTcp(
  message: Uint8Array,
  { address, port }: ServerAddress,
  limitMilliseconds = 10_000,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(new Error('no answer in time')), limitMilliseconds);
    socket.on('close', () => {
      clearTimeout(timer);
      reject(new Error('closed without an answer'));
    });
    socket.on('error', fail);
    onMessage(socket, octets => {
      resolve(octets);
      socket.end();
      socket.destroySoon();
    });
    const framed = Buffer.alloc(2 + message.length);
    framed.writeUInt16BE(message.length);
    framed.set(message, 2);
    socket.write(framed);
  });
}

function onMessage(socket: Socket, take: (octets: Buffer) => void): void {
  let held = Buffer.alloc(0);
  socket.on('data', chunk => {
    held = Buffer.concat([held, chunk]);
    const end = held.length < 2 ? Number.POSITIVE_INFINITY : 2 + held.readUInt16BE(0);
    if (held.length >= end) take(held.subarray(2, end));
  });
}
