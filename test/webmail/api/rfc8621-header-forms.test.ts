import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMessage } from '../../../delivery/message/message.ts';
import { MethodError } from '../../../webmail/api/jmap/errors.ts';
import { dateWithOffset, headerValue, readHeaderProperty } from '../../../webmail/api/jmap/header-forms.ts';

const message = parseMessage(
  Buffer.from(
    [
      'Subject: =?utf-8?q?Caf=C3=A9?= =?utf-8?q?_noir?=',
      'From: "A, B" <a@example.org>, c@example.net',
      'To: Friends: d@example.org, E <e@example.org>;, f@example.org',
      'Date: Sun, 1 Mar 2026 14:12:00 +0130 (note)',
      'References: <one@example.org>',
      ' <two@example.org>',
      'List-Unsubscribe: <mailto:u@example.org>, <https://example.org/u>',
      'X-Note: first',
      'X-Note:  second ',
      '',
      'body',
    ].join('\r\n'),
  ),
);

function valueOfProperty(property: string): unknown {
  const header = readHeaderProperty(property);
  assert.ok(header);
  return headerValue(message.root.fields, header);
}

test('§4.1.2.1 raw is what stands behind the colon', () => {
  assert.equal(valueOfProperty('header:X-Note'), '  second ');
  assert.deepEqual(valueOfProperty('header:x-note:all'), [' first', '  second ']);
  assert.equal(valueOfProperty('header:X-None'), null);
  assert.deepEqual(valueOfProperty('header:X-None:all'), []);
});

test('§4.1.2.2 text is decoded and unfolded', () => {
  assert.equal(valueOfProperty('header:Subject:asText'), 'Café noir');
  assert.deepEqual(valueOfProperty('header:X-Note:asText:all'), ['first', 'second']);
});

test('§4.1.2.3 addresses lose their groups', () => {
  assert.deepEqual(valueOfProperty('header:From:asAddresses'), [
    { name: 'A, B', email: 'a@example.org' },
    { name: null, email: 'c@example.net' },
  ]);
  assert.deepEqual(valueOfProperty('header:To:asAddresses'), [
    { name: null, email: 'd@example.org' },
    { name: 'E', email: 'e@example.org' },
    { name: null, email: 'f@example.org' },
  ]);
});

test('§4.1.2.4 grouped addresses keep them', () => {
  assert.deepEqual(valueOfProperty('header:To:asGroupedAddresses'), [
    {
      name: 'Friends',
      addresses: [
        { name: null, email: 'd@example.org' },
        { name: 'E', email: 'e@example.org' },
      ],
    },
    { name: null, addresses: [{ name: null, email: 'f@example.org' }] },
  ]);
});

test('§4.1.2.5 message identifiers lose their brackets', () => {
  assert.deepEqual(valueOfProperty('header:References:asMessageIds'), ['one@example.org', 'two@example.org']);
});

test('§4.1.2.6 dates keep their offset', () => {
  assert.equal(valueOfProperty('header:Date:asDate'), '2026-03-01T14:12:00+01:30');
  assert.equal(dateWithOffset('Sun, 1 Mar 2026 14:12:00 GMT'), '2026-03-01T14:12:00Z');
  assert.equal(dateWithOffset('Sun, 1 Mar 2026 14:12:00 -0000'), '2026-03-01T14:12:00Z');
  assert.equal(dateWithOffset('never'), null);
});

test('§4.1.2.7 URLs lose their brackets', () => {
  assert.deepEqual(valueOfProperty('header:List-Unsubscribe:asURLs'), [
    'mailto:u@example.org',
    'https://example.org/u',
  ]);
});

test('§4.1.2 a form is refused on a field it is not for', () => {
  for (const property of [
    'header:From:asText',
    'header:Subject:asAddresses',
    'header:Date:asMessageIds',
    'header:Received:asText',
    'header:Subject:asNothing',
    'header:Subject:asText:all:all',
    'header:',
    'header:A B',
    'header:Subject:__proto__',
  ]) {
    assert.throws(
      () => readHeaderProperty(property),
      (error: unknown) => error instanceof MethodError && error.type === 'invalidArguments',
      property,
    );
  }
});
