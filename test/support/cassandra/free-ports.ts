import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range of which the kernel takes ports for connections and for servers that ask for any (ip(7)): a node
// that is down for a while must find its ports free.
const [lowest, highest] = [10_000, 32_000];

/** `count` ports that nobody listens on at any of `addresses`. */
export async function freePorts(addresses: readonly string[], count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let tries = 0; found.size < count; tries++) {
    if (tries > 1000) throw new Error(`no free ports on ${addresses.join(', ')}`);
    const port = randomInt(lowest, highest);
    if (await isFree(port, addresses)) found.add(port);
  }
  return [...found];
}

async function isFree(port: number, addresses: readonly string[]): Promise<boolean> {
  for (const address of addresses) {
    if (!(await canListen(port, address))) return false;
  }
  return true;
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
