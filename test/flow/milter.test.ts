import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { openCertificate } from '../../delivery/certificate.ts';
import type { Config, SettingKey } from '../../delivery/config.ts';
import { encodePacket } from '../../delivery/milter/packet.ts';
import { type DoorProcess, startDoor, testConfig } from '../support/door-process.ts';
import { openNextServer } from '../support/next-server.ts';
import { poll } from '../support/poll.ts';
import { type Postfix, startMilterPostfix } from '../support/postfix.ts';
import { requireService } from '../support/services.ts';
import { type Dialogue, openDialogue } from '../support/smtp-dialogue.ts';

/** A Postfix that asks a milter door and sends on what it takes. */
interface Site {
  readonly config: Config;
  readonly door: DoorProcess;
  readonly postfix: Postfix;
  /** What came through, oldest first. */
  readonly mails: readonly string[];
}

async function openSite(
  t: TestContext,
  program: string,
  settings: Partial<Record<SettingKey, unknown>> = {},
): Promise<Site> {
  const config = testConfig(t, settings);
  const door = await startDoor(t, 'milter', config);
  const { certificateFile, keyFile } = await openCertificate(config);
  const sink = await openNextServer(t);
  const postfix = await startMilterPostfix(t, {
    program,
    milterPort: door.ports.milter ?? 0,
    relayPort: sink.port,
    settings: [
      'smtp_line_length_limit = 0',
      'smtpd_tls_security_level = may',
      `smtpd_tls_cert_file = ${certificateFile}`,
      `smtpd_tls_key_file = ${keyFile}`,
    ],
  });
  return { config, door, postfix, mails: sink.mails };
}

async function greet({ postfix }: Site): Promise<Dialogue> {
  const peer = await openDialogue(postfix.port);
  await peer.expect(/^220 /);
  await peer.say('EHLO client.example.net', /^250-/);
  return peer;
}

async function send(peer: Dialogue, octets: string, recipient = 'ada@example.org'): Promise<string> {
  await peer.say('MAIL FROM:<sender@example.net>', /^250/);
  await peer.say(`RCPT TO:<${recipient}>`, /^250/);
  await peer.say('DATA', /^354/);
  peer.send(Buffer.from(`${octets.replace(/^\./gm, '..')}.\r\n`, 'latin1'));
  return peer.expect(/^\d{3} /);
}

/** The mail that came through with this Message-ID. */
function arrived({ mails, postfix }: Site, id: string): Promise<string> {
  return poll(
    `${id}\n${postfix.log()}`,
    () => mails.find(mail => mail.includes(`<${id}@example.net>`)),
    30_000,
  );
}

function letter(id: string, extra: readonly string[] = [], body = 'At noon?\r\n'): string {
  const fields = [
    'From: Zoe <sender@example.net>',
    'To: ada@example.org',
    ...extra,
    'Subject: lunch',
    `Message-ID: <${id}@example.net>`,
    'Date: Mon, 2 Mar 2026 12:00:00 +0000',
  ];
  return `${fields.join('\r\n')}\r\n\r\n${body}`;
}

/** What the peer sent of a mail that came through: behind all fields of Postfix and ours. */
function sent(mail: string): string {
  return mail.slice(mail.search(/^(?:DKIM-Signature|From):/m));
}

const junk = letter(
  'junk',
  [],
  'Buy cheap viagra pills online now! You have won a lottery prize of $5,000,000. Click here to claim.\r\n' +
    'http://192.0.2.9/claim\r\n',
);

test('a real Postfix asks the milter door, which adds fields and leaves the octets alone', async t => {
  const program = requireService(t, 'postfix');
  if (!program) return;
  const site = await openSite(t, program, { 'smtp.maxSizeOctets': 100_000 });
  const peer = await greet(site);

  await t.test('one field for each stage, and none that a sender put in', async () => {
    const forged = [
      'X-Caliopen-Score: 0.0000; verdict=ham',
      'x-caliopen-score: again',
      'X-Caliopen-Any: a\r\n b',
      'Authentication-Results: mx.example.org; dmarc=pass',
      'Authentication-Results: (x)\r\n MX.example.org 1; dkim=pass',
    ];
    const foreign = 'Authentication-Results: lists.example.net; dmarc=pass';
    assert.match(await send(peer, letter('one', [...forged, foreign])), /^250/);
    const mail = await arrived(site, 'one');
    assert.match(mail, /^X-Caliopen-Authentication: spf=\w+; /m);
    assert.match(mail, /^X-Caliopen-Score: (?:0\.\d{4}|1\.0000); verdict=\w+; reasons=/m);
    assert.match(mail, /^X-Caliopen-Privacy: level=[A-E]; value=[\d.]+; /m);
    assert.equal(mail.match(/x-caliopen-/gi)?.length, 3, mail);
    assert.equal(sent(mail), letter('one', [foreign]));
    const [ours = '', ...others] = mail.match(/^Authentication-Results: (?:[^\r]|\r\n\t)*\r\n/gm) ?? [];
    assert.match(ours, /^Authentication-Results: mx\.example\.org;\r\n\tdkim=none;\r\n\tspf=\w+/);
    assert.match(ours, /;\r\n\tdmarc=\w+ header\.from=example\.net/);
    assert.deepEqual(others, [`${foreign}\r\n`]);
  });

  await t.test('message after message on one connection, with RSET in between', async () => {
    await peer.say('MAIL FROM:<other@example.net>', /^250/);
    await peer.say('RCPT TO:<bob@example.org>', /^250/);
    await peer.say('RSET', /^250/);
    for (const id of ['two', 'three']) {
      assert.match(await send(peer, letter(id)), /^250/);
      const mail = await arrived(site, id);
      assert.equal(mail.match(/x-caliopen-/gi)?.length, 3);
      assert.equal(sent(mail), letter(id));
    }
  });

  await t.test("the client's TLS is known from macros, and counts", async () => {
    const technical = (mail: string) => Number(/^X-Caliopen-Privacy: .*technical=(\d+)/m.exec(mail)?.[1]);
    const plain = technical(await arrived(site, 'three'));
    const other = await greet(site);
    await other.say('STARTTLS', /^220/);
    await other.startTls();
    await other.say('EHLO client.example.net', /^250-/);
    assert.match(await send(other, letter('tls')), /^250/);
    assert.ok(technical(await arrived(site, 'tls')) > plain);
    await other.say('QUIT', /^221/);
  });

  await t.test(
    'a signed message with folds, octets beyond ASCII and long lines stays as it was signed',
    async () => {
      const pair = generateKeyPairSync('ed25519');
      const raw = letter(
        'signed',
        ['X-Odd:no space,\r\n\t folded  ', 'X-Eight:  caf\xe9 '],
        `.dot\r\n${'y'.repeat(5000)}\r\n\r\ncaf\xe9  \r\n`,
      );
      const octets = Buffer.from(raw, 'latin1');
      const signature = {
        signingDomain: 'example.net',
        selector: 's1',
        privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      };
      const options = { ...signature, canonicalization: 'simple/simple', signatureData: [signature] };
      const { signatures } = await dkimSign(octets, options);
      const signed = `${signatures}${raw}`;
      assert.match(await send(peer, signed), /^250/);
      const mail = await arrived(site, 'signed');
      assert.equal(sent(mail), signed);
      const key = pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64');
      const checked = await dkimVerify(Buffer.from(mail, 'latin1'), {
        resolver: async () => [[`v=DKIM1; k=ed25519; p=${key}`]],
      });
      assert.equal(checked.results[0]?.status.result, 'pass');
    },
  );

  await t.test('a message over the limit passes and says so', async () => {
    assert.match(await send(peer, letter('large', [], `${'x'.repeat(900)}\r\n`.repeat(150))), /^250/);
    const mail = await arrived(site, 'large');
    assert.match(mail, /^X-Caliopen-Score: unknown; unjudged=too-large\r$/m);
  });

  await t.test('junk passes with its verdict: by default nothing is refused', async () => {
    assert.match(await send(peer, junk), /^250/);
    assert.match(await arrived(site, 'junk'), /^X-Caliopen-Score: [01]\.\d{4}; verdict=spam;/m);
  });

  await t.test('octets that are no milter protocol end their own connection, and are counted', async () => {
    for (const octets of [Buffer.from('GET / HTTP/1.1\r\n\r\n'), encodePacket('B'), Buffer.alloc(4)]) {
      await closedBy(site.door, octets);
    }
    const faults = () => site.door.log.filter(line => line.includes('"milterFault"')).length;
    await poll('three log lines', () => (faults() === 3 ? true : undefined));
    assert.match(await send(peer, letter('after')), /^250/);
    assert.match(await arrived(site, 'after'), /^X-Caliopen-Score: [01]\./m);
  });

  await t.test("when the door is gone Postfix's default action lets mail pass", async () => {
    assert.equal(await site.door.stop(), 0);
    const other = await greet(site);
    assert.match(await send(other, letter('alone')), /^250/);
    assert.ok(!(await arrived(site, 'alone')).includes('X-Caliopen-'));
    await other.say('QUIT', /^221/);
  });
});

test('what is above the bar is refused with a reason and a way to appeal, but never the way itself', async t => {
  const program = requireService(t, 'postfix');
  if (!program) return;
  const site = await openSite(t, program, { 'spam.rejectAt': 0.9 });
  const peer = await greet(site);
  assert.match(await send(peer, letter('ordinary')), /^250/);
  assert.match(
    await send(peer, junk),
    /^550 5\.7\.1 Message refused: it looks like spam \(.+\)\. If that is wrong, please tell postmaster@example\.org\r\n$/,
  );
  assert.match(await send(peer, junk.replace('<junk@', '<appeal@'), 'postmaster@example.org'), /^250/);
  assert.match(await arrived(site, 'appeal'), /^X-Caliopen-Score: .*verdict=reject/m);
  assert.equal(sent(await arrived(site, 'ordinary')), letter('ordinary'));
  assert.ok(!site.mails.some(mail => mail.includes('<junk@')));
  const web = await startDoor(t, 'web', site.config);
  const metrics = await (await fetch(`http://127.0.0.1:${web.ports.web}/metrics`)).text();
  assert.match(metrics, /^caliopen_milter_messages_total\{outcome="refused"\} 1$/m);
  assert.match(metrics, /^caliopen_milter_messages_total\{outcome="judged"\} 2$/m);
});

test('serve runs the milter door with the others where it is enabled', async t => {
  const door = await startDoor(t, null, testConfig(t, { 'milter.enabled': true }));
  assert.ok((door.ports.milter ?? 0) > 0);
  await closedBy(door, encodePacket('Q'));
  assert.equal(await door.stop(), 0);
});

/** Sends octets to the door and waits until it has closed the connection. */
function closedBy({ ports }: DoorProcess, octets: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: ports.milter ?? 0, host: '127.0.0.1' }, () => socket.write(octets));
    socket.on('error', reject);
    socket.on('data', () => {});
    socket.on('close', () => resolve());
  });
}
