import { randomBytes } from 'node:crypto';
import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { connect, isIPv6 } from 'node:net';
import { optRecord, readOpt } from '../edns.ts';
import {
  classes,
  type Message,
  newMessage,
  parseMessage,
  type ResourceRecord,
  writeMessage,
} from '../message.ts';
import { equalNames, type Name, nameText } from '../name.ts';
import { typeName } from '../rr/table.ts';
import { WireError } from '../wire-error.ts';

/** Asks resolvers for records of types that Node's own resolver does not know, such as DS. */
export interface DnsClient {
  /**
   * The answer of the first server that gives one; `rcode` tells whether there is the name. Over TCP when it is too long
   * for UDP. Throws `Error` with what each server did when none answers.
   */
  ask(name: Name, type: number): Promise<DnsAnswer>;
}

export interface DnsAnswer {
  readonly message: Message;
  /** Records of the asked type in the answer, behind aliases too. */
  readonly records: readonly ResourceRecord[];
  /** AD: the server has validated it by DNSSEC (RFC 4035 §3.2.3). */
  readonly isValidated: boolean;
}

export interface DnsClientOptions {
  /** As `address`, `address:port` or `[address]:port`; none: the system's. */
  readonly servers?: readonly string[];
  readonly timeoutMilliseconds?: number;
  /** False: servers are authoritative ones, which are asked for what they hold. */
  readonly recursionDesired?: boolean;
  /** True: nothing goes over UDP, where anyone may answer. */
  readonly isTcpOnly?: boolean;
}

interface Server {
  readonly address: string;
  readonly port: number;
}

const udpPayloadOctets = 1232;

/** A stub resolver (RFC 1034 §5.3.1) that keeps nothing. */
export function openDnsClient(options: DnsClientOptions = {}): DnsClient {
  const { timeoutMilliseconds = 4000, recursionDesired = true, isTcpOnly = false } = options;
  const texts = options.servers?.length ? options.servers : getServers();
  const servers = texts.map(readServer);
  return {
    async ask(name, type) {
      const faults: string[] = [];
      for (const server of servers) {
        try {
          const query = makeQuery(name, type, recursionDesired);
          const message = await exchange(query, { server, timeoutMilliseconds, isTcpOnly });
          return answerOf(message, type);
        } catch (error) {
          faults.push(`${server.address} port ${server.port}: ${(error as Error).message}`);
        }
      }
      throw new Error(
        `no answer for ${nameText(name)} ${typeName(type)}: ${faults.join('; ') || 'no server'}`,
      );
    },
  };
}

function readServer(text: string): Server {
  if (isIPv6(text)) return { address: text, port: 53 };
  const [, bracketed, plain, port = '53'] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  return { address: bracketed ?? plain ?? text, port: Number(port) };
}

function makeQuery(name: Name, type: number, recursionDesired: boolean): Message {
  const opt = optRecord({ udpPayloadOctets, isDnssecOk: true });
  return newMessage({
    id: randomBytes(2).readUInt16BE(),
    recursionDesired,
    authenticData: true,
    questions: [{ name, type, class: classes.IN }],
    additionals: [opt],
  });
}

function answerOf(message: Message, type: number): DnsAnswer {
  const isDenied = message.rcode !== 0 && message.rcode !== 3;
  if (isDenied) throw new Error(`answers with code ${message.rcode}`);
  readOpt(message);
  const records = message.answers.filter(record => record.type === type && record.class === classes.IN);
  return { message, records, isValidated: message.authenticData };
}

interface Way {
  readonly server: Server;
  readonly timeoutMilliseconds: number;
  readonly isTcpOnly: boolean;
}

async function exchange(query: Message, way: Way): Promise<Message> {
  const octets = writeMessage(query);
  if (way.isTcpOnly) return overTcp(octets, query, way);
  const byUdp = await overUdp(octets, query, way);
  return byUdp.isTruncated ? overTcp(octets, query, way) : byUdp;
}

/** The answer when it belongs to the query, else null: anyone can send a datagram. */
function readAnswer(octets: Uint8Array, query: Message): Message | null {
  try {
    const message = parseMessage(octets);
    const [asked, echoed] = [query.questions[0], message.questions[0]];
    if (!message.isResponse || message.id !== query.id || !asked || !echoed) return null;
    return asked.type === echoed.type && equalNames(asked.name, echoed.name) ? message : null;
  } catch (error) {
    if (error instanceof WireError) return null;
    throw error;
  }
}

function overUdp(octets: Uint8Array, query: Message, { server, timeoutMilliseconds }: Way): Promise<Message> {
  const socket: DatagramSocket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
  return new Promise<Message>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('does not answer')), timeoutMilliseconds);
    socket.on('error', reject);
    socket.on('close', () => clearTimeout(timer));
    socket.on('message', received => {
      const message = readAnswer(received, query);
      if (message) resolve(message);
    });
    // Connected, so that only the server's datagrams come and a closed port is told.
    socket.connect(server.port, server.address, () => socket.send(octets));
  }).finally(() => socket.close());
}

function overTcp(octets: Uint8Array, query: Message, { server, timeoutMilliseconds }: Way): Promise<Message> {
  const socket = connect(server.port, server.address);
  return new Promise<Message>((resolve, reject) => {
    const chunks: Buffer[] = [];
    socket.setTimeout(timeoutMilliseconds, () => reject(new Error('does not answer over TCP')));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('ends the connection without an answer')));
    socket.on('data', chunk => {
      chunks.push(chunk);
      const held = Buffer.concat(chunks);
      if (held.length < 2 || held.length < 2 + held.readUInt16BE()) return;
      const message = readAnswer(held.subarray(2, 2 + held.readUInt16BE()), query);
      if (message) resolve(message);
      else reject(new Error('answers something else over TCP'));
    });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(octets.length);
    socket.write(Buffer.concat([length, octets]));
  }).finally(() => socket.destroy());
}
