import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { settingsEnvironment } from '../../bin/serve/settings-environment.ts';
import type { Config } from '../../delivery/config.ts';
import { openParts, type Parts } from '../../delivery/open.ts';
import { stageNames } from '../../delivery/stages.ts';
import { shardOf } from '../../delivery/store/sqlite/files.ts';
import { backend, onlyOn, sqliteBackend } from '../support/backend.ts';
import { openTestParts, startDoor } from '../support/door-process.ts';
import { startHaraka } from '../support/haraka.ts';
import { poll } from '../support/poll.ts';
import { type Dialogue, openDialogue } from '../support/smtp-dialogue.ts';
import { storedEmails } from '../support/stored.ts';

const top = join(import.meta.dirname, '..', '..');

function mail(subject: string): string {
  return `Subject: ${subject}\r\nMessage-ID: <${encodeURIComponent(subject)}@example.net>\r\n\r\ntext\r\n.\r\n`;
}

async function greet(port: number, hello: string): Promise<Dialogue> {
  const peer = await openDialogue(port);
  await peer.expect(/^220 /);
  await peer.say(hello, /^250-/);
  return peer;
}

async function begin(peer: Dialogue, ...paths: string[]): Promise<void> {
  await peer.say('MAIL FROM:<sender@example.net>', /^250/);
  for (const path of paths) await peer.say(`RCPT TO:<${path}>`, /^250/);
  await peer.say('DATA', /^354/);
}

async function count(parts: Parts, address: string): Promise<number> {
  return (await storedEmails(parts, address)).length;
}

const oneFile = onlyOn(sqliteBackend, 'no trouble of Cassandra hits the mail of one owner alone');
const locked = onlyOn(sqliteBackend, 'a lock on its file; nodes that are down have tests of their own');

/** Two people whose mail is in the first shard of two, and one in the second, which is damaged for good. */
async function makeThree(config: Config): Promise<{ whole: [string, string]; broken: string }> {
  const parts = await openParts(config);
  const found: Record<number, string[]> = { 0: [], 1: [] };
  await parts.store.addDomain('example.org');
  for (let number = 0; (found[0]?.length ?? 0) < 2 || (found[1]?.length ?? 0) < 1; number++) {
    const { id, address } = await parts.store.addAccount({ address: `person${number}@example.org` });
    found[shardOf(id, 2)]?.push(address);
  }
  await parts.close();
  writeFileSync(join(config.data, 'shard-1.db'), 'no database at all'.repeat(1000));
  const [first = '', second = ''] = found[0] ?? [];
  return { whole: [first, second], broken: found[1]?.[0] ?? '' };
}

test(
  'SMTP, three recipients, one broken for good: the sender learns about that one alone, the others have it once',
  oneFile,
  async t => {
    const config = await backend.prepare(t, { 'sqlite.shards': 2 });
    const { whole, broken } = await makeThree(config);
    const door = await startHaraka(t, config);
    const peer = await door.greet();
    await begin(peer, whole[0], broken, whole[1]);
    peer.send(mail('three'));
    await peer.expect(/^451 4\.3\.0 /);
    await peer.say('MAIL FROM:<sender@example.net>', /^250/);
    await peer.say(`RCPT TO:<${whole[0]}>`, /^250/);
    await peer.say(`RCPT TO:<${broken}>`, /^452 4\.2\.1 /);
    await peer.say(`RCPT TO:<${whole[1]}>`, /^250/);
    await peer.say('DATA', /^354/);
    peer.send(mail('three'));
    await peer.expect(/^250 2\.0\.0/);
    const parts = await openTestParts(t, config);
    for (const address of whole) assert.equal(await count(parts, address), 1);
  },
);

test('LMTP, three recipients, one broken for good: each is answered for itself', oneFile, async t => {
  const config = await backend.prepare(t, { 'sqlite.shards': 2 });
  const { whole, broken } = await makeThree(config);
  const door = await startDoor(t, 'lmtp', config);
  const peer = await greet(door.ports.lmtp ?? 0, 'LHLO mta.example.org');
  await begin(peer, whole[0], broken, whole[1]);
  peer.send(mail('three'));
  await peer.expect(/^250 2\.0\.0/);
  await peer.expect(/^45[12] 4\./);
  await peer.expect(/^250 2\.0\.0/);
  const parts = await openTestParts(t, config);
  for (const address of whole) assert.equal(await count(parts, address), 1);
});

test(
  'a store that can not be written answers 451 at both doors, and stores the next try once',
  locked,
  async t => {
    const config = await backend.prepare(t);
    const parts = await openTestParts(t, config, [{ address: 'ada@example.org' }]);
    const [smtp, lmtp] = await Promise.all([startHaraka(t, config), startDoor(t, 'lmtp', config)]);
    const peers = [await smtp.greet(), await greet(lmtp.ports.lmtp ?? 0, 'LHLO mta.example.org')];
    const other = new DatabaseSync(join(config.data, 'shard-0.db'));
    t.after(() => other.close());
    for (const peer of peers) await begin(peer, 'ada@example.org');
    other.exec('begin immediate');
    for (const [index, peer] of peers.entries()) peer.send(mail(`number ${index}`));
    for (const peer of peers) await peer.expect(/^451 4\.3\.0 /);
    other.exec('rollback');
    assert.equal(await count(parts, 'ada@example.org'), 0);
    const lines = [smtp, lmtp].map(door => door.log.join('\n'));
    for (const line of lines) assert.match(line, /deliveryDeferred/);
    for (const line of lines) assert.doesNotMatch(line, /number \d/);
    // Both doors remember the owner's trouble for half a minute; a door that was started again does not.
    await smtp.stop();
    const again = await startHaraka(t, config);
    const peer = await again.greet();
    await begin(peer, 'ada@example.org');
    peer.send(mail('number 0'));
    await peer.expect(/^250/);
    assert.equal(await count(parts, 'ada@example.org'), 1);
  },
);

test('a message that kills or holds its judge is stored with nothing found, and `store reprocess` mends it', async t => {
  const config = await backend.prepare(t, { 'judge.timeoutSeconds': 6 });
  const parts = await openTestParts(t, config, [{ address: 'ada@example.org' }]);
  const poison = pathToFileURL(join(top, 'test', 'support', 'poison.ts')).href;
  const door = await startDoor(t, 'lmtp', config, {
    environment: { NODE_OPTIONS: `--import=${poison}` },
  });
  const peer = await greet(door.ports.lmtp ?? 0, 'LHLO mta.example.org');
  for (const subject of ['kills its judge', 'holds its judge', 'harmless']) {
    await begin(peer, 'ada@example.org');
    peer.send(mail(subject));
    await peer.expect(/^250 2\.0\.0/);
  }
  const failed = async () =>
    Object.fromEntries(
      (await storedEmails(parts, 'ada@example.org')).map(({ summary, findings }) => [
        summary.subject,
        findings.failed.length,
      ]),
    );
  const all = stageNames.length;
  assert.deepEqual(await failed(), { 'kills its judge': all, 'holds its judge': all, harmless: 0 });
  const main = join(top, 'bin', 'main.ts');
  await promisify(execFile)(execPath, [main, 'store', 'reprocess'], {
    env: { ...env, ...settingsEnvironment(config) },
  });
  assert.deepEqual(await failed(), { 'kills its judge': 0, 'holds its judge': 0, harmless: 0 });
  const mended = (await storedEmails(parts, 'ada@example.org')).filter(({ index }) => index !== null);
  assert.equal(mended.length, 3);
});

test('a message that every recipient would reject is refused by SMTP and not stored', async t => {
  const config = await backend.prepare(t, { 'spam.rejectAt': 0, 'spam.junkAt': 0 });
  const parts = await openTestParts(t, config, [{ address: 'ada@example.org' }]);
  const peer = await (await startHaraka(t, config)).greet();
  await begin(peer, 'ada@example.org');
  peer.send(mail('buy'));
  await peer.expect(/^550 5\.7\.1 /);
  assert.equal(await count(parts, 'ada@example.org'), 0);
});

/** Sends like an MTA: until it has seen 250 for this message, on a new connection when the old one is gone. */
async function sendUntilTaken(port: number, subject: string): Promise<number> {
  let tries = 0;
  await poll(
    `message ${subject} to be taken`,
    async () => {
      tries++;
      try {
        const peer = await greet(port, 'EHLO client.example.net');
        await begin(peer, 'ada@example.org');
        peer.send(mail(subject));
        await peer.expect(/^250/);
        peer.drop();
        return true;
      } catch {
        return undefined; // The door has fallen: the queue keeps the message.
      }
    },
    60_000,
  );
  return tries;
}

test('the SMTP door killed again and again under load: every message is stored exactly once', async t => {
  const config = await backend.prepare(t);
  const parts = await openTestParts(t, config, [{ address: 'ada@example.org' }]);
  const first = await startHaraka(t, config);
  const fixed = { ...config, 'smtp.port': first.port };
  const subjects = Array.from({ length: 80 }, (_, index) => `message ${index}`);
  const waiting = [...subjects];
  let tries = 0;
  let taken = 0;
  const senders = [1, 2, 3, 4].map(async () => {
    for (let subject = waiting.shift(); subject !== undefined; subject = waiting.shift()) {
      tries += await sendUntilTaken(first.port, subject);
      taken++;
    }
  });
  let door = first;
  for (const goal of [10, 30, 50]) {
    await poll('more messages', () => (taken >= goal ? true : undefined), 60_000);
    await door.stop('SIGKILL');
    door = await startHaraka(t, fixed);
  }
  await Promise.all(senders);
  const stored = (await storedEmails(parts, 'ada@example.org')).map(({ summary }) => summary.subject);
  assert.deepEqual(stored.sort(), subjects.sort());
  assert.ok(tries > subjects.length, 'some were sent more than once');
});
