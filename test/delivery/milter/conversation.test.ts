import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Command, readCommand } from '../../../delivery/milter/command.ts';
import { Conversation, type Submission } from '../../../delivery/milter/conversation.ts';
import type { Judgement } from '../../../delivery/milter/judgement.ts';
import { MilterFault, type Packet, PacketReader } from '../../../delivery/milter/packet.ts';
import { openOctetBudget } from '../../../delivery/octet-budget.ts';

const accepted: Judgement = { outcome: 'judged', fields: [], reply: null };

function converse(judgement: Judgement = accepted) {
  const submissions: Submission[] = [];
  const sent: Packet[] = [];
  const reader = new PacketReader({ maxOctets: 100_000 });
  const conversation = new Conversation({
    judge: async submission => {
      submissions.push(submission);
      return judgement;
    },
    send: octets => void sent.push(...reader.read(octets)),
    onAgreement: () => {},
    maxOctets: 10_000,
    hostname: 'mx.example.org',
    room: openOctetBudget(10_000),
  });
  return {
    submissions,
    conversation,
    /** Takes the commands; gives the letters of what is answered. */
    async take(...commands: Command[]): Promise<string> {
      sent.length = 0;
      for (const command of commands) await conversation.take(command);
      return sent.map(({ letter }) => letter).join('');
    },
    payloads: () => sent.map(({ payload }) => Buffer.from(payload)),
  };
}

/** Offers as Postfix 3.7 and Sendmail 8.17 make them: all there is; and an old one that can do little. */
const modern: Command = { kind: 'negotiate', version: 6, actions: 0x1ff, steps: 0x1fffff };
const old: Command = { kind: 'negotiate', version: 2, actions: 0x1f, steps: 0x7f };

const macros = (about: string, ...pairs: [string, string][]): Command => ({
  kind: 'macros',
  about,
  macros: new Map(pairs),
});

const envelope: Command[] = [
  { kind: 'mail', path: 'zoe@example.net', parameters: [] },
  { kind: 'recipient', path: 'ada@example.org', parameters: [] },
];
const content: Command[] = [
  { kind: 'header', name: 'Subject', value: ' lunch' },
  { kind: 'endOfHeader' },
  { kind: 'body', octets: Buffer.from('At ') },
];
const end: Command = { kind: 'endOfMessage', octets: Buffer.from('noon?\r\n') };

test('a modern MTA waits for no answer but the last one, and is asked for the macros that are needed', async () => {
  const { take, payloads, submissions } = converse();
  assert.equal(await take(modern), 'O');
  const [answer = Buffer.alloc(0)] = payloads();
  assert.equal(answer.readUInt32BE(0), 6);
  assert.equal(answer.readUInt32BE(4), 0x1 | 0x10 | 0x100, 'fields, and the choice of macros; no quarantine');
  assert.equal(answer.readUInt32BE(8), 0x1cf380, 'all that needs no answer, and exact fields');
  assert.ok(answer.toString('latin1').includes('\0\0\0\x01{tls_version} {cipher}'));
  assert.equal(await take({ kind: 'connect', name: 'a', address: '192.0.2.1' }, ...envelope, ...content), '');
  assert.equal(await take(end), 'a');
  assert.equal(
    Buffer.from(submissions[0]?.arrival.raw ?? []).toString(),
    'Subject: lunch\r\n\r\nAt noon?\r\n',
  );
  assert.deepEqual(submissions[0]?.recipients, ['ada@example.org']);
  assert.equal(submissions[0]?.arrival.reversePath, 'zoe@example.net');
});

test('an old MTA gets an answer to each command, and its fields a space', async () => {
  const { take, submissions } = converse();
  await take(old);
  assert.equal(await take({ kind: 'connect', name: 'a', address: null }, { kind: 'helo', name: 'a' }), 'cc');
  assert.equal(await take(...envelope), 'cc');
  assert.equal(
    await take({ kind: 'header', name: 'Subject', value: 'lunch' }, { kind: 'endOfHeader' }, end),
    'cca',
  );
  assert.equal(Buffer.from(submissions[0]?.arrival.raw ?? []).toString(), 'Subject: lunch\r\n\r\nnoon?\r\n');
});

test('the session is what connection, HELO and macros tell', async () => {
  const { take, submissions } = converse();
  await take(
    modern,
    { kind: 'connect', name: 'mail.example.net', address: '2001:db8::1' },
    { kind: 'helo', name: 'plain.example.net' },
    macros('H', ['tls_version', 'TLSv1.3'], ['cipher', 'TLS_AES_256_GCM_SHA384']),
    { kind: 'helo', name: 'mail.example.net' },
    macros('M', ['auth_authen', 'zoe']),
    ...envelope,
    macros('E', ['i', '4WxYz']),
    ...content,
    end,
  );
  await take(macros('M'), ...envelope, ...content, end);
  assert.deepEqual(submissions[0]?.arrival.session, {
    source: 'live',
    remoteAddress: '2001:db8::1',
    remoteName: 'mail.example.net',
    helo: 'mail.example.net',
    tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
    authenticatedUser: 'zoe',
  });
  assert.equal(submissions[0]?.arrival.id, '4WxYz');
  assert.equal(
    submissions[1]?.arrival.session.authenticatedUser,
    null,
    'who signed in is told for each message',
  );
  assert.ok(submissions[1]?.arrival.session.tls);
});

test('a message that was aborted leaves nothing in the next one, nor does a client in the next client', async () => {
  const { take, submissions } = converse();
  await take(modern, { kind: 'connect', name: 'a', address: '192.0.2.1' }, ...envelope, ...content);
  assert.equal(await take({ kind: 'abort' }), '');
  await take(...envelope, ...content, end);
  assert.deepEqual(submissions[0]?.recipients, ['ada@example.org']);
  assert.equal(submissions[0]?.arrival.raw.byteLength, 'Subject: lunch\r\n\r\nAt noon?\r\n'.length);
  await take(
    { kind: 'nextConnection' },
    { kind: 'connect', name: '[x]', address: null },
    ...envelope,
    ...content,
    end,
  );
  const session = submissions[1]?.arrival.session;
  assert.deepEqual([session?.remoteAddress, session?.remoteName, session?.helo], [null, null, null]);
});

test('fields of the sender in our name go before ours come, and a reply ends a message', async () => {
  const fields = [
    { name: 'X-Caliopen-Authentication', value: 'spf=pass' },
    { name: 'X-Caliopen-Score', value: '0.1' },
  ];
  const passing = converse({ outcome: 'judged', fields, reply: null });
  const forged: Command = { kind: 'header', name: 'X-Caliopen-Score', value: ' 0' };
  await passing.take(modern);
  assert.equal(await passing.take(...envelope, forged, forged, ...content, end), 'mmiia');
  assert.deepEqual(
    passing.payloads().map(payload => payload.toString('latin1')),
    [
      '\0\0\0\x02X-Caliopen-Score\0\0',
      '\0\0\0\x01X-Caliopen-Score\0\0',
      '\0\0\0\0X-Caliopen-Score\0 0.1\0',
      '\0\0\0\0X-Caliopen-Authentication\0 spf=pass\0',
      '',
    ],
  );
  const refused = converse({ outcome: 'refused', fields: [], reply: '550 5.7.1 No 100%\r\n250 ok' });
  await refused.take(modern);
  assert.equal(await refused.take(...envelope, forged, ...content, end), 'y');
  assert.equal(refused.payloads()[0]?.toString(), '550 5.7.1 No 100?250 ok\0');
});

test('while the judging takes long the MTA sees signs of life, and none behind the end', async t => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const judged = Promise.withResolvers<Judgement>();
  const sent: string[] = [];
  const conversation = new Conversation({
    judge: () => judged.promise,
    send: octets => void sent.push(String.fromCharCode(octets[4] ?? 0)),
    onAgreement: () => {},
    maxOctets: 1000,
    hostname: 'mx.example.org',
    room: openOctetBudget(1000),
  });
  await conversation.take(modern);
  const taken = conversation.take(end);
  t.mock.timers.tick(30_000);
  judged.resolve(accepted);
  await taken;
  t.mock.timers.tick(30_000);
  assert.deepEqual(sent, ['O', 'p', 'p', 'p', 'a']);
});

test('nothing is done to a message that the MTA does not allow', async () => {
  const { take } = converse({
    outcome: 'judged',
    fields: [{ name: 'X-Caliopen-Score', value: '1' }],
    reply: null,
  });
  await take({ kind: 'negotiate', version: 6, actions: 0, steps: 0x1fffff });
  assert.equal(await take({ kind: 'header', name: 'X-Caliopen-Any', value: '' }, ...content, end), 'a');
});

test('commands before a negotiation, and a protocol that is too old, are faults', async () => {
  const { conversation } = converse();
  await assert.rejects(conversation.take(end), MilterFault);
  await assert.rejects(conversation.take({ ...old, version: 1 } as Command), MilterFault);
  assert.equal(await conversation.take({ kind: 'quit' }), false);
});

test('whatever packets come in whatever order, nothing but the fault of the protocol is thrown', async () => {
  const packet = fc.record({
    letter: fc.constantFrom(...'ODCHMRTLNBEUAK'),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(
        Buffer.from('00000006000001ff001fffff', 'hex'),
        Buffer.from('X-Caliopen-Score\0 0\0'),
        Buffer.from('<ada@example.org>\0SIZE=1\0'),
      ),
    ),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(packet, { maxLength: 20 }), async packets => {
      const { conversation } = converse();
      await conversation.take(modern);
      try {
        for (const each of packets) await conversation.take(readCommand(each));
      } catch (error) {
        assert.ok(error instanceof MilterFault, String(error));
      }
      conversation.close();
    }),
  );
});
