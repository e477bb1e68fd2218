import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { TestContext } from 'node:test';
import packet from 'dns-packet';
import { atEnd } from './at-end.ts';

/** What a test's name server says; null: nothing at all. */
export type Said = {
  readonly answers?: readonly packet.Answer[];
  readonly authorities?: readonly packet.Answer[];
  readonly additionals?: readonly packet.Answer[];
  /** RCODE, 0 when left out. */
  readonly code?: number;
  /** Over UDP: cut short. */
  readonly isTruncated?: boolean;
} | null;

/** A resolver on loopback, over UDP and TCP. */
export interface NameServer {
  readonly port: number;
  /** `127.0.0.1:PORT`, as `resolver.servers` takes it. */
  readonly address: string;
  /** Questions so far, as `TYPE name`. */
  readonly asked: string[];
}

const recursionAvailable = 0x0080;
const truncated = 0x0200;

/** Starts one until the test ends; `answer` is asked for each question. */
export async function startNameServer(
  t: Pick<TestContext, 'after'>,
  answer: (question: { readonly name: string; readonly type: string }) => Said,
): Promise<NameServer> {
  const asked: string[] = [];
  const say = (query: Buffer, isUdp: boolean) => {
    const { id = 0, questions = [] } = packet.decode(query);
    const [question] = questions;
    if (!question) return null;
    asked.push(`${question.type} ${question.name.toLowerCase()}`);
    const said = answer({ name: question.name.toLowerCase(), type: question.type });
    if (!said) return null;
    const isCut = isUdp && said.isTruncated === true;
    return packet.encode({
      type: 'response',
      id,
      flags: packet.RECURSION_DESIRED | recursionAvailable | (isCut ? truncated : 0) | (said.code ?? 0),
      questions: [question],
      answers: isCut ? [] : [...(said.answers ?? [])],
      authorities: [...(said.authorities ?? [])],
      additionals: [...(said.additionals ?? [])],
    });
  };
  const tcp = createServer(socket => {
    socket.on('error', () => {});
    socket.on('data', octets => {
      const octetsSaid = say(octets.subarray(2), false);
      if (!octetsSaid) return;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(octetsSaid.length);
      socket.end(Buffer.concat([length, octetsSaid]));
    });
  });
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const bound = tcp.address();
  const port = typeof bound === 'object' && bound ? bound.port : 0;
  const udp = createSocket('udp4');
  udp.on('message', (query, peer) => {
    const octets = say(query, true);
    if (octets) udp.send(octets, peer.port, peer.address);
  });
  udp.bind(port, '127.0.0.1');
  await once(udp, 'listening');
  atEnd(t, () => {
    udp.close();
    tcp.close();
  });
  return { port, address: `127.0.0.1:${port}`, asked };
}

/** Answers from a table of `TYPE name` to records' data; for all else there is no such name. */
export function recordsOf(
  known: Readonly<Record<string, readonly unknown[]>>,
  ttl = 300,
): (question: { readonly name: string; readonly type: string }) => Said {
  return ({ name, type }) => {
    const data = known[`${type} ${name}`];
    if (!data) return { code: 3 };
    return { answers: data.map(item => ({ type, name, ttl, data: item }) as packet.Answer) };
  };
}
