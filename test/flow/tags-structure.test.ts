import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capabilities } from '../../webmail/wire.ts';
import { backend } from '../support/backend.ts';
import { openTestParts, startDoor } from '../support/door-process.ts';
import { type Answer, openJmapClient } from '../support/jmap-client.ts';
import { greetDoor, sendMail } from '../support/mail-client.ts';

const owner = 'owner@example.org';

function newsletter(place: number, from = 'news@shop.example'): string {
  return [
    `From: Shop <${from}>`,
    `To: ${owner}`,
    `Subject: Weekly offers ${place}`,
    `Message-ID: <${place}-${from}>`,
    'List-Unsubscribe: <https://shop.example/u>',
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    '',
    'Cheap things.',
    '',
  ].join('\r\n');
}

test('a newsletter gets its tag with a reason, and whoever takes it off gets no more of them from there', async t => {
  const config = await backend.prepare(t);
  const parts = await openTestParts(t, config, [{ address: owner }]);
  const { lmtp = 0, web = 0 } = (await startDoor(t, null, config)).ports;
  const client = await openJmapClient(parts, owner, [
    capabilities.core,
    capabilities.mail,
    capabilities.tagRules,
    capabilities.preferences,
  ]);
  const peer = await greetDoor({ name: 'lmtp', port: lmtp });
  const deliver = async (octets: string) => {
    const [reply] = await sendMail(peer, { name: 'lmtp', port: lmtp }, { forwardPaths: [owner], octets });
    assert.match(reply ?? '', /^250 /);
  };
  const newest = async (): Promise<Answer> => {
    const sort = [{ property: 'receivedAt', isAscending: false }];
    const { ids } = await client.ask(web, 'Email/query', { sort, limit: 1 });
    const properties = ['subject', 'keywords', 'tagReasons'];
    return (await client.ask(web, 'Email/get', { ids, properties })).list[0];
  };
  const change = (id: string, patch: object) => client.ask(web, 'Email/set', { update: { [id]: patch } });

  await deliver(newsletter(1));
  const first = await newest();
  assert.deepEqual(first.keywords, { 'auto-newsletter': true });
  const [{ tag, origin, ruleId, fr, en }] = first.tagReasons;
  assert.deepEqual([tag, origin, ruleId], ['auto-newsletter', 'structure', null]);
  assert.ok(en.startsWith('It went to many') && fr.startsWith('Il a été envoyé à de nombreux'));
  const { ids } = await client.ask(web, 'Email/query', { filter: { hasKeyword: 'auto-newsletter' } });
  assert.deepEqual(ids, [first.id]);

  await change(first.id, { 'keywords/auto-newsletter': null });
  assert.deepEqual((await newest()).tagReasons, []);
  await deliver(newsletter(2));
  const second = await newest();
  assert.deepEqual([second.subject, second.keywords], ['Weekly offers 2', {}]);
  await deliver(newsletter(3, 'news@other.example'));
  assert.deepEqual((await newest()).keywords, { 'auto-newsletter': true });

  await change(first.id, { 'keywords/auto-newsletter': true });
  await deliver(newsletter(4));
  assert.deepEqual((await newest()).keywords, { 'auto-newsletter': true });

  await client.ask(web, 'Preferences/set', { update: { singleton: { sortsByStructure: false } } });
  await deliver(newsletter(5));
  assert.deepEqual((await newest()).keywords, {});
});
