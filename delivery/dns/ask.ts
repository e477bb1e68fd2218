import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { type Answer, encodeQuery, type Question, readAnswer } from './message.ts';

/** A resolver's address. */
export interface Server {
  readonly address: string;
  readonly port: number;
}

export interface Ask {
  readonly server: Server;
  readonly question: Question;
  readonly milliseconds: number;
  readonly edns: boolean;
}

/**
 * Asks one resolver over UDP, from a port of its own (RFC 5452 §9.2), and over TCP when the answer is cut short.
 * Rejects with `code` ETIMEOUT when none comes in time, or with that of the socket.
 */
export async function ask(request: Ask): Promise<Answer> {
  const until = performance.now() + request.milliseconds;
  const answer = await askByUdp(request);
  if (!answer.isTruncated) return answer;
  return askByTcp({ ...request, milliseconds: Math.max(1, until - performance.now()) });
}

function askByUdp({ server, question, milliseconds, edns }: Ask): Promise<Answer> {
  const id = randomInt(0x10000);
  const query = encodeQuery(id, question, { edns });
  const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
  return inTime<Answer>(
    milliseconds,
    (resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', octets => {
        const answer = readAnswer(octets, id, question);
        if (answer) resolve(answer);
      });
      // Connected, the socket takes nothing from others, and a closed port is known at once. A callback would be called
      // for a failure, too, and keep it from being an error: of a network that can't be reached, say.
      socket.on('connect', () => socket.send(query, error => error && reject(error)));
      socket.connect(server.port, server.address);
    },
    () => socket.close(),
  );
}

/** A message over TCP has its length in front (RFC 1035 §4.2.2). */
function askByTcp({ server, question, milliseconds, edns }: Ask): Promise<Answer> {
  const id = randomInt(0x10000);
  const query = encodeQuery(id, question, { edns });
  const socket = connect({ host: server.address, port: server.port });
  return inTime<Answer>(
    milliseconds,
    (resolve, reject) => {
      let read = Buffer.alloc(0);
      socket.on('error', reject);
      socket.on('end', () => reject(dnsError('ECONNRESET')));
      socket.on('data', piece => {
        read = Buffer.concat([read, piece]);
        if (read.length < 2 || read.length < read.readUInt16BE(0) + 2) return;
        const answer = readAnswer(read.subarray(2, read.readUInt16BE(0) + 2), id, question);
        if (answer) resolve({ ...answer, isTruncated: false });
        else reject(dnsError('EBADRESP'));
      });
      const length = Buffer.alloc(2);
      length.writeUInt16BE(query.length);
      socket.write(Buffer.concat([length, query]));
    },
    () => socket.destroy(),
  );
}

function inTime<T>(
  milliseconds: number,
  begin: (resolve: (value: T) => void, reject: (error: Error) => void) => void,
  end: () => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => finish(() => reject(dnsError('ETIMEOUT'))), milliseconds);
    let isOver = false;
    function finish(settle: () => void): void {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      end();
      settle();
    }
    begin(
      value => finish(() => resolve(value)),
      error => finish(() => reject(error)),
    );
  });
}

/** An error as `node:dns` throws it: its `code` says what happened. */
export function dnsError(code: string): Error {
  return Object.assign(new Error(`DNS: ${code}`), { code });
}
