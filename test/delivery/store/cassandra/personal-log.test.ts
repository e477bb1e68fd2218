import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { DeliveryError } from '../../../../delivery/errors.ts';
import type { Session } from '../../../../delivery/store/cassandra/session.ts';
import type { ChangeType } from '../../../../delivery/store/store.ts';
import { requireCassandra } from '../../../support/cassandra.ts';
import { addAccounts, type MailProcess, openMailProcess } from './mail-parts.ts';
import { before, dyingAfter, openShared, rowsOf } from './parts.ts';

const contact = { name: 'Bob', addresses: ['email:bob@example.net'], card: null, index: null, facts: null };
const computed = { index: null, facts: { seen: 1 } };
const rule = { id: 'r', name: 'R' } as never;

async function open(t: TestContext, accounts: number) {
  if ((await requireCassandra(t)) === null) return null;
  const shared = await openShared(t);
  const ids = await addAccounts(t, shared, accounts);
  return { shared, ids, well: await openMailProcess(t, shared) };
}

type Work = (process: MailProcess, accountId: string) => Promise<unknown>;

/** A change, what must be there before it, and what can be read of it: `isMade` says whether it has been made. */
interface Case {
  readonly type: ChangeType;
  readonly told: 'created' | 'updated' | 'destroyed';
  readonly prepare?: Work;
  readonly change: Work;
  readonly isMade: (process: MailProcess, accountId: string) => Promise<boolean>;
}

const put = (name: string): Work => {
  return async ({ personal }, accountId) => {
    await personal.putContact(accountId, {
      ...contact,
      id: 'Pbob',
      name,
      addresses: [`email:${name}@x.example`],
    });
  };
};

const isFound = async ({ personal }: MailProcess, accountId: string, name: string): Promise<boolean> => {
  const read = await personal.getContact(accountId, 'Pbob');
  const [found] = await personal.findContacts(accountId, [`email:${name}@x.example`]);
  assert.equal(found !== undefined, read?.name === name, 'row and addresses are one');
  return found !== undefined;
};

const cases: Readonly<Record<string, Case>> = {
  'a new contact': {
    ...{ type: 'ContactCard', told: 'created', change: put('bob') },
    isMade: (process, id) => isFound(process, id, 'bob'),
  },
  'a contact that is changed': {
    ...{ type: 'ContactCard', told: 'updated', prepare: put('rob'), change: put('bob') },
    isMade: (process, id) => isFound(process, id, 'bob'),
  },
  'what is computed of a contact': {
    ...{ type: 'ContactCard', told: 'updated', prepare: put('bob') },
    change: ({ personal }, id) => personal.putContactIndex(id, 'Pbob', computed),
    isMade: async ({ personal }, id) => (await personal.getContact(id, 'Pbob'))?.facts !== null,
  },
  'a contact that is removed': {
    ...{ type: 'ContactCard', told: 'destroyed', prepare: put('bob') },
    change: ({ personal }, id) => personal.removeContact(id, 'Pbob'),
    isMade: async (process, id) => !(await isFound(process, id, 'bob')),
  },
  settings: {
    ...{ type: 'Settings', told: 'updated' },
    change: ({ personal }, id) => personal.putSettings(id, { a: 1 }),
    isMade: async ({ personal }, id) => 'a' in (await personal.getSettings(id)),
  },
  'tag rules': {
    ...{ type: 'Settings', told: 'updated' },
    change: ({ personal }, id) => personal.putTagRules(id, [rule]),
    isMade: async ({ personal }, id) => (await personal.listTagRules(id)).length > 0,
  },
};

for (const [name, { type, told, prepare, change, isMade }] of Object.entries(cases)) {
  test(`${name}: cut anywhere, it is there and told, or neither`, async t => {
    const opened = await open(t, 8);
    if (!opened) return;
    const { shared, ids, well } = opened;
    for (let writes = 0; ; writes++) {
      const accountId = ids.pop() ?? '';
      await prepare?.(well, accountId);
      const state = await well.getState(accountId, type);
      const dying = await openMailProcess(t, shared, { wrap: dyingAfter(writes) });
      const isDone = await change(dying, accountId).then(
        () => true,
        () => false,
      );
      const isThere = await isMade(well, accountId);
      assert.ok(isThere || !isDone);
      const changes = await well.getChanges(accountId, type, state, 10);
      const object = type === 'Settings' ? 'singleton' : 'Pbob';
      assert.deepEqual(
        [changes.created, changes.updated, changes.destroyed],
        (['created', 'updated', 'destroyed'] as const).map(kind =>
          isThere && kind === told ? [object] : [],
        ),
        `behind ${writes} writes`,
      );
      if (isDone) break;
    }
  });
}

const tables = ['contact', 'contact_address', 'document', 'change'] as const;

test('a process whose clock is wrong writes nothing of contacts and settings', async t => {
  const opened = await open(t, 1);
  if (!opened) return;
  const { shared, ids, well } = opened;
  const [accountId = ''] = ids;
  await put('bob')(well, accountId);
  const there = await rowsOf(well, tables);
  const guard = {
    require: () => {
      throw new DeliveryError('storeUnavailable', 'this clock is wrong');
    },
    stop: () => undefined,
  };
  const { personal } = await openMailProcess(t, shared, { guard });
  for (const work of [
    () => personal.putContact(accountId, contact),
    () => personal.putContactIndex(accountId, 'Pbob', computed),
    () => personal.removeContact(accountId, 'Pbob'),
    () => personal.putSettings(accountId, { a: 1 }),
    () => personal.putSettings(accountId, { a: 1 }, {}),
    () => personal.putTagRules(accountId, [rule]),
  ])
    await assert.rejects(work(), { code: 'storeUnavailable' });
  assert.deepEqual(await rowsOf(well, tables), there);
});

test('what changes no contact is not told', async t => {
  const opened = await open(t, 1);
  if (!opened) return;
  const { shared, ids, well } = opened;
  const [accountId = ''] = ids;
  const { personal } = await openMailProcess(t, shared);
  await personal.putContactIndex(accountId, 'Pnone', computed);
  await personal.removeContact(accountId, 'Pnone');
  assert.deepEqual(await rowsOf(well, tables), {});
});

test('a contact that a removal by a clock ahead hides is told once more when it can be seen', async t => {
  const opened = await open(t, 1);
  if (!opened) return;
  const { shared, ids, well } = opened;
  const [accountId = ''] = ids;
  const ahead = await openMailProcess(t, shared, { aheadSeconds: 8 });
  let looks = 0;
  let early = '';
  const wrap = (session: Session): Session =>
    before(session, async (name, cql) => {
      if (name !== 'row' || !cql.includes('writetime(data)') || ++looks !== 2) return;
      assert.equal(await well.personal.getContact(accountId, 'Pbob'), null, 'hidden behind the first write');
      early = await well.getState(accountId, 'ContactCard');
    });
  const behind = await openMailProcess(t, shared, { wrap });
  await put('bob')(ahead, accountId);
  await ahead.personal.removeContact(accountId, 'Pbob');
  await put('bob')(behind, accountId);
  assert.equal(looks, 3);
  assert.equal((await well.personal.getContact(accountId, 'Pbob'))?.name, 'bob');
  assert.notEqual(await well.getState(accountId, 'ContactCard'), early);
});

test('settings that are compared: cut anywhere, what is there is told', async t => {
  const opened = await open(t, 8);
  if (!opened) return;
  const { shared, ids, well } = opened;
  for (let writes = 0; ; writes++) {
    const accountId = ids.pop() ?? '';
    const state = await well.getState(accountId, 'Settings');
    const dying = await openMailProcess(t, shared, { wrap: dyingAfter(writes) });
    const isDone = await dying.personal.putSettings(accountId, { a: 1 }, {}).then(
      () => true,
      () => false,
    );
    const isThere = 'a' in (await well.personal.getSettings(accountId));
    assert.ok(isThere || !isDone);
    const { updated } = await well.getChanges(accountId, 'Settings', state, 10);
    // What never came may be told, too.
    if (isThere) assert.deepEqual(updated, ['singleton'], `behind ${writes} writes`);
    if (isDone) break;
  }
});

test('settings that are compared are told once more behind the write, to whoever looked too early', async t => {
  const opened = await open(t, 1);
  if (!opened) return;
  const { shared, ids, well } = opened;
  const [accountId = ''] = ids;
  let early = '';
  const wrap = (session: Session): Session =>
    before(session, async name => {
      if (name === 'claim') early = await well.getState(accountId, 'Settings');
    });
  const { personal } = await openMailProcess(t, shared, { wrap });
  await personal.putSettings(accountId, { a: 1 }, {});
  assert.deepEqual((await well.getChanges(accountId, 'Settings', early, 10)).updated, ['singleton']);
});
