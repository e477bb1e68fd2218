import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import packet from 'dns-packet';
import { atEnd } from '../at-end.ts';

const recursionAvailable = 0x0080;
const nameError = 3;

/**
 * A resolver on loopback that gives the IPv4 addresses of the names that it knows now, nothing else of them, and
 * NXDOMAIN for all other names; runs until the test ends. Gives its port.
 */
export async function startAddressServer(
  t: Pick<TestContext, 'after'>,
  addresses: ReadonlyMap<string, string>,
): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => {
    const { id, questions } = packet.decode(query);
    const [question] = questions ?? [];
    const name = question?.name.toLowerCase() ?? '';
    const address = addresses.get(name);
    const answers: packet.Answer[] =
      address !== undefined && question?.type === 'A' ? [{ type: 'A', name, ttl: 1, data: address }] : [];
    const flags = packet.RECURSION_DESIRED | recursionAvailable | (address === undefined ? nameError : 0);
    const asked = questions ?? [];
    const answer = packet.encode({
      ...{ type: 'response', flags, questions: asked, answers },
      ...(id === undefined ? {} : { id }),
    });
    socket.send(answer, peer.port, peer.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  atEnd(t, async () => {
    socket.close();
    await once(socket, 'close');
  });
  return socket.address().port;
}
