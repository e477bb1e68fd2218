import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { SettingKey } from '../../delivery/config.ts';
import { backend } from '../support/backend.ts';
import { openTestParts, startDoor } from '../support/door-process.ts';
import { startHaraka } from '../support/haraka.ts';
import { memoryOf } from '../support/memory.ts';
import { poll } from '../support/poll.ts';
import { type Dialogue, openDialogue } from '../support/smtp-dialogue.ts';
import { storedEmails } from '../support/stored.ts';

async function openFlow(t: TestContext, settings: Partial<Record<SettingKey, unknown>> = {}) {
  const config = await backend.prepare(t, settings);
  const parts = await openTestParts(t, config, [{ address: 'ada@example.org' }]);
  return { parts, door: await startHaraka(t, config) };
}

async function deliver(peer: Dialogue, subject: string): Promise<void> {
  await peer.say('MAIL FROM:<s@example.net>', /^250/);
  await peer.say('RCPT TO:<ada@example.org>', /^250/);
  await peer.say('DATA', /^354/);
  peer.send(`Subject: ${subject}\r\n\r\ntext\r\n.\r\n`);
  await peer.expect(/^250/);
}

test('a client that guesses addresses or commands is cut off, one that delivers mail may err anew', async t => {
  const { door } = await openFlow(t, { 'smtp.maxErrors': 3 });
  const peer = await door.greet();
  const guess = async (reply: RegExp) => {
    await peer.say('MAIL FROM:<s@example.net>', /^250/);
    await peer.say('RCPT TO:<nobody@example.org>', reply);
  };
  for (const _ of [1, 2, 3]) {
    await guess(/^550 5\.1\.1/);
    await peer.say('RSET', /^250/);
  }
  await deliver(peer, 'one');
  await guess(/^550 5\.1\.1/);
  await peer.say('RCPT TO:<ada@elsewhere.example>', /^550 5\.7\.1/);
  await peer.say('BDAT 10 LAST', /^500/);
  await peer.say('AUTH PLAIN AGFkYQBwYXNzd29yZA==', /^421 4\.7\.0/);
  await peer.closed();
});

test('commands pipelined in the clear behind STARTTLS are never obeyed, at both doors', async t => {
  const config = await backend.prepare(t);
  const parts = await openTestParts(t, config, [{ address: 'ada@example.org' }]);
  const [smtp, lmtp] = await Promise.all([startHaraka(t, config), startDoor(t, 'lmtp', config)]);
  for (const [port, hello] of [
    [smtp.port, 'EHLO client.example.net'],
    [lmtp.ports.lmtp ?? 0, 'LHLO mta.example.org'],
  ] as const) {
    const peer = await openDialogue(port);
    await peer.expect(/^220 /);
    await peer.say(hello, /^250-/);
    peer.send('STARTTLS\r\nMAIL FROM:<evil@example.net>\r\nRCPT TO:<ada@example.org>\r\n');
    await peer.expect(/^220/);
    await peer.startTls();
    await peer.say(hello, /^250-/);
    await peer.say('DATA', /^503/);
    await peer.say('QUIT', /^221/);
  }
  assert.deepEqual(await storedEmails(parts, 'ada@example.org'), []);
});

test('whatever a client floods the door with, memory stays bounded and others are served', async t => {
  const { door } = await openFlow(t);
  const floods = [
    'x'.repeat(65_536),
    'RSET\r\n'.repeat(10_000),
    'NOOP\r\n'.repeat(10_000),
    'MAIL FROM:<a@example.net>\r\nRCPT TO:<nobody@example.org>\r\nRSET\r\n'.repeat(1000),
    '\0\xff\x16\x03\x01\n'.repeat(10_000),
  ];
  const before = memoryOf(door.process.pid ?? 0);
  const sockets = floods.flatMap(flood =>
    [1, 2].map(() => {
      const socket = connect(door.port, '127.0.0.1');
      const pump = () => {
        while (!socket.destroyed && socket.write(flood, 'latin1'));
      };
      socket.on('connect', () => {
        socket.write('EHLO flood.example.net\r\n');
        pump();
      });
      socket.on('drain', pump);
      socket.on('error', () => {});
      return socket;
    }),
  );
  const until = performance.now() + 6000;
  while (performance.now() < until) {
    const startedAt = performance.now();
    const peer = await door.greet();
    await peer.say('QUIT', /^221/);
    assert.ok(performance.now() - startedAt < 3000, 'the door answers others');
  }
  for (const socket of sockets) socket.destroy();
  const grown = memoryOf(door.process.pid ?? 0) - before;
  assert.ok(grown < 260_000_000, `${grown} octets more than before`);
});

test('a client that keeps a refused connection open is cut off soon', async t => {
  const { door } = await openFlow(t, { 'smtp.maxConnections': 1 });
  await door.greet();
  const socket = connect({ port: door.port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  socket.resume();
  const isGone = new Promise(resolve => socket.once('close', resolve));
  await new Promise(resolve => socket.once('end', resolve));
  await poll(
    'the reset',
    async () => {
      socket.write('x');
      return (await Promise.race([isGone, Promise.resolve('open')])) === 'open' ? undefined : true;
    },
    12_000,
  );
});

test('what a client writes never makes a log line of its own, and no message text is logged', async t => {
  const { door } = await openFlow(t, { 'log.level': 'debug' });
  const peer = await door.greet();
  await peer.say('EHLO a"}\\n{"level":"error"', /^[25]\d\d/);
  await peer.say('MAIL FROM:<"evil\x1b[2J line"@example.net>', /^[25]\d\d/);
  await peer.say('RSET', /^250/);
  await peer.say('MAIL FROM:<s@example.net>', /^250/);
  await peer.say('RCPT TO:<ada@example.org>', /^250/);
  await peer.say('DATA', /^354/);
  peer.send('Subject: marker-subject\r\n\r\nmarker-body\r\n.\r\n');
  await peer.expect(/^250/);
  await peer.say('QUIT', /^221/);
  assert.ok(door.log.length > 0);
  for (const line of door.log) assert.equal(typeof JSON.parse(line).event, 'string', line);
  assert.doesNotMatch(door.log.join('\n'), /marker-|\x1b/);
});

test('of two hundred connections at once the allowed ones are served, the others told 421, until some leave', async t => {
  const { door } = await openFlow(t, { 'smtp.maxConnections': 20 });
  const peers = await Promise.all(Array.from({ length: 200 }, () => openDialogue(door.port)));
  const greetings = await Promise.all(peers.map(peer => peer.expect(/^(220|421) /)));
  assert.equal(greetings.filter(text => text.startsWith('220')).length, 20);
  for (const peer of peers) peer.drop();
  await poll('a free place', async () => {
    const peer = await openDialogue(door.port);
    const greeting = await peer.expect(/^(220|421) /);
    peer.drop();
    return greeting.startsWith('220') ? true : undefined;
  });
});
