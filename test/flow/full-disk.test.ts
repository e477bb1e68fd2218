import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Config } from '../../delivery/config.ts';
import { type DoorProcess, openTestParts, startDoor, testConfig } from '../support/door-process.ts';
import { openJmapClient } from '../support/jmap-client.ts';
import { greetDoor, type MailDoor, sendMail } from '../support/mail-client.ts';
import { poll } from '../support/poll.ts';
import { childrenOf } from '../support/processes.ts';
import { requireSmallDisk } from '../support/small-disk.ts';
import { assertWhole, madeMessage } from '../support/whole.ts';

const address = 'ada@example.org';
const diskOctets = 24 * 1024 * 1024;

/** The replies to one message on a connection of its own, and what ended it when something did. */
async function tryToSend(door: MailDoor, octets: string): Promise<string> {
  const peer = await greetDoor(door);
  try {
    return (await sendMail(peer, door, { forwardPaths: [address], octets })).join('');
  } catch (error) {
    return String(error);
  } finally {
    peer.drop();
  }
}

test('a disk that fills up refuses mail for a while, breaks nothing, and mail goes on when there is room', async t => {
  const disk = requireSmallDisk(t, diskOctets);
  if (!disk) return;
  const config = testConfig(t, { data: join(disk.folder, 'data'), 'log.level': 'warn' });
  const parts = await openTestParts(t, config, [{ address }]);
  const doors = await startBoth(t, config);
  const client = await openJmapClient(parts, address);
  const web = (await startDoor(t, 'web', config)).ports.web ?? 0;
  await client.ask(web, 'Email/query', { limit: 1 });
  const taken: string[] = [];
  const replies: string[] = [];
  // From nothing to some: each place where a write can fail is met.
  for (let pages = 0; pages < 48; pages += 2) {
    const octets = madeMessage(
      `message${pages}`,
      randomBytes(pages % 6 === 0 ? 30_000 : 600).toString('hex'),
    );
    const door = doors[(pages / 2) % 2];
    assert.ok(door);
    disk.leave(pages * 2 * 4096);
    const reply = await tryToSend(door, octets);
    replies.push(reply);
    assert.match(reply, /^(250|45[12]) /, 'no bounce');
    if (reply.startsWith('250')) taken.push(octets);
    await client.ask(web, 'Email/query', { limit: 1 });
    disk.free();
    if (reply.startsWith('4')) {
      await poll('the message to be taken once there is room', async () =>
        /^250 /.test(await tryToSend(door, octets)) ? true : undefined,
      );
      taken.push(octets);
    }
  }
  assert.ok(
    replies.some(reply => reply.startsWith('452 4.3.1')) && replies.some(reply => reply.startsWith('250')),
  );
  await assertWhole(parts, address, taken);
});

async function startBoth(t: TestContext, config: Config): Promise<MailDoor[]> {
  const started: [MailDoor['name'], DoorProcess][] = [
    ['smtp', await startDoor(t, 'smtp', config)],
    ['lmtp', await startDoor(t, 'lmtp', config)],
  ];
  return started.map(([name, { ports }]) => ({ name, port: ports[name] ?? 0 }));
}

test('doors that fall on a full disk come back by themselves, and take mail when there is room', async t => {
  const disk = requireSmallDisk(t, diskOctets);
  if (!disk) return;
  const config = testConfig(t, { data: join(disk.folder, 'data') });
  const parts = await openTestParts(t, config, [{ address }]);
  const server = await startDoor(t, null, config);
  disk.leave(0);
  for (const id of childrenOf(server.process.pid ?? 0)) process.kill(id, 'SIGKILL');
  const sent: string[] = [];
  for (const name of ['smtp', 'lmtp'] as const) {
    const octets = madeMessage(name, 'text');
    const door: MailDoor = { name, port: server.ports[name] ?? 0 };
    const answered = (pattern: RegExp) => async () =>
      pattern.test(await tryToSend(door, octets).catch(() => 'gone')) || undefined;
    await poll(`${name} to be back and defer mail`, answered(/^45[12] /), 40_000);
    disk.free();
    await poll(`${name} to take mail`, answered(/^250 /), 40_000);
    disk.leave(0);
    sent.push(octets);
  }
  disk.free();
  await assertWhole(parts, address, sent);
});
