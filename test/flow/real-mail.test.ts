import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { test } from 'node:test';
import { openTestParts, startDoor, testConfig } from '../support/door-process.ts';
import { type Dialogue, openDialogue } from '../support/smtp-dialogue.ts';

const folder = env.CALIOPEN_REAL_MAIL;
const fixtures = join(import.meta.dirname, '..', 'fixtures');

/** Octets as an MTA sends them: CRLF at each line's end, dots stuffed. The mailbox line of archives is left out. */
function onTheWire(file: string): Buffer {
  const text = readFileSync(file, 'latin1').replace(/^From [^\n]*\n/, '');
  const lines = text.replace(/\r?\n/g, '\r\n').replace(/(^|\r\n)\./g, '$1..');
  return Buffer.from(`${lines}${lines === '' || lines.endsWith('\r\n') ? '' : '\r\n'}.\r\n`, 'latin1');
}

async function sendAll(peer: Dialogue, files: readonly string[]): Promise<void> {
  for (const file of files) {
    peer.send('MAIL FROM:<sender@example.net>\r\nRCPT TO:<ada@example.org>\r\nDATA\r\n');
    for (const pattern of [/^250/, /^250/, /^354/]) await peer.expect(pattern);
    peer.send(onTheWire(file));
    assert.match(await peer.expect(/./), /^250 /, file);
  }
}

/** Several connections, as an MTA has. */
async function sendByFour(port: number, files: readonly string[]): Promise<void> {
  await Promise.all(
    [0, 1, 2, 3].map(async part => {
      const peer = await openDialogue(port);
      await peer.expect(/^220 /);
      await peer.say('LHLO mx.example.org', /^250-/);
      await sendAll(
        peer,
        files.filter((_, index) => index % 4 === part),
      );
      await peer.say('QUIT', /^221/);
    }),
  );
}

const title = folder
  ? `every message under ${folder} goes in over LMTP, and none twice when all are sent again`
  : 'every fixture goes in over LMTP, and none twice when all are sent again (CALIOPEN_REAL_MAIL names no archive)';

test(title, async t => {
  const files = globSync('**/*.eml', { cwd: folder ?? fixtures }).map(name => join(folder ?? fixtures, name));
  assert.ok(files.length > 0, 'there are messages');
  const distinct = new Set(files.map(file => onTheWire(file).toString('latin1'))).size;
  const config = testConfig(t, { 'judge.threads': 2 });
  const { store } = await openTestParts(t, config, [{ address: 'ada@example.org' }]);
  const door = await startDoor(t, 'lmtp', config);
  const account = await store.getAccountByAddress('ada@example.org');
  const count = async () => {
    const tags = await store.listTags(account?.id ?? '');
    return tags.reduce((sum, tag) => sum + tag.totalEmails, 0);
  };
  await sendByFour(door.ports.lmtp ?? 0, files);
  assert.equal(await count(), distinct);
  await sendByFour(door.ports.lmtp ?? 0, files);
  assert.equal(await count(), distinct);
});
