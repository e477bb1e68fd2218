import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openCertificate } from '../../../delivery/certificate.ts';
import { systemClock } from '../../../delivery/clock.ts';
import { loadConfig } from '../../../delivery/config.ts';
import type { Arrival, Outcome } from '../../../delivery/delivery.ts';
import { DeliveryError } from '../../../delivery/errors.ts';
import { openLmtpDoor } from '../../../delivery/lmtp/lmtp-door.ts';
import { silentLog } from '../../../delivery/log.ts';
import { type OctetBudget, openOctetBudget } from '../../../delivery/octet-budget.ts';
import type { Recipients } from '../../../delivery/recipients.ts';
import { poll } from '../../support/poll.ts';
import { type Dialogue, openDialogue } from '../../support/smtp-dialogue.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

interface Door {
  readonly port: number;
  readonly arrivals: Arrival[];
  close(): Promise<void>;
}

type Deliver = (arrival: Arrival) => Promise<Outcome[]>;

const storeAll: Deliver = async ({ recipients }) =>
  recipients.map(({ forwardPath }, index) => ({ forwardPath, status: 'stored', emailId: `e${index}` }));

const recipients: Recipients = {
  async find(forwardPath) {
    if (forwardPath.startsWith('unknown@')) return { recipient: null, code: 'unknownRecipient' };
    if (forwardPath.startsWith('full@')) return { recipient: null, code: 'overQuota' };
    if (forwardPath.startsWith('broken@')) throw new DeliveryError('storeUnavailable');
    return { recipient: { forwardPath, accountId: `a-${forwardPath}` }, code: null };
  },
  learn() {},
};

async function openDoor(
  t: TestContext,
  {
    deliver = storeAll,
    settings = {},
    room,
  }: { deliver?: Deliver; settings?: Record<string, unknown>; room?: OctetBudget } = {},
): Promise<Door> {
  const config = loadConfig({
    overrides: { data: temporaryFolder(t), hostname: 'mx.example.org', 'lmtp.port': 0, ...settings },
  });
  const arrivals: Arrival[] = [];
  const door = await openLmtpDoor(config, {
    line: {
      deliver: arrival => {
        arrivals.push(arrival);
        return deliver(arrival);
      },
    },
    recipients,
    certificate: await openCertificate(config),
    deliveryLog: () => {},
    clock: systemClock,
    log: silentLog,
    ...(room ? { room } : {}),
  });
  t.after(() => door.close());
  return { port: door.port, arrivals, close: () => door.close() };
}

async function greet(port: number): Promise<Dialogue> {
  const peer = await openDialogue(port);
  await peer.expect(/^220 mx\.example\.org LMTP/);
  await peer.say('LHLO mta.example.org', /^250-/);
  return peer;
}

async function begin(peer: Dialogue, ...paths: string[]): Promise<void> {
  await peer.say('MAIL FROM:<sender@example.net>', /^250 2\.1\.0/);
  for (const path of paths) await peer.say(`RCPT TO:<${path}>`, /^250 2\.1\.5/);
  await peer.say('DATA', /^354/);
}

test('each recipient is answered for itself, in order, also one given twice', async t => {
  const { port } = await openDoor(t, {
    deliver: async ({ recipients: all }) =>
      all.map(({ forwardPath }) =>
        forwardPath.startsWith('b@')
          ? { forwardPath, status: 'deferred', code: 'sealingImpossible' }
          : { forwardPath, status: 'stored', emailId: 'e1' },
      ),
  });
  const peer = await greet(port);
  await begin(peer, 'a@example.org', 'b@example.org', 'a@example.org', 'c@example.org');
  peer.send('Subject: x\r\n\r\ntext\r\n.\r\n');
  await peer.expect(/^250 2\.0\.0/);
  await peer.expect(/^452 4\.7\.5 /);
  await peer.expect(/^250 2\.0\.0/);
  await peer.expect(/^250 2\.0\.0/);
  await peer.say('NOOP', /^250/);
  await peer.say('QUIT', /^221/);
});

test('nothing but an unknown recipient is answered 5xx', async t => {
  const { port } = await openDoor(t, {
    settings: { 'smtp.maxSizeOctets': 1024, 'smtp.maxRecipients': 2 },
    deliver: async ({ raw, recipients: all }) => {
      if (raw.length < 5) throw new DeliveryError('tooBusy');
      return all.map(({ forwardPath }) => ({ forwardPath, status: 'refused', code: 'messageRefused' }));
    },
  });
  const peer = await greet(port);
  await peer.say('MAIL FROM:<"odd path"@@example..net> SIZE=99999999 BODY=8BITMIME', /^250 2\.1\.0/);
  await peer.say('RCPT TO:<unknown@example.org>', /^550 5\.1\.1 /);
  await peer.say('RCPT TO:<full@example.org>', /^452 4\.2\.2 /);
  await peer.say('RCPT TO:<broken@example.org>', /^451 4\.3\.0 /);
  await peer.say('RCPT TO:<a@example.org>', /^250/);
  await peer.say('RCPT TO:<b@example.org>', /^250/);
  await peer.say('RCPT TO:<c@example.org>', /^452 4\.5\.3 /);
  await peer.say('DATA', /^354/);
  peer.send(`${'x'.repeat(70_000)}\r\n.\r\n`);
  await peer.expect(/^452 4\.3\.4 /);
  await peer.expect(/^452 4\.3\.4 /);
  await begin(peer, 'a@example.org');
  peer.send('long enough\r\n.\r\n');
  await peer.expect(/^451 4\.3\.0 /);
  await begin(peer, 'a@example.org');
  peer.send('x\r\n.\r\n');
  await peer.expect(/^451 4\.3\.0 /);
  await peer.say('QUIT', /^221/);
});

test('a message keeps its octets: dots, bare line endings, 8-bit, long lines, none at all', async t => {
  const { port, arrivals } = await openDoor(t);
  const peer = await greet(port);
  const bodies = [
    '',
    '\r\n',
    'no header, no ending but its own\r\n',
    '.leading\r\n..two\r\n.\r\nbehind\r\n',
    'bare\nline\n.feeds\n..\n.\nand\rreturns\r.\r\n',
    `${Buffer.from([0x80, 0xff, 0x00, 0xe9]).toString('latin1')}\r\n`,
    `${'y'.repeat(1_048_576)}\r\n`,
    `${'Received: by a\r\n'.repeat(150)}Authentication-Results: x; spf=pass\r\n\r\nbody\r\n`,
  ];
  for (const body of bodies) {
    await begin(peer, 'a@example.org');
    const stuffed = body.replace(/(^|\r\n)\./g, '$1..');
    peer.send(Buffer.from(`${stuffed}.\r\n`, 'latin1'));
    await peer.expect(/^250/);
    assert.ok(Buffer.from(body, 'latin1').equals(arrivals.at(-1)?.raw ?? Buffer.alloc(0)), body.slice(0, 60));
  }
});

test('XFORWARD names the client of one message; TLS comes from the trace field of the MTA', async t => {
  const { port, arrivals } = await openDoor(t);
  const peer = await greet(port);
  await peer.say('XFORWARD NAME=client.example.net ADDR=192.0.2.7 PORT=4711', /^250/);
  await peer.say('XFORWARD PROTO=ESMTP HELO=client.example.net SOURCE=REMOTE', /^250/);
  await begin(peer, 'a@example.org');
  const trace = [
    'Received: from client.example.net (client.example.net [192.0.2.7])',
    '\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))',
    '\tby mx.example.org (Postfix) with ESMTPS id 4711; Mon, 2 Mar 2026 12:00:00 +0000',
  ].join('\r\n');
  peer.send(`${trace}\r\nSubject: x\r\n\r\ntext\r\n.\r\n`);
  await peer.expect(/^250/);
  assert.deepEqual(arrivals[0]?.session, {
    source: 'xforward',
    remoteAddress: '192.0.2.7',
    remoteName: 'client.example.net',
    helo: 'client.example.net',
    tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
    authenticatedUser: null,
  });
  assert.equal(arrivals[0]?.trustedHops, 1);
  await begin(peer, 'a@example.org');
  peer.send('Received: from liar ([203.0.113.9]) by elsewhere.example; x\r\n\r\n.\r\n');
  await peer.expect(/^250/);
  assert.equal(arrivals[1]?.session.remoteAddress, null);
  assert.equal(arrivals[1]?.trustedHops, 0);
});

test('a peer that is not the MTA may not deliver', async t => {
  const { port, arrivals } = await openDoor(t, { settings: { 'lmtp.trustedAddresses': ['192.0.2.1'] } });
  const peer = await openDialogue(port);
  await peer.expect(/^421 4\.7\.0 /);
  await peer.closed();
  assert.equal(arrivals.length, 0);
});

test('commands of SMTP, pipelining, RSET and STARTTLS', async t => {
  const { port, arrivals } = await openDoor(t);
  const peer = await openDialogue(port);
  await peer.expect(/^220/);
  await peer.say('EHLO x', /^500/);
  const features = await peer.say('LHLO x', /^250-/);
  assert.doesNotMatch(features, /SIZE/, 'a size limit announced would make the MTA bounce');
  assert.match(features, /PIPELINING[\s\S]*8BITMIME[\s\S]*SMTPUTF8[\s\S]*ENHANCEDSTATUSCODES[\s\S]*STARTTLS/);
  await peer.say('STARTTLS', /^220/);
  await peer.startTls();
  await peer.say('LHLO x', /^250-/);
  peer.send('MAIL FROM:<>\r\nRCPT TO:<a@example.org>\r\nRSET\r\nMAIL FROM:<é@example.net> SMTPUTF8\r\n');
  peer.send('RCPT TO:<é@example.org>\r\nDATA\r\n');
  for (const pattern of [/^250/, /^250/, /^250/, /^250/, /^250/, /^354/]) await peer.expect(pattern);
  peer.send('x\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n');
  for (const pattern of [/^250 2\.0\.0/, /^250/, /^250/, /^354/]) await peer.expect(pattern);
  peer.send('.\r\nQUIT\r\n');
  await peer.expect(/^250/);
  await peer.expect(/^221/);
  assert.deepEqual(
    arrivals.map(({ protocol, reversePath, recipients: [first] }) => [
      protocol,
      reversePath,
      first?.forwardPath,
    ]),
    [
      ['UTF8LMTPS', 'é@example.net', 'é@example.org'],
      ['LMTPS', '', 'b@example.org'],
    ],
  );
});

test('a peer that leaves in the middle of the data delivers nothing; the door goes on', async t => {
  const { port, arrivals } = await openDoor(t);
  const peer = await greet(port);
  await begin(peer, 'a@example.org');
  peer.send('half a mess');
  peer.drop();
  await (await greet(port)).say('QUIT', /^221/);
  assert.equal(arrivals.length, 0);
});

test('messages that arrive at once share a room; what finds none is put off, who leaves gives it back', async t => {
  const whole = 50_000;
  const room = openOctetBudget(whole);
  const { port } = await openDoor(t, { room });
  const [first, second] = [await greet(port), await greet(port)];
  await begin(first, 'a@example.org');
  first.send(`Subject: x\r\n\r\n${'text\r\n'.repeat(5000)}`);
  await poll('the first to hold most of the room', () => !room.take(whole / 2) || room.give(whole / 2));
  await begin(second, 'a@example.org', 'b@example.org');
  second.send(`Subject: x\r\n\r\n${'text\r\n'.repeat(5000)}.\r\n`);
  await second.expect(/^452 4\.3\.1 /);
  await second.expect(/^452 4\.3\.1 /);
  first.drop();
  await poll('the room to be free again', () => room.take(whole) || undefined);
  room.give(whole);
  await begin(second, 'a@example.org');
  second.send('Subject: x\r\n\r\ntext\r\n.\r\n');
  await second.expect(/^250 2\.0\.0/);
  assert.ok(room.take(whole));
});

test('a socket file is for this user and its group, XFORWARD is believed there', async t => {
  const file = join(temporaryFolder(t), 'lmtp');
  const { arrivals } = await openDoor(t, { settings: { 'lmtp.address': `unix:${file}` } });
  assert.equal(statSync(file).mode & 0o777, 0o660);
  const peer = await openDialogue(file);
  await peer.expect(/^220 /);
  await peer.say('LHLO mta.example.org', /^250[ -]/);
  await peer.say('XFORWARD ADDR=192.0.2.7 NAME=mx.example.net', /^250/);
  await begin(peer, 'a@example.org');
  peer.send('Subject: x\r\n\r\ntext\r\n.\r\n');
  await peer.expect(/^250 2\.0\.0/);
  assert.equal(arrivals[0]?.session.remoteAddress, '192.0.2.7');
});

test('closing lets a message under way finish and ends idle connections', async t => {
  const { promise: stored, resolve: store } = Promise.withResolvers<void>();
  const { promise: begun, resolve: noteBegun } = Promise.withResolvers<void>();
  const { port, close } = await openDoor(t, {
    deliver: async arrival => {
      noteBegun();
      await stored;
      return storeAll(arrival);
    },
  });
  const idle = await greet(port);
  const busy = await greet(port);
  await begin(busy, 'a@example.org');
  busy.send('x\r\n.\r\n');
  await begun;
  const closing = close();
  await idle.expect(/^421 4\.3\.2/);
  store();
  await busy.expect(/^250 2\.0\.0/);
  await busy.say('NOOP', /^421/);
  await closing;
});
