import type { TestContext } from 'node:test';
import { bucketOf, monthOfInstant } from '../../../../delivery/store/cassandra/mail/bucket.ts';
import { rebuildStore } from '../../../../delivery/store/cassandra/mail/rebuild.ts';
import { checkAccount } from '../../../../delivery/store/cassandra/mail/self-check.ts';
import { verifyStore } from '../../../../delivery/store/cassandra/mail/verify.ts';
import { requireCassandra } from '../../../support/cassandra.ts';
import { addAccounts, type MailProcess, openMailProcess } from './mail-parts.ts';
import { openProcess, openShared, type Process } from './parts.ts';

/** The bucket of `newEmail()`. */
export const bucket = bucketOf(monthOfInstant(new Date('2026-03-01T12:00:00Z')), 0);

/** What a test damages, and how it looks at it. */
export interface Damaged {
  /** An account for each damage. */
  readonly ids: readonly string[];
  /** Mail of a process of today. */
  readonly mail: MailProcess;
  readonly directory: Process;
  /** Runs CQL by hand. */
  cql(statement: string, values: readonly unknown[]): Promise<void>;
  /** Kinds that a process of the day after tomorrow names: to it nothing is under way. */
  verify(accountId?: string): Promise<string[]>;
  /** Kinds that it mends. */
  rebuild(accountId?: string): Promise<string[]>;
  /** Kinds that the self-check of such a process finds. */
  check(accountId: string): Promise<string[]>;
}

const twoDays = 2 * 86_400;

/** A keyspace with so many accounts; null where there is no Cassandra. */
export async function openDamaged(t: TestContext, accounts: number): Promise<Damaged | null> {
  if ((await requireCassandra(t)) === null) return null;
  const shared = await openShared(t);
  const ids = await addAccounts(t, shared, accounts);
  const mail = await openMailProcess(t, shared);
  const directory = await openProcess(t, shared);
  const later = async (): Promise<MailProcess> => await openMailProcess(t, shared, { aheadSeconds: twoDays });
  const reader = await later();
  const mender = await later();
  const tools = { changeEmails: mender.changeEmails, requireClock: () => undefined };
  const signal = new AbortController().signal;
  return {
    ids,
    mail,
    directory,
    cql: (statement, values) => mail.context.session.run(statement, values),
    verify: async accountId => await kindsOf(verifyStore(reader.parts, accountId)),
    rebuild: async accountId => await kindsOf(rebuildStore(mender.parts, accountId, tools)),
    check: async accountId => {
      const { faults } = await checkAccount(reader.parts, accountId, { random: Math.random, signal });
      return sorted(faults);
    },
  };
}

async function kindsOf(faults: AsyncIterable<{ kind: string }>): Promise<string[]> {
  return sorted(await Array.fromAsync(faults));
}

function sorted(faults: readonly { kind: string }[]): string[] {
  return faults.map(({ kind }) => kind).sort();
}
