import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readHops } from '../../../delivery/authenticate/hops.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import { type MessageEvidence, messageFacts } from '../../../delivery/privacy/collect.ts';
import { computeIndex } from '../../../delivery/privacy/index.ts';
import { authentication, contact, friend, notEncrypted, owner, session } from './evidence.ts';

/*
 * Nothing that a sender writes raises an index (PRIVACY-INDEX.md, first rule). The sender here is a stranger, or
 * somebody whose address nobody confirms: what they add to the header must not be worth a point. Trace fields are
 * apart: they may win the few points of `earlierHops`, never anything else.
 */

const token = '9f86d081884c7d659a2feaa0';
const pixel = '<img src="https://x.example/a.gif" width=1 height=1>';
const others = Array.from({ length: 8 }, (_, at) => `person${at}@else.example`);
const contacts = [
  contact(friend, 90),
  contact('person1@else.example', 80),
  contact('person2@else.example', 100),
];

const bodies = [
  { type: 'text/plain', text: 'hello' },
  { type: 'text/plain', text: `https://x.example/?u=${token}` },
  { type: 'text/html', text: `<p>hello ${pixel}` },
  { type: 'text/html', text: '<p>hello <img src="https://x.example/a.png">' },
  { type: 'text/html', text: `<a href="https://x.example/${token}">hello</a>` },
];

const address = fc.constantFrom(owner, friend, 'stranger@else.example', ...others);
const addresses = fc.array(address, { maxLength: 7 }).map(list => list.join(', '));
type Base = typeof base extends fc.Arbitrary<infer Value> ? Value : never;
const base = fc.record({
  from: fc.constantFrom(friend, 'stranger@else.example', owner),
  to: addresses,
  cc: addresses,
  body: fc.constantFrom(...bodies),
  receipt: fc.boolean(),
  list: fc.boolean(),
  structure: fc.boolean(),
});

const fieldNames = [
  'From',
  'Sender',
  'Reply-To',
  'To',
  'Cc',
  'Bcc',
  'Subject',
  'List-Id',
  'List-Unsubscribe',
  'List-Post',
  'Authentication-Results',
  'ARC-Authentication-Results',
  'ARC-Seal',
  'Received-SPF',
  'DKIM-Signature',
  'Autocrypt',
  'X-Caliopen-Privacy',
  'X-Caliopen-Index',
  'X-Spam-Status',
  'Return-Path',
  'Precedence',
  'MIME-Version',
  'Content-Type',
  'Content-Transfer-Encoding',
  'Content-Disposition',
  'Disposition-Notification-To',
  'Message-ID',
  'References',
  'In-Reply-To',
  'X-Originating-IP',
  'HP-Outer',
  'Resent-From',
  'Resent-To',
];
const values = [
  '',
  `<${owner}>`,
  friend,
  others.join(', '),
  'undisclosed-recipients:;',
  'mx.demo.example; dmarc=pass header.from=friend.example',
  'pass',
  'text/plain',
  'text/plain; protected-headers="v1"',
  'text/html',
  'multipart/mixed; boundary=none',
  'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=none',
  'application/pkcs7-mime; smime-type=enveloped-data',
  'message/rfc822',
  'application/octet-stream',
  'base64',
  'quoted-printable',
  'attachment',
  'inline',
  'A',
  '100',
  '...',
  '<>',
  'no',
];
const addedField = fc.record({
  name: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...fieldNames) },
    fc.stringMatching(/^[A-Za-z-]{1,20}$/),
  ),
  value: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...values) },
    fc.string({ maxLength: 60 }).map(text => text.replace(/[\r\n]/g, ' ')),
  ),
});
const added = fc.array(addedField, { minLength: 1, maxLength: 4 });

function evidenceFor(raw: string): MessageEvidence {
  const message = parseMessage(Buffer.from(raw));
  const { originators, destinations } = message;
  const named = [...originators.from, ...destinations.to, ...destinations.cc].map(
    each => `email:${each.address}`,
  );
  return {
    session,
    message,
    authentication: authentication('none', null, { hops: readHops(message) }),
    decrypt: notEncrypted,
    harmful: false,
    participants:
      message.listId === null
        ? [...new Set(named)].filter(each => each !== `email:${owner}`)
        : [`list:${message.listId}`],
    ownAddresses: [owner],
    contacts,
    habit: 1,
    custody: 'open',
    storage: 'clear',
  };
}

function baseHeader({ from, to, cc, body, receipt, list, structure }: Base): string[] {
  return [
    `From: ${from}`,
    ...(to === '' ? [] : [`To: ${to}`]),
    ...(cc === '' ? [] : [`Cc: ${cc}`]),
    'Subject: demo',
    ...(structure || body.type !== 'text/plain' ? [`Content-Type: ${body.type}; charset=utf-8`] : []),
    ...(structure
      ? ['MIME-Version: 1.0', 'Content-Transfer-Encoding: 8bit', 'Content-Disposition: inline']
      : []),
    ...(receipt ? ['Disposition-Notification-To: a@b.example'] : []),
    ...(list ? ['List-Id: <demo.lists.example>'] : []),
  ];
}

function indexOf(
  header: readonly string[],
  body: string,
): ReturnType<typeof computeIndex> & { value: number } {
  return computeIndex('message', messageFacts(evidenceFor([...header, '', body, ''].join('\r\n'))));
}

test('no header field that a sender adds, before or behind the others, raises the index', () => {
  fc.assert(
    fc.property(base, added, fc.boolean(), (given, fields, isInFront) => {
      const header = baseHeader(given);
      const more = fields.map(({ name, value }) => `${name}: ${value}`);
      const before = indexOf(header, given.body.text);
      const after = indexOf(isInFront ? [...more, ...header] : [...header, ...more], given.body.text);
      assert.ok(after.value <= before.value, `${before.value} became ${after.value}`);
      for (const [at, fact] of after.facts.entries()) {
        assert.ok(fact.points <= (before.facts[at]?.points ?? 0), `${fact.id} won points`);
      }
    }),
    { numRuns: 3000 },
  );
});

test('a trace field that a sender writes wins points for earlierHops alone', () => {
  const received = fc
    .constantFrom('ESMTPS', 'ESMTP', 'SMTP', 'LMTP', 'ESMTPSA', 'local')
    .map(
      word =>
        `Received: from a.example (a.example [192.0.2.9]) by b.example with ${word} id x; Mon, 6 Jan 2025 10:00:00 +0000`,
    );
  fc.assert(
    fc.property(base, fc.array(received, { maxLength: 4 }), (given, traces) => {
      const header = baseHeader(given);
      const before = indexOf(header, given.body.text);
      const after = indexOf([...traces, ...header], given.body.text);
      for (const [at, fact] of after.facts.entries()) {
        if (fact.id !== 'earlierHops') assert.deepEqual(fact, before.facts[at]);
      }
      assert.ok(after.value - before.value <= 3);
    }),
    { numRuns: 300 },
  );
});
