import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { removeFolder } from '../remove-folder.ts';
import type { Cassandra } from './cluster.ts';

/** How a shared server is reached. */
export interface SharedAddress {
  readonly contactPoints: string[];
  readonly localDataCenter: 'datacenter1';
}

/** What is said to who asks for the server. */
export type SharedAnswer = SharedAddress | { readonly failure: string };

/** A server of one node for all tests of a run, which is started when the first of them asks. */
export interface SharedCassandra {
  stop(): Promise<void>;
}

/** Name of the environment variable that tells tests where to ask. */
export const sharedVariable = 'CALIOPEN_TEST_CASSANDRA';

/**
 * Listens on a socket in `folder` for tests that ask for the server, and names it in the environment, which what is
 * started from here on inherits.
 */
export async function shareCassandra(folder: string): Promise<SharedCassandra> {
  const { server, cluster } = await listen(folder);
  return {
    async stop() {
      delete env[sharedVariable];
      await new Promise(resolve => server.close(resolve));
      await (await cluster())?.stop();
    },
  };
}

let within: Promise<void> | null = null;

/** The same, once, within a test file that was started without a runner, until its process ends. */
export function shareWithin(): Promise<void> {
  within ??= shareUntilExit();
  return within;
}

async function shareUntilExit(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'caliopen-shared-'));
  let started: Cassandra | null = null;
  const { server } = await listen(folder, cluster => {
    started = cluster;
  });
  // The server of a process that has nothing else to do must not keep it.
  server.unref();
  process.once('exit', () => {
    started?.stopNow();
    removeFolder(folder);
  });
}

/** Also gives who asks for the cluster as it is: null when nobody has asked yet, or when it could not be started. */
async function listen(
  folder: string,
  onStarted: (cluster: Cassandra) => void = () => {},
): Promise<{ server: Server; cluster: () => Promise<Cassandra | null> }> {
  let starting: Promise<Cassandra> | null = null;
  const start = async () => {
    // Loaded when needed: most runs need none of it.
    const { startCassandra } = await import('./cluster.ts');
    const cluster = await startCassandra({ nodes: 1, heapMegabytes: 1280 });
    onStarted(cluster);
    return cluster;
  };
  const server = createServer(socket => {
    socket.on('error', () => {});
    starting ??= start();
    answer(starting).then(said => socket.end(JSON.stringify(said)));
  });
  const file = join(folder, 'cassandra.socket');
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(file, resolve);
  });
  env[sharedVariable] = file;
  return { server, cluster: async () => (starting ? starting.catch(() => null) : null) };
}

async function answer(starting: Promise<Cassandra>): Promise<SharedAnswer> {
  try {
    const { contactPoints, localDataCenter, nodes } = await starting;
    const [node] = nodes;
    if (node?.pid === null) return { failure: `the shared Cassandra has ended:\n${node.logTail()}` };
    return { contactPoints: [...contactPoints], localDataCenter };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
