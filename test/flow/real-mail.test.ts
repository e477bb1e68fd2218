import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { test } from 'node:test';
import {
  equalBoundaries,
  hostileFields,
  longBodyLine,
  manyParts,
  nestedMessages,
  nestedMultiparts,
} from '../fixtures/hostile/messages.ts';
import { openTestParts, startDoor, testConfig } from '../support/door-process.ts';
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
async function sendByFour(port: number, list: readonly Sample[]): Promise<void> {
  await Promise.all(
    [0, 1, 2, 3].map(async part => {
      const peer = await openDialogue(port);
      await peer.expect(/^220 /);
      await peer.say('LHLO mx.example.org', /^250-/);
      await sendAll(
        peer,
        list.filter((_, index) => index % 4 === part),
      );
      await peer.say('QUIT', /^221/);
    }),
  );
}

const title = folder
  ? `every message under ${folder} goes in over LMTP, and none twice when all are sent again`
  : 'every fixture goes in over LMTP, and none twice when all are sent again (CALIOPEN_REAL_MAIL names no archive)';

test(title, async t => {
  const list = samples();
  assert.ok(list.length > 0, 'there are messages');
  const digests = list.map(({ wire }) => createHash('sha256').update(wire()).digest('hex'));
  const distinct = new Set(digests).size;
  const config = testConfig(t, { 'judge.threads': 2 });
  const { store } = await openTestParts(t, config, [{ address: 'ada@example.org' }]);
  const door = await startDoor(t, 'lmtp', config);
  const account = await store.getAccountByAddress('ada@example.org');
  const count = async () => {
    const tags = await store.listTags(account?.id ?? '');
    return tags.reduce((sum, tag) => sum + tag.totalEmails, 0);
  };
  await sendByFour(door.ports.lmtp ?? 0, list);
  assert.equal(await count(), distinct);
  await sendByFour(door.ports.lmtp ?? 0, list);
  assert.equal(await count(), distinct);
});
