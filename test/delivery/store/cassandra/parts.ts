import type { TestContext } from 'node:test';
import { DeliveryError } from '../../../../delivery/errors.ts';
import { silentLog } from '../../../../delivery/log.ts';
import { blobPart } from '../../../../delivery/store/cassandra/blobs/blobs.ts';
import { noClockGuard } from '../../../../delivery/store/cassandra/clock-guard.ts';
import type { CassandraContext } from '../../../../delivery/store/cassandra/context.ts';
import { directoryPart } from '../../../../delivery/store/cassandra/directory/directory.ts';
import { instancePart } from '../../../../delivery/store/cassandra/instance.ts';
import type { ChangeLog } from '../../../../delivery/store/cassandra/log-change.ts';
import { logStatement } from '../../../../delivery/store/cassandra/mail/log.ts';
import { prepareKeyspace } from '../../../../delivery/store/cassandra/migrate.ts';
import { personalPart } from '../../../../delivery/store/cassandra/personal/personal.ts';
import {
  type ClusterSettings,
  openSession,
  type Session,
} from '../../../../delivery/store/cassandra/session.ts';
import { ZoneLog } from '../../../../delivery/store/cassandra/zones/zone-log.ts';
import { zonePart } from '../../../../delivery/store/cassandra/zones/zones.ts';
import { atEnd } from '../../../support/at-end.ts';
import { openTestClock, type TestClock } from '../../../support/clock.ts';
import { testKeyring } from '../../../support/keyring.ts';
import { leaseKeyspace } from '../../../support/keyspace.ts';

/** A keyspace of the test's own, and what its processes share. */
export interface Shared {
  readonly settings: ClusterSettings;
  readonly clock: TestClock;
  readonly hashSecret: Uint8Array;
}

/** A process: everything but mail, and how it looks at the tables. */
export type Process = ReturnType<typeof partsOf>;

/** A keyspace with all tables, empty. */
export async function openShared(t: TestContext): Promise<Shared> {
  const { contactPoints, localDataCenter, keyspace } = await leaseKeyspace(t);
  const settings: ClusterSettings = {
    ...{ contactPoints, localDataCenter, keyspace },
    replication: 1,
    credentials: null,
    tls: null,
  };
  const clock = openTestClock();
  const hashSecret = await prepareKeyspace({ settings, keyring: testKeyring, clock, log: silentLog });
  return { settings, clock, hashSecret };
}

/** A process, its clock so far ahead of the machine's, its session as `wrap` makes it. */
export async function openProcess(
  t: TestContext,
  shared: Shared,
  {
    aheadSeconds = 0,
    wrap = session => session,
  }: { aheadSeconds?: number; wrap?: (s: Session) => Session } = {},
) {
  const session = await openSession(shared.settings, { now: () => Date.now() + aheadSeconds * 1000 });
  atEnd(t, () => session.close());
  const process = partsOf({ ...shared, session: wrap(session), log: silentLog });
  atEnd(t, () => process.zoneLog.stop());
  return process;
}

function partsOf(context: CassandraContext) {
  const changeLog: ChangeLog = {
    require: () => undefined,
    line: (accountId, change) => logStatement(context, accountId, change),
    tell: () => undefined,
  };
  const erased: string[] = [];
  const zoneLog = new ZoneLog(context, noClockGuard);
  const blobs = blobPart(context, { heldOctets: accountId => blobs.waitingOctets(accountId) });
  return {
    ...directoryPart(context, {
      heldOctets: accountId => blobs.waitingOctets(accountId),
      eraseMail: async accountId => void erased.push(accountId),
      zoneLog,
    }),
    ...personalPart(context, {
      mail: { habit: async () => null, tagNames: async () => [] },
      changes: changeLog,
    }),
    ...instancePart(context),
    ...zonePart(context, zoneLog),
    zoneLog,
    blobs,
    context,
    /** Accounts whose mail was erased. */
    erased,
  };
}

/** Names of the methods that change something. */
const writes: ReadonlySet<string | symbol> = new Set(['run', 'together', 'claim']);

/** A session whose process dies behind so many writes: nothing that it asks comes through any more. */
export function dyingAfter(writesLeft: number): (session: Session) => Session {
  let left = writesLeft;
  return session =>
    intercept(session, async (name, call) => {
      if (left < 0 || (left === 0 && writes.has(name))) {
        left = -1;
        throw new DeliveryError('storeUnavailable', 'this process has died');
      }
      if (writes.has(name)) left--;
      return await call();
    });
}

/** A session that loses the answer of each transaction the first time, whether it is applied or not. */
export function losingAnswers({ isApplied }: { isApplied: boolean }): (session: Session) => Session {
  const known = new Set<string>();
  return session =>
    intercept(session, async (name, call, [cql]) => {
      if (name !== 'claim' || known.has(String(cql))) return await call();
      known.add(String(cql));
      if (isApplied) await call();
      throw new DeliveryError('storeUnavailable', 'the answer was lost');
    });
}

/** A session that does something before each request: what another process may do at that moment. */
export function before(session: Session, work: (name: string, cql: string) => unknown): Session {
  return intercept(session, async (name, call, [cql]) => {
    await work(String(name), String(cql));
    return await call();
  });
}

/** The same, before lightweight transactions alone. */
export function beforeClaims(session: Session, work: (cql: string) => unknown): Session {
  return before(session, async (name, cql) => {
    if (name === 'claim') await work(cql);
  });
}

type Interceptor = (
  name: string | symbol,
  call: () => Promise<unknown>,
  values: readonly unknown[],
) => Promise<unknown>;

/** A session each request of which goes through `how`. */
export function intercept(session: Session, how: Interceptor): Session {
  return new Proxy(session, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      const method = member as (...values: unknown[]) => unknown;
      if (notAsked.has(name)) return method.bind(target);
      return (...values: unknown[]) =>
        how(name, async () => await Reflect.apply(method, target, values), values);
    },
  });
}

/** Methods that ask the cluster nothing, or more than once. */
const notAsked: ReadonlySet<string | symbol> = new Set(['micros', 'timeId', 'pages', 'close']);

/** Every row of these tables, to see what is left in them. */
export async function rowsOf(
  { context }: Pick<Process, 'context'>,
  tables: readonly string[],
): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const table of tables) {
    const rows = await context.session.rows(`select * from ${table}`, []);
    if (rows.length > 0) found[table] = rows.map(row => ({ ...(row as object) }));
  }
  return found;
}
