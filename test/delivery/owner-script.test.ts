import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openStateReader } from '../../delivery/account-state.ts';
import { type Arrival, unseenSession } from '../../delivery/delivery.ts';
import { parseMessage } from '../../delivery/message/message.ts';
import { decideByScript } from '../../delivery/owner-script.ts';
import { loadOwnerWork } from '../../delivery/owner-work.ts';
import { readActiveScript, scriptStateName, writeScripts } from '../../delivery/sieve/stored-scripts.ts';
import { reasonWords } from '../../delivery/tags/words.ts';
import { backend } from '../support/backend.ts';
import { openTestParts } from '../support/door-process.ts';

const address = 'ada@example.org';
const settings = { hostname: 'mx.example.org' };
const before = { roles: ['inbox'], tagIds: [], keywords: ['k'], reasons: [] } as const;

/** An account with a script and a tag, and a message for it. */
async function openAccount(t: TestContext) {
  const { store } = await openTestParts(t, await backend.prepare(t), [{ address }]);
  const account = await store.getAccountByAddress(address);
  assert.ok(account);
  const boats = await store.putTag(account.id, { name: 'Boats' });
  const octets = Buffer.from('require "fileinto";\nfileinto "Boats";\n');
  const scripts = [{ id: 's', name: 'mine', isActive: true, octets }];
  await store.putAccountState(account.id, scriptStateName, writeScripts(scripts), null);
  const raw = Buffer.from('From: bob@example.net\r\nSubject: hi\r\n\r\nhi\r\n');
  const recipients = [{ forwardPath: address, accountId: account.id }];
  const arrival: Arrival = {
    ...{ door: 'lmtp', id: '1', raw, reversePath: 'bob@example.net', session: unseenSession },
    ...{ receivedAt: new Date(), recipients, trustedHops: 0 },
  };
  const work = { arrival, message: parseMessage(raw), failed: [] };
  const reader = openStateReader(scriptStateName, readActiveScript, { store });
  const load = () =>
    loadOwnerWork({ forwardPath: address, accountId: account.id }, work, { store, scripts: reader });
  return { store, boats, work, load };
}

test('a script files mail by the tags that come with its owner, without another list of them', async t => {
  const { store, boats, work, load } = await openAccount(t);
  const lists = t.mock.method(store, 'listTags');
  const { tags } = decideByScript(before, { work, owner: await load() }, { settings });
  assert.deepEqual([tags.roles, tags.tagIds], [[], [boats.id]]);
  assert.equal(lists.mock.callCount(), 0);
});

test('tags that can’t be read fail the script alone, and the mail says so', async t => {
  const { work, load } = await openAccount(t);
  const owner = await load();
  const unread = { ...owner, context: { ...owner.context, tags: null } };
  const { tags, wanted } = decideByScript(before, { work, owner: unread }, { settings });
  const { reasons, ...rest } = tags;
  assert.deepEqual([rest, wanted], [{ roles: ['inbox'], tagIds: [], keywords: ['k'] }, []]);
  assert.equal(reasons.length, 1);
  assert.equal(reasons[0]?.tag, 'inbox');
  assert.match(reasons[0] ? reasonWords(reasons[0]).en : '', /could not decide.*the tags could not be read/);
});
