import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { type TestContext, test } from 'node:test';
import type { Config } from '../../delivery/config.ts';
import {
  equalBoundaries,
  hostileFields,
  longBodyLine,
  manyParts,
  nestedMessages,
  nestedMultiparts,
} from '../fixtures/hostile/messages.ts';
import { backend } from '../support/backend.ts';
import { openTestParts, startDoor } from '../support/door-process.ts';
import { startHaraka } from '../support/haraka.ts';
import { type Dialogue, openDialogue } from '../support/smtp-dialogue.ts';

const folder = env.CALIOPEN_REAL_MAIL;

interface Sample {
  readonly name: string;
  /** As an MTA sends it: CRLF at each line's end, dots stuffed, the final dot. */
  wire(): Buffer;
}

/** The mailbox line of archives is left out. */
function onTheWire(octets: Buffer): Buffer {
  const text = octets.toString('latin1').replace(/^From [^\n]*\n/, '');
  const lines = text.replace(/\r?\n/g, '\r\n').replace(/(^|\r\n)\./g, '$1..');
  return Buffer.from(`${lines}${lines === '' || lines.endsWith('\r\n') ? '' : '\r\n'}.\r\n`, 'latin1');
}

function samples(): Sample[] {
  if (folder) {
    return globSync('**/*.eml', { cwd: folder }).map(name => ({
      name,
      wire: () => onTheWire(readFileSync(join(folder, name))),
    }));
  }
  const makers = {
    ...hostileFields,
    nestedMultiparts,
    equalBoundaries,
    nestedMessages,
    manyParts,
    longBodyLine,
  };
  return Object.entries(makers).map(([name, make]) => ({
    name,
    wire: () => onTheWire(Buffer.from(make(3000))),
  }));
}

async function sendAll(peer: Dialogue, list: readonly Sample[]): Promise<void> {
  for (const { name, wire } of list) {
    peer.send('MAIL FROM:<sender@example.net>\r\nRCPT TO:<ada@example.org>\r\nDATA\r\n');
    for (const pattern of [/^250/, /^250/, /^354/]) await peer.expect(pattern);
    peer.send(wire());
    assert.match(await peer.expect(/./), /^250 /, name);
  }
}

/** Several connections, as an MTA has. */
async function sendByFour(port: number, hello: string, list: readonly Sample[]): Promise<void> {
  await Promise.all(
    [0, 1, 2, 3].map(async part => {
      const peer = await openDialogue(port);
      await peer.expect(/^220 /);
      await peer.say(hello, /^250-/);
      await sendAll(
        peer,
        list.filter((_, index) => index % 4 === part),
      );
      await peer.say('QUIT', /^221/);
    }),
  );
}

const which = folder
  ? `every message under ${folder}`
  : 'every fixture (CALIOPEN_REAL_MAIL names no archive)';

const doors = [
  { name: 'lmtp', hello: 'LHLO mx.example.org', open: startLmtp },
  { name: 'smtp', hello: 'EHLO client.example.net', open: startSmtp },
] as const;

async function startLmtp(t: TestContext, config: Config): Promise<number> {
  return (await startDoor(t, 'lmtp', config)).ports.lmtp ?? 0;
}

async function startSmtp(t: TestContext, config: Config): Promise<number> {
  return (await startHaraka(t, config)).port;
}

for (const { name, hello, open } of doors) {
  test(`${which} goes in over ${name}, judged by every stage, and none twice when all are sent again`, async t => {
    const list = samples();
    assert.ok(list.length > 0, 'there are messages');
    const digests = list.map(({ wire }) => createHash('sha256').update(wire()).digest('hex'));
    const distinct = new Set(digests).size;
    const config = await backend.prepare(t, { 'judge.threads': 2 });
    const { store } = await openTestParts(t, config, [{ address: 'ada@example.org' }]);
    const port = await open(t, config);
    const account = (await store.getAccountByAddress('ada@example.org'))?.id ?? '';
    const count = async () => {
      const tags = await store.listTags(account);
      return tags.reduce((sum, tag) => sum + tag.totalEmails, 0);
    };
    const startedAt = performance.now();
    await sendByFour(port, hello, list);
    const seconds = (performance.now() - startedAt) / 1000;
    t.diagnostic(
      `${list.length} messages in ${seconds.toFixed(1)} s, ${(list.length / seconds).toFixed(0)}/s`,
    );
    assert.equal(await count(), distinct);
    const { items } = await store.listUnfinished(account);
    const unfinished = await store.getEmails(
      account,
      items.map(({ id }) => id),
    );
    assert.deepEqual(
      unfinished.map(({ summary, findings }) => [summary.messageId, findings.failed]),
      [],
    );
    await sendByFour(port, hello, list);
    assert.equal(await count(), distinct);
  });
}
