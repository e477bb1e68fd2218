import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { DeliveryError } from '../../../../delivery/errors.ts';
import type { Session } from '../../../../delivery/store/cassandra/session.ts';
import { coded } from '../../../suites/store/under-test.ts';
import { requireCassandra } from '../../../support/cassandra.ts';
import { addAccounts, openMailProcess } from './mail-parts.ts';
import { intercept, openShared } from './parts.ts';

async function openTags(t: TestContext, wrap: (session: Session) => Session = session => session) {
  if ((await requireCassandra(t)) === null) return null;
  const shared = await openShared(t);
  const [accountId = ''] = await addAccounts(t, shared, 1);
  const mail = await openMailProcess(t, shared, { wrap });
  const other = await openMailProcess(t, shared);
  const named = async (name: string) =>
    (await other.listTags(accountId)).filter(tag => tag.name === name).map(({ id }) => id);
  return { accountId, mail, other, named };
}

const claim = 'insert into tag_name (account, parent, name, id) values (?, ?, ?, ?)';

test('the claim of a process that is gone is taken over, and the account is whole', async t => {
  const opened = await openTags(t);
  if (!opened) return;
  const { accountId, mail, other, named } = opened;
  await other.context.session.run(claim, [accountId, '', 'Boats', 'Tgone']);
  const { id } = await mail.putTag(accountId, { name: 'Boats' });
  assert.deepEqual(await named('Boats'), [id]);
  await assert.rejects(other.putTag(accountId, { name: 'Boats' }), coded('alreadyExists'));
  assert.deepEqual(await mail.faults(accountId), []);
});

for (const isRenamed of [false, true]) {
  test(`who is so slow that another took the claim over takes the ${isRenamed ? 'new name' : 'tag'} back`, async t => {
    let beforeWrite: (() => Promise<void>) | null = null;
    const opened = await openTags(t, session =>
      intercept(session, async (name, call, [statements]) => {
        const isTag = name === 'together' && JSON.stringify(statements).includes('insert into tag (');
        const work = isTag ? beforeWrite : null;
        if (work) beforeWrite = null;
        await work?.();
        return await call();
      }),
    );
    if (!opened) return;
    const { accountId, mail, other, named } = opened;
    const old = isRenamed ? await mail.putTag(accountId, { name: 'Old' }) : null;
    let taken = '';
    // As if the slow one had been waited for in vain.
    beforeWrite = async () => {
      taken = (await other.putTag(accountId, { name: 'Boats' })).id;
    };
    const wish = { name: 'Boats', ...(old ? { id: old.id } : {}) };
    await assert.rejects(mail.putTag(accountId, wish), coded('alreadyExists'));
    assert.deepEqual(await named('Boats'), [taken]);
    assert.deepEqual(await named('Old'), old ? [old.id] : []);
    assert.deepEqual(await mail.faults(accountId), []);
  });
}

test('tags that can’t be read keep back nothing else that judging a message needs', async t => {
  const opened = await openTags(t, session =>
    intercept(session, async (_name, call, [cql]) => {
      if (String(cql).includes('from tag where')) throw new DeliveryError('storeUnavailable', 'no tags');
      return await call();
    }),
  );
  if (!opened) return;
  const { accountId, mail, other } = opened;
  await mail.personal.putAccountState(accountId, 'sieve', new Uint8Array(1), null);
  const asked = { addresses: [], discussionKey: 'd', tagsWithState: 'sieve' };
  const { tags, stateVersions } = await mail.personal.getOwnerContext(accountId, asked);
  assert.deepEqual([tags, Object.keys(stateVersions)], [null, ['sieve']]);
  assert.equal((await other.personal.getOwnerContext(accountId, asked)).tags?.length, 6);
});
