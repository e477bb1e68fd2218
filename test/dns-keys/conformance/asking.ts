import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { after, before } from 'node:test';
import { fullRcode, optionCodes, readOpt } from '../../../dns-keys/edns.ts';
import { type Message, parseMessage } from '../../../dns-keys/message.ts';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import { type DnsServer, type DnsServerSettings, openDnsServer } from '../../../dns-keys/server/server.ts';
import { queryOctets, tableOf } from '../answer/queries.ts';
import { framed, streamClient } from '../server/open-server.ts';
import { hashedOwner, keyOctets, keyZone, recordSet, signedAt } from '../zone/key-zones.ts';

/** An answer as it came and as it reads; `rcode` is the whole one. */
export interface Heard {
  readonly octets: Buffer;
  readonly message: Message;
  readonly rcode: number;
  readonly opt: ReturnType<typeof readOpt>;
}

const unknownType = 65_280;
export const unknownData = Buffer.from('c00c0301610363ff', 'hex');

/** Two zones of three keys each, one of each mode; one key is too long for UDP, one owner has a type nobody knows. */
export const online = keyZone({
  keys: 3,
  more: apex => [
    recordSet(hashedOwner('large', apex), rrTypes.OPENPGPKEY, keyOctets('large', 50_000)),
    recordSet(hashedOwner('unknown', apex), unknownType, unknownData),
  ],
});
export const presigned = keyZone({ apex: '_openpgpkey.pre.example', mode: 'presigned', keys: 3 });
export const cookieSecret = Buffer.from('e5e973e5a6b2a43f48e7dc849e37bfcf', 'hex');

/** Waits so long before it says that nothing came. */
const silenceMilliseconds = 150;

/** A server of both zones on 127.0.0.1 for the tests of a file, and those who ask it over real sockets. */
export function openAsking(settings: Partial<DnsServerSettings> = {}) {
  let server: DnsServer | null = null;
  const port = () => server?.addresses[0]?.port ?? 0;
  before(async () => {
    server = await openDnsServer({
      zones: tableOf(online, presigned),
      addresses: [{ address: '127.0.0.1', port: 0 }],
      cookieSecrets: () => [cookieSecret],
      now: () => signedAt,
      onFault: error => {
        throw error;
      },
      ...settings,
    });
  });
  after(() => server?.close());
  return {
    port,
    /** The answer to these octets over UDP; null for silence. */
    udp: (query: Uint8Array) => askOverUdp(query, port()),
    /** The answers to these messages over one TCP connection; what comes before it closes. */
    async tcp(t: Parameters<typeof streamClient>[0], ...queries: Uint8Array[]): Promise<Heard[]> {
      const { socket, next } = await streamClient(t, port());
      socket.end(framed(...queries));
      const heard: Heard[] = [];
      for (let octets = await next(); octets !== null; octets = await next()) heard.push(read(octets));
      return heard;
    },
    stream: (t: Parameters<typeof streamClient>[0]) => streamClient(t, port()),
  };
}

async function askOverUdp(query: Uint8Array, port: number): Promise<Heard | null> {
  const socket = createSocket('udp4');
  try {
    socket.send(query, port, '127.0.0.1');
    const signal = AbortSignal.timeout(isToBeAnswered(query) ? 5000 : silenceMilliseconds);
    const [octets] = await once(socket, 'message', { signal });
    return read(octets);
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return null;
    throw error;
  } finally {
    socket.close();
  }
}

/** Whatever is no answer and has a header gets one, so nobody waits long for silence. */
function isToBeAnswered(query: Uint8Array): boolean {
  return query.length >= 12 && (query[2] ?? 0) < 0x80;
}

function read(octets: Buffer): Heard {
  const message = parseMessage(octets);
  return { octets, message, rcode: fullRcode(message), opt: readOpt(message) };
}

/** The answer, which must have come. */
export function must(heard: Heard | null | undefined): Heard {
  if (!heard) throw new Error('no answer');
  return heard;
}

/** A query as `queryOctets` writes it, with options in its OPT. */
export function withOptions(
  name: Parameters<typeof queryOctets>[0],
  options: readonly { code: number; data: Uint8Array }[],
  asked: { type?: number; isDnssecOk?: boolean } = {},
): Buffer {
  const { isDnssecOk = false, ...rest } = asked;
  return queryOctets(name, { ...rest, edns: { udpPayloadOctets: 1232, isDnssecOk, options } });
}

/** The query with another word of flags (QR, OPCODE, AA, TC, RD, RA, Z, AD, CD, RCODE). */
export function withFlags(query: Uint8Array, flags: number): Buffer {
  const octets = Buffer.from(query);
  octets.writeUInt16BE(flags, 2);
  return octets;
}

/** A message of nothing but a header and what is given behind it. */
export function rawMessage(
  counts: readonly [number, number, number, number],
  ...parts: Uint8Array[]
): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(4711, 0);
  for (const [index, count] of counts.entries()) head.writeUInt16BE(count, 4 + 2 * index);
  return Buffer.concat([head, ...parts]);
}

/** Data of an option of an answer; null when it is not there. */
export function optionOf(heard: Heard, code: keyof typeof optionCodes): Buffer | null {
  const found = heard.opt?.options.find(option => option.code === optionCodes[code]);
  return found ? Buffer.from(found.data) : null;
}

/** A query with more than one OPT, or one elsewhere. */
export function withOpts(name: string, fields: Partial<Message>): Buffer {
  return queryOctets(name, { edns: false, fields });
}
