import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCommand } from '../support/command.ts';
import { withStore } from '../support/command-store.ts';
import { encrypt, encryptedMessage, makePerson } from '../support/openpgp-mail.ts';

const message = [
  'From: Zoe <zoe@example.net>',
  'To: adam@example.org',
  'Subject: Lunch',
  'Date: Sat, 01 Aug 2026 12:00:00 +0000',
  'Message-ID: <1@example.net>',
  '',
  'At noon?',
  '',
].join('\r\n');

/** No server answers there: look-ups fail at once instead of leaving the machine. */
const environment = {
  CALIOPEN_RESOLVER_SERVERS: '127.0.0.1:9',
  CALIOPEN_RESOLVER_TIMEOUT_MILLISECONDS: '200',
};

test('a message is assessed from a file or standard input, and nothing is stored', async t => {
  const { run, folder } = openCommand(t);
  writeFileSync(join(folder, 'lunch.eml'), message);
  const fromFile = await run(['inspect', 'lunch.eml'], { environment });
  assert.deepEqual([fromFile.code, fromFile.stderr], [0, '']);
  const assessment = JSON.parse(fromFile.stdout);
  assert.equal(assessment.index.subject, 'message');
  assert.ok(assessment.index.value >= 0 && assessment.index.value <= 100);
  assert.ok(Array.isArray(assessment.index.facts));
  for (const words of [['inspect'], ['inspect', '-'], ['inspect', '-', '--json']]) {
    const { code, stdout } = await run(words, { environment, input: message });
    assert.equal(code, 0);
    assert.equal(JSON.parse(stdout).index.value, assessment.index.value);
    if (words.includes('--json')) assert.equal(stdout.trim().split('\n').length, 1);
  }
  assert.ok(!existsSync(join(folder, 'data')));
});

test('a message is assessed for an account, with what a door would have seen', async t => {
  const { run, folder } = openCommand(t);
  await run(['domain', 'add', 'example.org']);
  await run(['account', 'add', 'adam@example.org']);
  const session = { remoteAddress: '192.0.2.1', helo: 'mx.example.net', tls: { version: 'TLSv1.3' } };
  writeFileSync(join(folder, 'session.json'), JSON.stringify(session));
  const words = ['inspect', '--recipient', 'adam@example.org', '--session', 'session.json'];
  const { code, stdout, stderr } = await run(words, { environment, input: message });
  assert.equal(code, 0, stderr);
  const { facts, recipient, recipients } = JSON.parse(stdout);
  assert.deepEqual([recipient, recipients], ['adam@example.org', undefined]);
  assert.equal(facts.lastHop, 'modern');
  const shown = await run(['account', 'show', 'adam@example.org', '--json']);
  assert.equal(JSON.parse(shown.stdout).usedOctets, 0);
});

test('the owner is told when a message was opened with the key that is kept on the server', async t => {
  const { run, folder } = openCommand(t);
  const address = 'adam@example.org';
  const adam = await makePerson(address);
  writeFileSync(join(folder, 'adam.key'), adam.key.privateKey);
  await run(['domain', 'add', 'example.org']);
  await run(['account', 'add', address, '--custody', 'server']);
  await run(['keys', 'import', 'adam.key', '--account', address]);
  const input = encryptedMessage(
    'Zoe <zoe@example.net>',
    await encrypt('Content-Type: text/plain\r\n\r\nAt noon?\r\n', [adam]),
  );
  const { stdout, stderr } = await run(['inspect', '--recipient', address], { environment, input });
  assert.equal(JSON.parse(stdout).findings.decrypt.opened, true, stderr);
  const entries = await withStore(join(folder, 'data'), async ({ store, accountId }) =>
    store.listAudit(await accountId(address)),
  );
  assert.deepEqual(entries.items.map(({ actor, action, detail }) => ({ actor, action, detail }))[0], {
    actor: 'operator',
    action: 'mailOpened',
    detail: { means: 'inspect' },
  });
});

test('any octets are a message', async t => {
  const { run } = openCommand(t);
  for (const input of ['', '\u0000\u0001', '--\r\n\r\n', 'From: '.repeat(1000)]) {
    const { code, stdout } = await run(['inspect'], { environment, input });
    assert.equal(code, 0);
    assert.equal(JSON.parse(stdout).index.subject, 'message');
  }
});

test('what can not be read or is no session exits 2, an unknown mailbox 1', async t => {
  const { run, folder } = openCommand(t);
  writeFileSync(join(folder, 'broken.json'), '{"helo": ');
  writeFileSync(join(folder, 'wrong.json'), '{"helo": 1, "remoteAddress": "here", "colour": "red"}');
  const missing = await run(['inspect', 'missing.eml']);
  assert.equal(missing.code, 2);
  assert.equal(missing.stderr, 'caliopen: missing.eml: there is no such file\n');
  const directory = await run(['inspect', '.']);
  assert.deepEqual([directory.code, directory.stderr], [2, 'caliopen: .: it is a folder\n']);
  const broken = await run(['inspect', '--session', 'broken.json'], { input: message });
  assert.equal(broken.code, 2);
  assert.match(broken.stderr, /broken\.json: .*JSON/);
  const wrong = await run(['inspect', '--session', 'wrong.json'], { input: message });
  assert.equal(wrong.code, 2);
  for (const key of ['helo', 'remoteAddress', 'colour'])
    assert.match(wrong.stderr, new RegExp(`wrong\\.json: ${key}: `));
  const unknown = await run(['inspect', '--recipient', 'zoe@example.org'], { input: message });
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /no mailbox zoe@example\.org here; see caliopen account list/);
});
