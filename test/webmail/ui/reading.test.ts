import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodedValue, fieldsAsText } from '../../../webmail/ui/header-text.ts';
import { isOwn, isOwnAddress } from '../../../webmail/ui/own.ts';
import type { State } from '../../../webmail/ui/state.ts';

test('a field is read on one line with its encoded words decoded', () => {
  for (const [value, shown] of [
    [' Signs', 'Signs'],
    [' one\r\n two', 'one two'],
    [' =?UTF-8?Q?Des_pi=C3=A8ces?=', 'Des pièces'],
    [' =?utf-8?B?w6k=?= =?utf-8?B?dMOp?=', 'été'],
    [' =?utf-8?B?w6nDqcM=?=\n =?utf-8?B?qQ==?=', 'ééé'],
    [' =?iso-8859-1*fr?Q?d=E9j=E0?= vu <a@b.example>', 'déjà vu <a@b.example>'],
    [' =?no-such-charset?Q?abc?=', 'abc'],
    [' =?utf-8?Q?=GG?=', '=GG'],
    [' =?utf-8?X?abc?=', '=?utf-8?X?abc?='],
  ] as const)
    assert.equal(decodedValue(value), shown, value);
});

test('property: any value is read as something', () => {
  const word = fc
    .tuple(fc.string(), fc.constantFrom('B', 'q'), fc.string())
    .map(each => `=?${each.join('?')}?=`);
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string({ unit: 'binary' }))), pieces => {
      assert.equal(typeof decodedValue(pieces.join(' ')), 'string');
    }),
  );
});

test('fields are copied as they came', () => {
  const fields = [
    { name: 'Subject', value: ' one\n two' },
    { name: 'X-A', value: 'b' },
  ];
  assert.equal(fieldsAsText(fields), 'Subject: one\n two\nX-A:b');
});

const session = { address: 'Owner@example.org' } as State['session'];
const tags = [
  { id: 's', role: 'sent' },
  { id: 'i', role: 'inbox' },
] as unknown as State['tags'];

function email(address: string, tag: string, marks: readonly 'forged'[] = []) {
  const privacyBrief = { value: null, level: null, upTo: null, marks, sealed: false };
  return { from: [{ name: null, email: address }], mailboxIds: { [tag]: true as const }, privacyBrief };
}

test('one’s own messages are those under Sent and those of one’s own address', () => {
  const own = (...each: Parameters<typeof email>) => isOwn(email(...each), { tags, session });
  assert.ok(own('owner@example.org', 'i'));
  assert.ok(own('owner+garden@EXAMPLE.org', 'i'));
  assert.ok(own('alias@example.org', 's'));
  assert.ok(!own('friend@example.org', 'i'));
  assert.ok(!isOwnAddress('owner@example.org', null));
});

test('who poses as the owner is not told apart as the owner', () => {
  assert.ok(!isOwn(email('owner@example.org', 'i', ['forged']), { tags, session }));
});
