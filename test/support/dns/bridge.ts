import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { execPath } from 'node:process';
import type { TestContext } from 'node:test';
import { atEnd } from '../at-end.ts';
import { poll } from '../poll.ts';
import { joinSockets } from './join-sockets.ts';
import type { Namespace } from './namespace.ts';

/**
 * Makes a server that listens outside reachable inside, at the same port of 127.0.0.1, until the test ends: socket files
 * belong to no network, so one stands between the two.
 */
export async function bridge(
  t: Pick<TestContext, 'after'>,
  namespace: Namespace,
  outside: { readonly host: string; readonly port: number },
): Promise<void> {
  const path = join(namespace.newFolder('bridge'), 'socket');
  const open = new Set<Socket>();
  const server = createServer(taken => {
    const onward = connect(outside.port, outside.host);
    for (const socket of [taken, onward]) {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    }
    joinSockets(taken, onward);
  });
  await new Promise<void>(resolve => server.listen(path, resolve));
  atEnd(t, () => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  const program = join(import.meta.dirname, 'bridge-end.ts');
  const daemon = namespace.start([execPath, program, String(outside.port), path]);
  await poll('the bridge', () => daemon.log.includes('ready') || undefined);
}
