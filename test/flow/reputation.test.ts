import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { reputationKeys } from '../../delivery/reputation/keys.ts';
import { backend } from '../support/backend.ts';
import { openTestParts, startDoor } from '../support/door-process.ts';
import { openJmapClient } from '../support/jmap-client.ts';
import { recordsOf, startNameServer } from '../support/name-server.ts';
import { poll } from '../support/poll.ts';
import { openDialogue } from '../support/smtp-dialogue.ts';
import { storedEmails } from '../support/stored.ts';

const [ada, ben] = ['ada@example.org', 'ben@example.org'];

/** An instance behind an MTA, which tells where mail comes from. */
async function openInstance(t: TestContext, settings = {}) {
  const config = await backend.prepare(t, settings);
  const parts = await openTestParts(t, config, [{ address: ada }, { address: ben }]);
  const door = await startDoor(t, 'lmtp', config);
  const deliver = async (
    id: string,
    path: string,
    { author = 'shop@seller.example', client = '192.0.2.7' } = {},
  ) => {
    const peer = await openDialogue(door.ports.lmtp ?? 0);
    await peer.expect(/^220 /);
    await peer.say('LHLO mx.example.org', /^250/);
    await peer.say(`XFORWARD ADDR=${client} NAME=[UNAVAILABLE] HELO=mail.seller.example`, /^250/);
    await peer.say(`MAIL FROM:<${author}>`, /^250/);
    await peer.say(`RCPT TO:<${path}>`, /^250/);
    await peer.say('DATA', /^354/);
    const fields = [
      `From: <${author}>`,
      `To: ${path}`,
      `Subject: about ${id}`,
      `Message-ID: <${id}@seller.example>`,
    ];
    peer.send(
      `${fields.join('\r\n')}\r\nDate: Mon, 2 Mar 2026 12:00:00 +0000\r\n\r\nText of ${id}.\r\n.\r\n`,
    );
    await peer.expect(/^250/);
    await peer.say('QUIT', /^221/);
    const found = (await storedEmails(parts, path)).find(email => email.summary.subject === `about ${id}`);
    assert.ok(found);
    return found;
  };
  return { config, parts, deliver, door };
}

test("owners' verdicts make the standing of a sender for all, and are taken back with them", async t => {
  const { config, parts, deliver } = await openInstance(t);
  const web = (await startDoor(t, 'web', config)).ports.web ?? 0;
  const client = await openJmapClient(parts, ada);
  const account = await parts.store.getAccountByAddress(ada);
  const tags = await parts.store.listTags(account?.id ?? '');
  const tagOf = (role: string) => tags.find(tag => tag.role === role)?.id ?? '';
  const ids: string[] = [];
  for (const id of ['one', 'two', 'three', 'four']) ids.push((await deliver(id, ada)).id);
  const first = await deliver('before', ben);
  assert.equal(first.findings.reputation?.standing, null);
  const move = (role: string) =>
    client.ask(web, 'Email/set', {
      update: Object.fromEntries(ids.map(id => [id, { mailboxIds: { [tagOf(role)]: true } }])),
    });
  const keys = reputationKeys(first.findings);
  assert.deepEqual(keys, ['sender:seller.example:-:192.0.2', 'network:192.0.2']);
  const counted = (unwanted: number) =>
    poll(`${unwanted} verdicts`, async () => {
      const counts = await parts.store.getSenderCounts(keys, new Date());
      return counts.every(found => Math.round(found.unwanted) === unwanted) &&
        (unwanted === 0 || counts.length === 2)
        ? true
        : undefined;
    });
  await move('junk');
  await counted(3); // One account says no more than that of one sender.
  const judged = await deliver('after', ben);
  const { reputation, score } = judged.findings;
  assert.ok((reputation?.standing ?? 0) < -0.2, JSON.stringify(reputation));
  assert.ok(
    score?.reasons.some(({ id, weight }) => id === 'badReputation' && weight > 0),
    JSON.stringify(score),
  );
  const elsewhere = await deliver('elsewhere', ben, { author: 'zoe@other.example', client: '198.51.100.7' });
  assert.equal(elsewhere.findings.reputation?.standing, null);
  await move('inbox');
  await counted(0);
  const again = await deliver('again', ben);
  assert.ok((again.findings.reputation?.standing ?? 0) >= 0, JSON.stringify(again.findings.reputation));
});

test('an entry of a DNS list is a reason that is stored, and a dead list holds nothing up', async t => {
  const { address } = await startNameServer(t, question =>
    question.name.endsWith('dead.example')
      ? null
      : recordsOf({
          'A 2.0.0.127.zen.example': ['127.0.0.2'],
          'A 7.2.0.192.zen.example': ['127.0.0.2'],
          'A test.dom.example': ['127.0.1.2'],
          'A seller.example.dom.example': ['127.0.1.2'],
        })(question),
  );
  const { deliver, door } = await openInstance(t, {
    'resolver.servers': [address],
    'dnsLists.addresses': ['zen.example=127.0.0.2', 'dead.example=127.0.0.2'],
    'dnsLists.domains': ['dom.example=127.0.1.2'],
    'dnsLists.timeoutMilliseconds': 400,
    'filter.spamd': '127.0.0.1:9',
  });
  const { reputation, score } = (await deliver('listed', ada)).findings;
  assert.deepEqual(reputation?.lists.map(({ zone, of }) => `${zone} ${of}`).sort(), [
    'dom.example seller.example',
    'zen.example 192.0.2.7',
  ]);
  assert.equal(reputation?.filter, null);
  const reasons = new Map(score?.reasons.map(({ id, detail }) => [id, detail]));
  assert.equal(reasons.get('addressOnList'), 'zen.example');
  assert.equal(reasons.get('domainOnList'), 'dom.example');
  const lines = () => door.log.filter(line => /"dnsListFailed"|"filterUnreachable"/.test(line));
  await deliver('more', ada);
  assert.equal(lines().length, 2, lines().join('\n'));
});
