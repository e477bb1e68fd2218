import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Answer, decode, encode, type Packet, RECURSION_AVAILABLE } from 'dns-packet';

/** TXT, MX and A records by owner name (lower-case) and type. */
export type Zone = ReadonlyMap<string, readonly Answer[]>;

/** A name server on loopback for the demo's own domains. */
export interface NameServer {
  /** `127.0.0.1:port`, as `resolver.servers` takes it. */
  readonly server: string;
  close(): void;
}

/**
 * Answers questions about the names of `zone` and below `domains` over UDP on a free port of 127.0.0.1; everything
 * else is refused, so that a resolver asks its next server.
 */
export async function openNameServer(zone: Zone, domains: readonly string[]): Promise<NameServer> {
  const socket = createSocket('udp4');
  socket.on('message', (octets, peer) => {
    const response = answerTo(octets, zone, domains);
    if (response) socket.send(response, peer.port, peer.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.unref();
  return { server: `127.0.0.1:${socket.address().port}`, close: () => socket.close() };
}

const maxUdpOctets = 512;
const responseCodes = { noError: 0, noSuchName: 3, refused: 5 } as const;
const authoritative = 1 << 10;
const truncated = 1 << 9;

/** The response to a query, null for what is none. Flags hold the response code in their last four bits. */
export function answerTo(octets: Uint8Array, zone: Zone, domains: readonly string[]): Buffer | null {
  const query = readQuery(octets);
  const question = query?.questions?.[0];
  if (!query || !question) return null;
  const name = question.name.toLowerCase();
  const isOurs = domains.some(domain => name === domain || name.endsWith(`.${domain}`));
  const records = zone.get(name) ?? [];
  const code = !isOurs
    ? responseCodes.refused
    : hasName(zone, name)
      ? responseCodes.noError
      : responseCodes.noSuchName;
  const response: Packet = {
    type: 'response',
    ...(query.id === undefined ? {} : { id: query.id }),
    flags: RECURSION_AVAILABLE | (isOurs ? authoritative : 0) | code,
    questions: [question],
    answers: records.filter(record => record.type === question.type),
  };
  const encoded = encode(response);
  const accepted = query.additionals?.find(record => record.type === 'OPT');
  const limit = Math.max(
    maxUdpOctets,
    accepted && 'udpPayloadSize' in accepted ? accepted.udpPayloadSize : 0,
  );
  return encoded.length <= limit
    ? encoded
    : encode({ ...response, flags: (response.flags ?? 0) | truncated, answers: [] });
}

function readQuery(octets: Uint8Array): Packet | null {
  try {
    const packet = decode(Buffer.from(octets));
    return packet.type === 'query' ? packet : null;
  } catch {
    // What isn't DNS gets no answer.
    return null;
  }
}

/** A name exists when it has records or stands above one that has. */
function hasName(zone: Zone, name: string): boolean {
  return [...zone.keys()].some(known => known === name || known.endsWith(`.${name}`));
}
