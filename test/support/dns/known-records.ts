import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { parseMessage, writeMessage } from '../../../dns-keys/message.ts';
import { nameText } from '../../../dns-keys/name.ts';
import { rdataFromText, typeName } from '../../../dns-keys/rr/table.ts';

/** A resolver that knows these records, by `NAME TYPE`; other names do not exist. */
export async function openResolver(
  t: Pick<TestContext, 'after'>,
  records: Record<string, string[]>,
): Promise<string> {
  const socket = createSocket('udp4');
  socket.on('message', (octets, { address, port }) => {
    const query = parseMessage(octets);
    const [question] = query.questions;
    if (!question) return;
    const { name, type } = question;
    const answers = (records[`${nameText(name)} ${typeName(type)}`] ?? []).map(text => ({
      ...{ name, type, class: 1, ttlSeconds: 60, rdata: rdataFromText(type, text.split(' ')) },
    }));
    const answer = {
      ...query,
      isResponse: true,
      answers,
      additionals: [],
      rcode: answers.length > 0 ? 0 : 3,
    };
    socket.send(writeMessage(answer), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => socket.close());
  return `127.0.0.1:${socket.address().port}`;
}
