import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import packet from 'dns-packet';

/** A resolver on loopback that answers TXT records it was given and NXDOMAIN for all else. */
export interface DnsServer {
  readonly port: number;
  close(): Promise<void>;
}

const recursionAvailable = 0x0080;
const nameError = 3;

/** `records` maps a lower-case name to the texts of its TXT records. */
export async function startDnsServer(records: ReadonlyMap<string, readonly string[]>): Promise<DnsServer> {
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => {
    const answer = answerTo(query, records);
    if (answer) socket.send(answer, peer.port, peer.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    async close() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function answerTo(query: Buffer, records: ReadonlyMap<string, readonly string[]>): Buffer | null {
  const asked = packet.decode(query);
  const [question] = asked.questions ?? [];
  if (!question) return null;
  const texts = records.get(question.name.toLowerCase());
  const answers = question.type === 'TXT' && texts ? texts.map(text => textRecord(question.name, text)) : [];
  return packet.encode({
    type: 'response',
    ...(asked.id === undefined ? {} : { id: asked.id }),
    flags: packet.RECURSION_DESIRED | recursionAvailable | (texts ? 0 : nameError),
    questions: [question],
    answers,
  });
}

function textRecord(name: string, text: string): packet.Answer {
  const data = text.match(/.{1,255}/gs) ?? [''];
  return { type: 'TXT', name, ttl: 300, data };
}
