import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../../delivery/clock.ts';
import { silentLog } from '../../../../delivery/log.ts';
import { gatherMetrics, openMetrics as openDoorMetrics } from '../../../../delivery/metrics.ts';
import { openCassandraStore } from '../../../../delivery/store/cassandra/cassandra-store.ts';
import { rebuildStore } from '../../../../delivery/store/cassandra/mail/rebuild.ts';
import {
  onSelfCheck,
  type SelfCheckNews,
} from '../../../../delivery/store/cassandra/mail/self-check-news.ts';
import { verifyStore } from '../../../../delivery/store/cassandra/mail/verify.ts';
import { buildBlock } from '../../../../delivery/store/cassandra/search/build.ts';
import { openMetrics as openWebMetrics } from '../../../../webmail/api/metrics.ts';
import { newEmail } from '../../../suites/store/under-test.ts';
import { atEnd } from '../../../support/at-end.ts';
import { requireCassandra } from '../../../support/cassandra.ts';
import { testKeyring } from '../../../support/keyring.ts';
import { poll } from '../../../support/poll.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { bucket } from './damage.ts';
import { addAccounts, type MailProcess, openMailProcess } from './mail-parts.ts';
import { openShared } from './parts.ts';

async function open(t: TestContext, accounts: number) {
  if ((await requireCassandra(t)) === null) return null;
  // Time goes on, as it does for whoever looks while others write.
  const shared = { ...(await openShared(t)), clock: { ...systemClock, advance: () => undefined } };
  return { shared, ids: await addAccounts(t, shared, accounts) };
}

test('an open store checks its accounts by itself, logs faults without saying whose, and they are counted', async t => {
  const opened = await open(t, 3);
  if (!opened) return;
  const { shared, ids } = opened;
  const [accountId = ''] = ids;
  const mail = await openMailProcess(t, shared);
  for (const id of ids) await mail.deliverEmail(id, newEmail({ receivedAt: new Date() }));
  const { emailId } = await mail.deliverEmail(accountId, newEmail({ name: 'two', receivedAt: new Date() }));
  const [email] = await mail.getEmails(accountId, [emailId]);
  const link = [accountId, `t${email?.threadId}`, emailId];
  await mail.context.session.run('delete from link where account = ? and name = ? and id = ?', link);
  const data = temporaryFolder(t);
  const door = openDoorMetrics(data, 'smtp', { log: silentLog });
  const { registry } = openWebMetrics({ store: 'cassandra', data });
  atEnd(t, () => door.close());
  const errors: Record<string, unknown>[] = [];
  const log = {
    ...silentLog,
    error: (fields: object, event: string) => void errors.push({ ...fields, event }),
  };
  const options = { checksClock: false, selfCheck: { milliseconds: 20, random: Math.random } };
  const { settings } = shared;
  const store = await openCassandraStore({
    settings,
    keyring: testKeyring,
    clock: systemClock,
    log,
    options,
  });
  atEnd(t, () => store.close());
  const text = await poll(
    'a fault to be counted by both doors',
    async () => {
      const told = await gatherMetrics(data, registry);
      return /caliopen_store_faults_total\{kind="linkMissing"\} ([2-9]|\d\d)/.test(told) ? told : undefined;
    },
    60_000,
  );
  assert.match(text, /caliopen_store_checked_emails_total [1-9]/);
  assert.deepEqual(errors[0], { accountId, kind: 'linkMissing', event: 'storeFault' });
  await store.close();
  const news: SelfCheckNews[] = [];
  atEnd(
    t,
    onSelfCheck(told => void news.push(told)),
  );
  await mail.getEmails(accountId, [emailId]);
  assert.deepEqual(news, [], 'none behind the end');
});

/** Two who do this at once deliver the same, change and destroy each other's; ends when `isOver` says so. */
async function write(
  mail: MailProcess,
  { accountId, name, isOver }: { accountId: string; name: string; isOver: () => boolean },
): Promise<number> {
  let written = 0;
  const big = Buffer.from(Array.from({ length: 200_000 }, (_unused, n) => (n * n * 7919 + n) >>> 3));
  for (; !isOver(); written++) {
    const traits = { name: `n${written}`, key: `k${written}`, receivedAt: new Date() };
    const octets = written % 5 === 0 ? { octets: big } : {};
    const { emailId } = await mail.deliverEmail(accountId, newEmail({ ...traits, ...octets }));
    const tag = await mail.putTag(accountId, { name: `${name} ${written}` });
    await mail.changeEmails(accountId, [{ emailId, tags: { add: [tag.id] }, keywords: { add: ['$seen'] } }]);
    const own = await mail.deliverEmail(accountId, newEmail({ name: `${name} ${written}` }));
    const { findings } = newEmail({ failed: ['score'], encryption: written % 2 === 0 ? 'strong' : 'none' });
    await mail.changeEmails(accountId, [{ emailId: own.emailId, findings }]);
    const reworded = {
      subject: name,
      body: `other ${written}`,
      originators: '',
      destinations: '',
      attachments: '',
    };
    await mail.changeEmails(accountId, [{ emailId: own.emailId, searchText: reworded }]);
    // One at a time, as indexers take turns.
    if (name === 'tag 0' && written % 8 === 0) await buildBlock(mail.context, { accountId, bucket });
    if (written % 2 === 0) await mail.destroyEmails(accountId, [emailId]);
    await mail.destroyTag(accountId, tag.id, { destroyEmails: true });
  }
  return written;
}

test('nothing is named while deliveries, changes and destructions run, and a rebuild beside them loses nothing', async t => {
  const opened = await open(t, 2);
  if (!opened) return;
  const { shared, ids } = opened;
  const looker = await openMailProcess(t, shared);
  const tools = { changeEmails: looker.changeEmails, requireClock: () => undefined };
  const writers = [await openMailProcess(t, shared), await openMailProcess(t, shared)];
  const until = performance.now() + 15_000;
  const isOver = (): boolean => performance.now() > until;
  const look = async (): Promise<unknown[]> => {
    const found: unknown[] = [];
    while (!isOver()) {
      for await (const fault of verifyStore(looker.parts, undefined)) found.push(fault);
      for await (const fault of rebuildStore(looker.parts, undefined, tools)) found.push(fault);
    }
    return found;
  };
  const [found, ...written] = await Promise.all([
    look(),
    ...writers.flatMap((mail, index) =>
      ids.map(id => write(mail, { accountId: id, name: `tag ${index}`, isOver })),
    ),
  ]);
  assert.deepEqual(found, []);
  t.diagnostic(JSON.stringify(written));
  for (const id of ids) assert.deepEqual(await looker.faults(id), []);
});
