import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { SettingKey } from '../../delivery/config.ts';
import type { Parts } from '../../delivery/open.ts';
import type { NewAccount } from '../../delivery/store/store.ts';
import { backend } from '../support/backend.ts';
import { openTestParts } from '../support/door-process.ts';
import { type SmtpDoor, startHaraka } from '../support/haraka.ts';
import { type Dialogue, openDialogue } from '../support/smtp-dialogue.ts';
import { behindTrace, storedEmails } from '../support/stored.ts';

interface Flow {
  readonly door: SmtpDoor;
  readonly parts: Parts;
  /** Octets of each message that the account holds, newest first. */
  stored(address: string): Promise<string[]>;
}

const people: readonly NewAccount[] = [
  { address: 'ada@example.org', aliases: ['a.d.a@example.org'] },
  { address: 'bob@example.org' },
  { address: 'sealed@example.org', custody: 'client' },
];

async function openFlow(
  t: TestContext,
  {
    settings = {},
    accounts = people,
  }: { settings?: Partial<Record<SettingKey, unknown>>; accounts?: readonly NewAccount[] } = {},
): Promise<Flow> {
  const config = await backend.prepare(t, settings);
  const parts = await openTestParts(t, config, accounts);
  const door = await startHaraka(t, config);
  return {
    door,
    parts,
    stored: async address => (await storedEmails(parts, address)).map(email => email.octets),
  };
}

async function begin(peer: Dialogue, ...paths: string[]): Promise<void> {
  await peer.say('MAIL FROM:<sender@example.net>', /^250/);
  for (const path of paths) await peer.say(`RCPT TO:<${path}>`, /^250/);
  await peer.say('DATA', /^354/);
}

const plain = 'From: <sender@example.net>\r\nSubject: one\r\nMessage-ID: <1@example.net>\r\n\r\ntext\r\n';

test('a message is stored behind our trace fields, octet for octet, and answered 250', async t => {
  const { door, stored } = await openFlow(t);
  const peer = await door.greet();
  const messages = [
    plain,
    '',
    'no header here\r\nand no empty line\r\n',
    'Subject: dots\r\n\r\n.one\r\n..two\r\n.\r\n...\r\n',
    'Subject: 8-bit\r\n\r\n\xe9\xff\x80\x00\x01\r\n',
    `Subject: long\r\n\r\n${'x'.repeat(1_048_576)}\r\n`,
    `X-Long: ${'y'.repeat(70_000)}\r\n\r\nbody\r\n`,
    `${'Received: from a by b; c\r\n'.repeat(150)}Authentication-Results: mx.example.org; spf=pass\r\nSubject: r\r\n\r\nb\r\n`,
    '\r\nbody behind an empty header\r\n',
    'Subject: bare\r\n\r\none\ntwo\rthree\n.four\r\r\n',
  ];
  for (const message of messages) {
    await begin(peer, 'ada@example.org');
    peer.send(Buffer.from(`${message.replace(/(^|\r\n)\./g, '$1..')}.\r\n`, 'latin1'));
    await peer.expect(/^250 2\.0\.0 /);
  }
  await peer.say('QUIT', /^221/);
  const kept = (await stored('ada@example.org')).map(behindTrace);
  assert.deepEqual(
    kept.map(octets => octets.length).sort((a, b) => a - b),
    messages.map(message => message.length).sort((a, b) => a - b),
  );
  assert.deepEqual(new Set(kept), new Set(messages));
});

test('the trace fields tell reverse-path, peer, protocol and TLS', async t => {
  const { door, stored } = await openFlow(t);
  const peer = await openDialogue(door.port);
  await peer.expect(/^220 mx\.example\.org ESMTP/);
  const features = await peer.say('EHLO client.example.net', /^250-/);
  assert.match(features, /PIPELINING[\s\S]*8BITMIME[\s\S]*SMTPUTF8[\s\S]*SIZE 52428800[\s\S]*STARTTLS/);
  await peer.say('STARTTLS', /^220/);
  await peer.startTls();
  await peer.say('EHLO client.example.net', /^250-/);
  await peer.say('MAIL FROM:<é@example.net> SMTPUTF8 BODY=8BITMIME SIZE=200', /^250/);
  await peer.say('RCPT TO:<ada+detail@example.org>', /^250/);
  await peer.say('DATA', /^354/);
  peer.send(`${plain}.\r\n`);
  await peer.expect(/^250/);
  await peer.say('QUIT', /^221/);
  const [octets = ''] = await stored('ada@example.org');
  const text = Buffer.from(octets, 'latin1').toString('utf8');
  assert.match(text, /^Return-Path: <é@example\.net>\r\n/);
  assert.match(text, /\r\nReceived: from client\.example\.net \(\[127\.0\.0\.1\]\)/);
  assert.match(text, /with UTF8SMTPS \(TLSv1\.3 TLS_[A-Z0-9_]+\) id [\w.-]+\r\n/);
  assert.match(text, /for <ada\+detail@example\.org>;/);
});

test('recipients: unknown 550 5.1.1, foreign 550 5.7.1, unsealable 452 4.7.5, too many 452 4.5.3', async t => {
  const { door, stored } = await openFlow(t, { settings: { 'smtp.maxRecipients': 2 } });
  const peer = await door.greet();
  await peer.say('MAIL FROM:<>', /^250/);
  await peer.say('RCPT TO:<nobody@example.org>', /^550 5\.1\.1 /);
  await peer.say('RCPT TO:<ada@elsewhere.example>', /^550 5\.7\.1 /);
  await peer.say('RCPT TO:<sealed@example.org>', /^452 4\.7\.5 /);
  await peer.say('RCPT TO:<no at sign>', /^501/);
  await peer.say('RCPT TO:<ADA@EXAMPLE.ORG>', /^250/);
  await peer.say('RCPT TO:<bob@example.org>', /^250/);
  await peer.say('RCPT TO:<a.d.a@example.org>', /^452 4\.5\.3 /);
  await peer.say('DATA', /^354/);
  peer.send(`${plain}.\r\n`);
  await peer.expect(/^250/);
  assert.equal((await stored('ada@example.org')).length, 1);
  assert.equal((await stored('bob@example.org')).length, 1);
  assert.match((await stored('ada@example.org'))[0] ?? '', /^Return-Path: <>\r\n/);
});

test('size: 552 5.3.4 at MAIL and after DATA, and the connection goes on', async t => {
  const { door, stored } = await openFlow(t, { settings: { 'smtp.maxSizeOctets': 2048 } });
  const peer = await door.greet();
  await peer.say('MAIL FROM:<x@example.net> SIZE=2049', /^552 5\.3\.4 /);
  await begin(peer, 'ada@example.org');
  peer.send(`${'z'.repeat(5000)}\r\n.\r\n`);
  await peer.expect(/^552 5\.3\.4 /);
  await begin(peer, 'ada@example.org');
  peer.send(`${plain}.\r\n`);
  await peer.expect(/^250/);
  assert.equal((await stored('ada@example.org')).length, 1);
});

const falseEnds = [
  '\n.\n',
  '\n.\r\n',
  '\r\n.\n',
  '\r.\r\n',
  '\r.\r',
  '\r\n.\r',
  '\r.\n',
  '\r\n.\r\r\n',
  '\r\r\n.\n',
];

test('smuggling: a false end of data ends nothing but the connection, and what follows is not obeyed', async t => {
  const { door, stored } = await openFlow(t);
  const smuggled =
    'MAIL FROM:<evil@example.net>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\nSubject: in\r\n\r\nx\r\n.\r\n';
  for (const end of falseEnds) {
    const peer = await door.greet();
    await begin(peer, 'ada@example.org');
    peer.send(`Subject: out\r\n\r\ntext${end}${smuggled}`);
    await peer.expect(/^554 5\.6\.0 /);
    assert.equal(await peer.closed(), '', JSON.stringify(end));
  }
  assert.deepEqual(await stored('bob@example.org'), []);
  assert.deepEqual(await stored('ada@example.org'), []);
});

test('pipelining: a whole session in one write, with several messages, is answered in order', async t => {
  const { door, stored } = await openFlow(t);
  const peer = await door.greet();
  const one = (number: number) =>
    `MAIL FROM:<s@example.net>\r\nRCPT TO:<ada@example.org>\r\nRCPT TO:<nobody@example.org>\r\nDATA\r\nSubject: ${number}\r\n\r\n${number}\r\n.\r\n`;
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  peer.send(`${numbers.map(one).join('')}QUIT\r\n`);
  for (const _ of numbers) {
    for (const pattern of [/^250/, /^250/, /^550 5\.1\.1/, /^354/, /^250 2\.0\.0/])
      await peer.expect(pattern);
  }
  await peer.expect(/^221/);
  assert.equal((await stored('ada@example.org')).length, 20);
});

test('a pipelining client does not wait for delayed acknowledgements', async t => {
  const { door } = await openFlow(t, { settings: { 'smtp.maxErrors': 0 } });
  const peer = await door.greet();
  const times: number[] = [];
  for (let round = 0; round < 30; round++) {
    const startedAt = performance.now();
    peer.send('MAIL FROM:<s@example.net>\r\nRCPT TO:<nobody@example.org>\r\nRSET\r\n');
    for (const pattern of [/^250/, /^550/, /^250/]) await peer.expect(pattern);
    times.push(performance.now() - startedAt);
  }
  const median = times.sort((a, b) => a - b)[15] ?? 0;
  assert.ok(median < 35, `half of the groups took more than ${median} ms; with Nagle's algorithm it is 40`);
});

test('a message sent again is stored once', async t => {
  const { door, stored } = await openFlow(t);
  const peer = await door.greet();
  for (const _ of [1, 2, 3]) {
    await begin(peer, 'ada@example.org', 'bob@example.org');
    peer.send(`${plain}.\r\n`);
    await peer.expect(/^250/);
  }
  assert.equal((await stored('ada@example.org')).length, 1);
  assert.equal((await stored('bob@example.org')).length, 1);
});

test('order of commands, parameters, RSET, VRFY and EXPN, control characters, an early end', async t => {
  const { door, stored } = await openFlow(t);
  const peer = await door.greet();
  await peer.say('RCPT TO:<ada@example.org>', /^503/);
  await peer.say('DATA', /^503/);
  await peer.say('VRFY ada', /^252/);
  assert.doesNotMatch(await peer.say('EXPN staff', /^5\d\d/), /ada@/);
  await peer.say('MAIL FROM:<a\rb@example.net>', /^50[01]/);
  for (const word of ['X-UNKNOWN=1', 'RET=HDRS', 'BODY=BINARYMIME'])
    await peer.say(`MAIL FROM:<a@example.net> ${word}`, /^555 5\.5\.4 /);
  await peer.say('MAIL FROM:<a@example.net> body=8bitmime size=1 smtputf8', /^250/);
  await peer.say('RCPT TO:<ada@example.org> NOTIFY=NEVER', /^555 5\.5\.4 /);
  await peer.say('EHLO a\rX-Injected: 1', /^50[01]/);
  await begin(peer, 'ada@example.org');
  peer.send('Subject: half a mess');
  peer.drop();
  const next = await door.greet();
  await next.say('MAIL FROM:<first@example.net>', /^250/);
  await next.say('RCPT TO:<bob@example.org>', /^250/);
  await next.say('RSET', /^250/);
  await next.say('DATA', /^503/);
  await begin(next, 'ada@example.org');
  next.send(`${plain}.\r\n`);
  await next.expect(/^250/);
  assert.deepEqual(await stored('bob@example.org'), []);
  assert.equal((await stored('ada@example.org')).length, 1);
});

test('one connection more than allowed is answered 421', async t => {
  const { door } = await openFlow(t, { settings: { 'smtp.maxConnections': 2 } });
  const [first] = await Promise.all([door.greet(), door.greet()]);
  const third = await openDialogue(door.port);
  await third.expect(/^421 4\.3\.2 /);
  await third.closed();
  await first.say('QUIT', /^221/);
  await first.closed();
  await (await door.greet()).say('NOOP', /^250/);
});

test('at shutdown a message under way is stored and answered, idle connections are told 421', async t => {
  const { door, stored } = await openFlow(t);
  const idle = await door.greet();
  const busy = await door.greet();
  await begin(busy, 'ada@example.org');
  busy.send('Subject: late\r\n\r\n');
  const stopped = door.stop();
  await idle.expect(/^421 4\.3\.2 /);
  busy.send('text\r\n.\r\n');
  await busy.expect(/^250/);
  await busy.expect(/^421/);
  assert.equal(await stopped, 0, door.log.join('\n'));
  assert.equal((await stored('ada@example.org')).length, 1);
});
