import type { TestContext } from 'node:test';
import { silentLog } from '../../../../delivery/log.ts';
import { type ClockGuard, noClockGuard } from '../../../../delivery/store/cassandra/clock-guard.ts';
import { openMail } from '../../../../delivery/store/cassandra/mail/mail.ts';
import { verifyAccount } from '../../../../delivery/store/cassandra/mail/verify.ts';
import { personalPart } from '../../../../delivery/store/cassandra/personal/personal.ts';
import { openIndexer } from '../../../../delivery/store/cassandra/search/indexer.ts';
import { openSession, type Session } from '../../../../delivery/store/cassandra/session.ts';
import { atEnd } from '../../../support/at-end.ts';
import { openProcess, type Shared } from './parts.ts';

/** The mail of a process. */
export type MailProcess = Awaited<ReturnType<typeof openMailProcess>>;

/** A process's mail, its clock so far ahead of the others', its session as `wrap` makes it. */
export async function openMailProcess(
  t: TestContext,
  shared: Shared,
  {
    aheadSeconds = 0,
    wrap = session => session,
    guard = noClockGuard,
  }: { aheadSeconds?: number; wrap?: (s: Session) => Session; guard?: ClockGuard } = {},
) {
  const session = await openSession(shared.settings, { now: () => Date.now() + aheadSeconds * 1000 });
  const clock = { now: () => new Date(shared.clock.now().getTime() + aheadSeconds * 1000) };
  const context = { ...shared, clock, session: wrap(session), log: silentLog };
  const indexer = openIndexer(context);
  const mail = openMail(context, {
    guard,
    indexer,
    waitingOctets: async () => 0,
    dropUploads: async () => undefined,
  });
  atEnd(t, async () => {
    await indexer.stop();
    await mail.close();
    await session.close();
  });
  const faults = async (accountId: string) => await Array.fromAsync(verifyAccount(mail.reads, accountId));
  const personal = personalPart(context, {
    mail: { habit: async () => null, tagNames: mail.tagNames },
    changes: mail.changeLog,
  });
  return { ...mail.operations, personal, context, parts: mail.reads, faults };
}

/** A domain and some accounts in it. */
export async function addAccounts(t: TestContext, shared: Shared, count: number): Promise<string[]> {
  const directory = await openProcess(t, shared);
  await directory.addDomain('example.org');
  const names = Array.from({ length: count }, (_unused, index) => ({ address: `u${index}@example.org` }));
  const made = await directory.addAccounts(names);
  return made.map(({ id }) => id ?? '');
}
