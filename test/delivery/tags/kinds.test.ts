import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseMessage } from '../../../delivery/message/message.ts';
import { schemaTypesOf } from '../../../delivery/tags/kinds/schema-org.ts';
import { signs } from '../../../delivery/tags/kinds/signs.ts';
import { kindsOf } from '../../../delivery/tags/kinds/sort.ts';
import { reasonWords } from '../../../delivery/tags/words.ts';

/** Kinds of a message with this header and body. */
function kindsIn(
  header: readonly string[],
  body = 'Hello.',
  author: string | null = 'ada@example.net',
): string[] {
  const message = parseMessage(Buffer.from([...header, '', body, ''].join('\r\n')));
  return kindsOf(message, { outer: message, author }).map(({ kind }) => kind);
}

const html = 'Content-Type: text/html; charset=utf-8';
const unsubscribe = 'List-Unsubscribe: <https://news.example/u>';
const jsonLd = (type: string): string =>
  `<html><head><script type="application/ld+json">{"@context":"http://schema.org","@type":"${type}"}</script></head><p>x</p>`;
const calendar = (method: string): string => `BEGIN:VCALENDAR\r\nMETHOD:${method}\r\nEND:VCALENDAR`;

const cases: readonly [
  name: string,
  header: readonly string[],
  kinds: readonly string[],
  body?: string,
  author?: string,
][] = [
  ['a letter', ['Subject: lunch?'], []],
  ['a letter that speaks of an invoice', ['Subject: about your holiday'], [], 'I got the invoice, thanks.'],
  [
    'a discussion list',
    ['List-Id: <dev.lists.example>', 'List-Post: <mailto:dev@lists.example>', unsubscribe],
    ['list'],
  ],
  ['a list of old', ['X-BeenThere: dev@lists.example', 'X-Mailman-Version: 2.1'], ['list']],
  ['a list by its precedence', ['List-Id: <dev.lists.example>', 'Precedence: list'], ['list']],
  [
    'an announcement list that takes no posts',
    [
      'List-Id: <news.shop.example>',
      'List-Post: NO',
      unsubscribe,
      'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    ],
    ['newsletter'],
  ],
  ['a newsletter', [unsubscribe, 'Precedence: bulk'], ['newsletter']],
  [
    'a newsletter by its words',
    [unsubscribe, 'Subject: Notre lettre d’information de mai'],
    ['newsletter'],
    'Voir cet e-mail dans votre navigateur. Se désabonner',
  ],
  ['one unsubscribe link alone', [unsubscribe], []],
  ['a program', ['Auto-Submitted: auto-generated'], ['notification']],
  [
    'a security code',
    ['Subject: Votre code de vérification'],
    ['notification'],
    'Votre code : 123',
    'ne-pas-repondre@bank.example',
  ],
  [
    'an issue tracker',
    [
      'X-GitHub-Reason: mention',
      'List-Id: <r.o.github.com>',
      'List-Post: <mailto:r@reply.github.com>',
      unsubscribe,
    ],
    ['notification'],
  ],
  [
    'a bounce',
    ['Content-Type: multipart/report; report-type=delivery-status; boundary=b'],
    ['notification'],
    '--b\r\n\r\nx\r\n--b--',
  ],
  ['an order', [html], ['receipt'], jsonLd('Order')],
  ['a parcel', [html, unsubscribe, 'Precedence: bulk'], ['receipt'], jsonLd('ParcelDelivery')],
  [
    'an order as microdata',
    [html],
    ['receipt'],
    '<div itemscope itemtype="http://schema.org/Invoice"><meta itemprop="name" content="x"></div>',
  ],
  [
    'a bill in words',
    ['Subject: Votre facture de mai'],
    ['receipt'],
    'Montant total TTC : 42,00 €',
    'facturation@telecom.example',
  ],
  [
    'a confirmed order in words',
    ['Subject: Order confirmation #4711'],
    ['receipt'],
    'Total: $ 42.00',
    'no-reply@shop.example',
  ],
  ['an invitation', ['Content-Type: text/calendar; method=REQUEST'], ['invitation'], calendar('REQUEST')],
  ['an answer to one', ['Content-Type: text/calendar'], ['invitation'], calendar('REPLY')],
  ['a published calendar', ['Content-Type: text/calendar'], [], calendar('PUBLISH')],
  ['a flight', [html], ['travel'], jsonLd('FlightReservation')],
  ['a concert', [html, unsubscribe, 'Precedence: bulk'], ['travel'], jsonLd('EventReservation')],
  [
    'a booking in words',
    ['Subject: Confirmation de réservation'],
    ['travel'],
    'Bon voyage',
    'info@info.sncf-connect.com',
  ],
  [
    'a social network',
    [unsubscribe, 'Precedence: bulk', 'Subject: Ada commented on your photo'],
    ['social'],
    'x',
    'notification@facebookmail.com',
  ],
];

test('messages are sorted by their structure', () => {
  for (const [name, header, kinds, body, author] of cases) {
    assert.deepEqual([name, ...kindsIn(header, body, author)], [name, ...kinds]);
  }
});

test('a domain counts only where the author may be believed', () => {
  const header = ['Subject: hello'];
  assert.deepEqual(kindsIn(header, 'x', 'a@mail.linkedin.com'), ['social']);
  assert.deepEqual(kindsIn(header, 'x', null), []);
  assert.deepEqual(kindsIn(header, 'x', 'a@linkedin.com.evil.example'), []);
});

test('every sign has its words in both languages', () => {
  assert.equal(new Set(signs.map(({ id }) => id)).size, signs.length);
  for (const { id } of signs) {
    const { en, fr } = reasonWords({ tag: 'x', rule: `structure:${id}`, text: '' });
    assert.ok(/^[A-Z].+\.$/.test(en) && /^[A-ZÀÉ].+\.$/.test(fr) && en !== fr, id);
  }
});

test('types of schema.org are read from nested, listed and broken JSON', () => {
  const script = (json: string) => `<script type='Application/LD+JSON'>${json}</script>`;
  const types = (text: string) => [...schemaTypesOf(text)].sort();
  assert.deepEqual(types(script('[{"@type":["Order","Thing"],"x":{"@type":"https://schema.org/Offer"}}]')), [
    'Offer',
    'Order',
    'Thing',
  ]);
  assert.deepEqual(types(`${script('{"@type":')}${script('{"@type":"Invoice"}')}`), ['Invoice']);
  assert.deepEqual(types('<b itemtype="https://schema.org/Order https://other.example/Invoice">'), ['Order']);
  assert.deepEqual(types('<script>{"@type":"Order"}</script> schema.org'), []);
  assert.deepEqual(types(script(`${'['.repeat(5000)}${']'.repeat(5000)}`)), []);
});

test('any octets are sorted somehow', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), octets => {
      const message = parseMessage(octets);
      assert.ok(Array.isArray(kindsOf(message, { outer: message, author: null })));
    }),
  );
});
