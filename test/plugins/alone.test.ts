import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backend } from '../support/backend.ts';
import { openTestParts } from '../support/door-process.ts';
import { startForeignHaraka } from '../support/foreign-haraka.ts';
import { greetDoor, sendMail } from '../support/mail-client.ts';
import { openNextServer } from '../support/next-server.ts';
import { behindTrace, storedEmails } from '../support/stored.ts';

const message = [
  'From: sender@example.net',
  'To: ada@example.org',
  'X-Caliopen-Score: 0.0000; verdict=ham',
  'X-Caliopen-Anything: mine',
  'Authentication-Results: mx.example.org; dmarc=pass',
  'Subject: hello',
  'Message-ID: <1@example.net>',
  'Date: Mon, 2 Mar 2026 12:00:00 +0000',
  '',
  'text',
  '.a dot',
  '',
].join('\r\n');

test("alone in somebody else's Haraka the stages judge, add one field each, and leave the queue alone", async t => {
  const next = await openNextServer(t);
  const port = await startForeignHaraka(t, {
    config: await backend.prepare(t),
    plugins: ['rcpt_to.in_host_list', 'authenticate', 'score', 'privacy', 'queue/smtp_forward'],
    files: { host_list: 'example.org\n', 'smtp_forward.ini': `host=127.0.0.1\nport=${next.port}\n` },
  });
  const door = { name: 'smtp', port } as const;
  const peer = await greetDoor(door);
  const [reply = ''] = await sendMail(peer, door, { forwardPaths: ['ada@example.org'], octets: message });
  assert.match(reply, /^250/);
  const [mail = ''] = next.mails;
  assert.match(mail, /\r\nX-Caliopen-Authentication: spf=\w+; /);
  assert.match(mail, /\r\nX-Caliopen-Score: (?:0\.\d{4}|1\.0000|unknown); verdict=\w+; reasons=/);
  assert.match(mail, /\r\nX-Caliopen-Privacy: level=[A-E]; value=[\d.]+; /);
  assert.equal(mail.match(/X-Caliopen-/g)?.length, 3, 'fields of the sender in our name are gone');
  assert.match(mail, /^Authentication-Results: \S+;\r\n\tdkim=none;\r\n\tspf=\w+/m);
  assert.equal(mail.match(/^Authentication-Results:/gm)?.length, 1, 'results of this host are ours alone');
  assert.ok(mail.endsWith('\r\n\r\ntext\r\n.a dot\r\n'));
});

const lookingPlugin = `
exports.hook_data_post = function (next, connection) {
  const { header, message_stream } = connection.transaction;
  message_stream.get_data(data => {
    const seen = header.get('Subject').trim() === 'hello' && data.toString().includes('.a dot');
    next(seen ? CONT : DENY, 'a plugin of others did not see the message');
  });
};
`;

test('in line mode plugins of others see the message, stages left out are left out, the octets stay', async t => {
  const config = await backend.prepare(t);
  const parts = await openTestParts(t, config, [{ address: 'ada@example.org' }]);
  const port = await startForeignHaraka(t, {
    config,
    plugins: ['recipients', 'authenticate', 'looking', 'privacy', 'tag', 'deliver'],
    sources: { looking: lookingPlugin },
    files: {
      'connection.ini':
        '[headers]\nadd_received=false\nclean_auth_results=false\nmax_lines=1000\nmax_received=100\n[max]\nbytes=0\nmime_parts=1000\nline_length=512\ndata_line_length=992\n[message]\nhelo=hello\n[uuid]\nbanner_chars=0\n',
    },
  });
  const door = { name: 'smtp', port } as const;
  const peer = await greetDoor(door);
  const [reply = ''] = await sendMail(peer, door, { forwardPaths: ['ada@example.org'], octets: message });
  assert.match(reply, /^250 2\.0\.0/);
  const [email] = await storedEmails(parts, 'ada@example.org');
  assert.equal(behindTrace(email?.octets ?? ''), message);
  assert.equal(email?.findings.score, null);
  assert.ok(email?.findings.authentication && email.index);
});
