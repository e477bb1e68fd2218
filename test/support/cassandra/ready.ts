import { setTimeout as wait } from 'node:timers/promises';
import { auth, Client, type ClientOptions, policies, types } from 'cassandra-driver';
import type { NodeProcess } from './node.ts';
import type { Tls } from './node-files.ts';

/** Of a user who may do all. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** What clients must bring. */
export interface Access {
  readonly tls: Tls | null;
  readonly credentials: Credentials | null;
}

/** A node that should answer. */
export interface Member {
  readonly process: NodeProcess;
  /** `127.0.0.N:PORT` */
  readonly contactPoint: string;
}

/** Who may do all in a new server. */
const firstCredentials: Credentials = { user: 'cassandra', password: 'cassandra' };

// The machine is shared: what takes 5 s on an idle one must not fail on a busy one.
const limitMilliseconds = 120_000;

const { one, two, all } = types.consistencies;

/** Options of the driver that certificate and credentials ask for. */
export function accessOptions({ tls, credentials }: Access): ClientOptions {
  return {
    ...(tls && { sslOptions: { ca: [tls.certificate], rejectUnauthorized: true } }),
    ...(credentials && {
      authProvider: new auth.PlainTextAuthProvider(credentials.user, credentials.password),
    }),
  };
}

/**
 * Waits until each of the members that run answers and sees the others. Throws with the end of a node's log when the
 * node has ended, or when two minutes have passed.
 */
export async function untilServing(
  running: readonly Member[],
  access: Access,
  clusterSize: number,
): Promise<void> {
  if (access.credentials && running[0]) await untilUser(running[0], access, access.credentials);
  const consistency =
    running.length === clusterSize && clusterSize > 1 ? all : running.length > 1 ? two : one;
  for (const member of running) {
    await untilDone(member, () =>
      // The server itself keeps this table on three nodes.
      withClient(member, access, client =>
        client.execute(
          `SELECT * FROM system_distributed.view_build_status WHERE keyspace_name = 'x' AND view_name = 'x'`,
          [],
          { consistency },
        ),
      ),
    );
  }
}

/** Waits until the user can log in; makes the user where the server is new. */
function untilUser(member: Member, access: Access, { user, password }: Credentials): Promise<void> {
  const [name, word] = [user.replaceAll('"', '""'), password.replaceAll("'", "''")];
  const make = `CREATE ROLE IF NOT EXISTS "${name}" WITH PASSWORD = '${word}' AND LOGIN = true AND SUPERUSER = true`;
  return untilDone(member, async () => {
    const refusal = await withClient(member, access, async () => null).catch((error: unknown) => error);
    if (refusal === null) return;
    const asFirst = { ...access, credentials: firstCredentials };
    await withClient(member, asFirst, client => client.execute(make)).catch(() => {
      throw refusal;
    });
    await withClient(member, access, client =>
      client.execute(`ALTER ROLE ${firstCredentials.user} WITH LOGIN = false`),
    );
  });
}

/** Tries until it does not fail. */
async function untilDone({ process, contactPoint }: Member, work: () => Promise<unknown>): Promise<void> {
  const until = performance.now() + limitMilliseconds;
  for (;;) {
    try {
      await work();
      return;
    } catch (cause) {
      const isOver = process.pid === null;
      if (isOver || performance.now() > until) {
        const why = isOver ? 'has ended' : `does not answer in ${limitMilliseconds} ms (${cause})`;
        throw new Error(`Cassandra on ${contactPoint} ${why}:\n${process.logTail()}`, { cause });
      }
      await wait(200);
    }
  }
}

/** Gives `work` a client that asks this node and no other, once. */
async function withClient<T>(
  { contactPoint }: Member,
  access: Access,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const { AllowListPolicy, RoundRobinPolicy } = policies.loadBalancing;
  const client = new Client({
    ...accessOptions(access),
    contactPoints: [contactPoint],
    localDataCenter: 'datacenter1',
    policies: {
      loadBalancing: new AllowListPolicy(new RoundRobinPolicy(), [contactPoint]),
      retry: new policies.retry.FallthroughRetryPolicy(),
    },
  });
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.shutdown();
  }
}
