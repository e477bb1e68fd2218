import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capabilities } from '../../webmail/wire.ts';
import { backend } from '../support/backend.ts';
import { openTestParts, startDoor } from '../support/door-process.ts';
import { type Answer, openJmapClient } from '../support/jmap-client.ts';
import { greetDoor, sendMail } from '../support/mail-client.ts';

const owner = 'owner@example.org';
const ada = 'ada@example.net';

function letter(subject: string, more: readonly string[] = []): string {
  const id = `<${Buffer.from(subject).toString('hex')}@example.net>`;
  const fields = [`From: ${ada}`, `To: ${owner}`, `Subject: ${subject}`, `Message-ID: ${id}`];
  return [...fields, ...more, '', 'x', ''].join('\r\n');
}

test('what an owner answers, stars and says by hand moves what comes next, and a list is narrowed by it', async t => {
  const config = await backend.prepare(t);
  const parts = await openTestParts(t, config, [{ address: owner }]);
  const { lmtp = 0, web = 0 } = (await startDoor(t, null, config)).ports;
  const using = [
    ...[capabilities.core, capabilities.mail, capabilities.discussion],
    ...[capabilities.preferences, capabilities.tagRules],
  ];
  const client = await openJmapClient(parts, owner, using);
  const door = { name: 'lmtp', port: lmtp } as const;
  const peer = await greetDoor(door);
  const deliver = async (octets: string): Promise<Answer> => {
    const [reply] = await sendMail(peer, door, { forwardPaths: [owner], octets });
    assert.match(reply ?? '', /^250 /);
    const sort = [{ property: 'receivedAt', isAscending: false }];
    const { ids } = await client.ask(web, 'Email/query', { sort, limit: 1 });
    return get(ids[0]);
  };
  const get = async (id: string): Promise<Answer> => {
    const properties = ['importance', 'importanceReasons', 'threadId', 'discussionId'];
    return (await client.ask(web, 'Email/get', { ids: [id], properties })).list[0];
  };
  const change = (id: string, patch: object) => client.ask(web, 'Email/set', { update: { [id]: patch } });

  const first = await deliver(letter('One'));
  assert.equal(first.importanceReasons.by, 'model');
  const named = first.importanceReasons.list.map(({ id }: { id: string }) => id);
  assert.ok(named.includes('toYouAlone') && named.includes('unproven'), named.join());
  assert.ok(first.importanceReasons.list.every((row: Answer) => row.en && row.fr && row.en !== row.id));

  await change(first.id, { 'keywords/$answered': true, 'keywords/$flagged': true });
  const second = await deliver(letter('Two'));
  assert.ok(second.importance > first.importance, `${first.importance} ${second.importance}`);

  const sent = (await client.ask(web, 'Mailbox/get', {})).list.find((box: Answer) => box.role === 'sent').id;
  const created = await client.ask(web, 'Email/set', {
    create: {
      mine: {
        mailboxIds: { [sent]: true },
        from: [{ email: owner }],
        to: [{ email: ada }],
        subject: 'Mine',
        messageId: ['mine@example.org'],
        bodyStructure: { type: 'text/plain', partId: '1' },
        bodyValues: { 1: { value: 'x' } },
      },
    },
  });
  assert.ok(created.created?.mine, JSON.stringify(created.notCreated));
  const answer = await deliver(letter('Three', ['In-Reply-To: <mine@example.org>']));
  const reasons = answer.importanceReasons.list.map(({ id }: { id: string }) => id);
  assert.ok(reasons.includes('ownThread'), reasons.join());
  assert.ok(answer.importance > second.importance);

  await change(answer.id, { importance: -9 });
  const set = await get(answer.id);
  assert.deepEqual([set.importance, set.importanceReasons.by, set.importanceReasons.list], [-9, 'owner', []]);
  await change(answer.id, { importance: null });
  const judged = await get(answer.id);
  assert.deepEqual(
    [judged.importance, judged.importanceReasons],
    [answer.importance, answer.importanceReasons],
  );
  await change(answer.id, { importance: -9 });
  const refused = await change(answer.id, { importance: 11 });
  assert.deepEqual(refused.notUpdated[answer.id].properties, ['importance']);
  const least = async (minImportance: number): Promise<string[]> =>
    (await client.ask(web, 'Discussion/query', { filter: { minImportance } })).lastEmailIds;
  await change(second.id, { importance: 10 });
  assert.equal((await least(-10)).length, 1);
  await change(answer.id, { importance: 8 });
  assert.deepEqual([await least(8), await least(9)], [[answer.id], []]);

  const rule = {
    conditions: [{ subject: 'field', operator: 'contains', field: 'Subject', value: 'Four' }],
    actions: { importance: 7 },
  };
  await client.ask(web, 'TagRule/set', { create: { rule } });
  const ruled = await deliver(letter('Four'));
  assert.deepEqual([ruled.importance, ruled.importanceReasons.by], [7, 'rule']);

  await client.ask(web, 'Preferences/set', { update: { singleton: { learnsImportance: false } } });
  assert.equal((await deliver(letter('Five'))).importance, first.importance);
});
