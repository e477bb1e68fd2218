import { randomBytes } from 'node:crypto';
import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { isIPv6 } from 'node:net';
import { hostAndPort } from '../../delivery/setting-forms.ts';
import { optRecord, readOpt, udpPayloadOctets } from '../edns.ts';
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
import { exchangeOverTcp, type ServerAddress } from './tcp-exchange.ts';

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
}

/** Where servers listen (RFC 1035 §4.2). */
export const dnsPort = 53;

/** How long a server is waited for. */
const defaultMilliseconds = 4000;

/** A stub resolver (RFC 1034 §5.3.1) that keeps nothing. */
export function openDnsClient(options: DnsClientOptions = {}): DnsClient {
  const { timeoutMilliseconds = defaultMilliseconds } = options;
  const texts = options.servers?.length ? options.servers : getServers();
  return clientOf(texts.map(readServer), { timeoutMilliseconds, isAuthoritative: false });
}

/** Asks one authoritative server for what it holds; over TCP alone, as anyone may answer over UDP. */
export function openServerClient(server: ServerAddress): DnsClient {
  return clientOf([server], { timeoutMilliseconds: defaultMilliseconds, isAuthoritative: true });
}

function clientOf(servers: readonly ServerAddress[], how: Omit<Way, 'server'>): DnsClient {
  return {
    async ask(name, type) {
      const faults: string[] = [];
      for (const server of servers) {
        try {
          const query = makeQuery(name, type, !how.isAuthoritative);
          return answerOf(await exchange(query, { ...how, server }), type);
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

function readServer(text: string): ServerAddress {
  const { host, port } = hostAndPort(text) ?? { host: text, port: null };
  return { address: host, port: port ?? dnsPort };
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
  readonly server: ServerAddress;
  readonly timeoutMilliseconds: number;
  readonly isAuthoritative: boolean;
}

async function exchange(query: Message, way: Way): Promise<Message> {
  const octets = writeMessage(query);
  if (way.isAuthoritative) return overTcp(octets, query, way);
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

async function overTcp(octets: Uint8Array, query: Message, way: Way): Promise<Message> {
  const message = readAnswer(await exchangeOverTcp(octets, way.server, way.timeoutMilliseconds), query);
  if (message === null) throw new Error('answers something else over TCP');
  return message;
}
