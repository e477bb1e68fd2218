import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backend } from '../support/backend.ts';
import { openTestParts, startDoor } from '../support/door-process.ts';
import { openDialogue } from '../support/smtp-dialogue.ts';
import { storedEmails } from '../support/stored.ts';

const [path, stranger] = ['ada@example.org', '203.0.113.9'];

test('what a filter of the MTA wrote counts as a reason; what the sender wrote is not read', async t => {
  const config = await backend.prepare(t, {
    'lmtp.mtaHostname': 'mx.example.org',
    'filter.trustedNetworks': ['127.0.0.1'],
  });
  const parts = await openTestParts(t, config, [{ address: path }]);
  const door = await startDoor(t, 'lmtp', config);
  const deliver = async (subject: string, lines: readonly string[]) => {
    const peer = await openDialogue(door.ports.lmtp ?? 0);
    await peer.expect(/^220 /);
    await peer.say('LHLO mx.example.org', /^250/);
    await peer.say(`XFORWARD ADDR=${stranger} NAME=[UNAVAILABLE] HELO=mail.seller.example`, /^250/);
    await peer.say('MAIL FROM:<shop@seller.example>', /^250/);
    await peer.say(`RCPT TO:<${path}>`, /^250/);
    await peer.say('DATA', /^354/);
    peer.send(
      `${[...lines, 'From: <shop@seller.example>', `Subject: ${subject}`, '', 'text', '.'].join('\r\n')}\r\n`,
    );
    await peer.expect(/^250/);
    await peer.say('QUIT', /^221/);
    const found = (await storedEmails(parts, path)).find(email => email.summary.subject === subject);
    assert.ok(found);
    return found.findings;
  };
  const trace = `Received: from mail.seller.example (unknown [${stranger}])\r\n\tby mx.example.org (Postfix) with ESMTP id 1; Mon, 2 Mar 2026 12:00:00 +0000`;
  const judged = await deliver('judged', [
    'X-Spam-Status: Yes, score=12.5 required=5.0\r\n\ttests=BAYES_99,FORGED',
    trace,
  ]);
  assert.deepEqual(judged.reputation?.filter, {
    ...{ filter: 'spamassassin', score: 12.5, required: 5, symbols: ['BAYES_99', 'FORGED'] },
  });
  const reasons = new Map(judged.score?.reasons.map(({ id, detail }) => [id, detail]));
  assert.equal(reasons.get('otherFilterSpam'), 'spamassassin 12.5/5, BAYES_99, FORGED');
  const forged = await deliver('forged', [trace, 'X-Spam-Status: No, score=-100 required=5.0']);
  assert.equal(forged.reputation?.filter, null);
});
