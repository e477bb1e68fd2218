import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MessageOctets } from '../../../delivery/milter/message-octets.ts';
import { openOctetBudget } from '../../../delivery/octet-budget.ts';

function open(maxOctets = 10_000, roomOctets = 10_000) {
  const room = openOctetBudget(roomOctets);
  return { room, message: new MessageOctets({ maxOctets, room, hostname: 'mx.example.org' }) };
}

test('fields and pieces of the body become the octets that were sent, with CRLF in folds', () => {
  const { message } = open();
  message.addField('Subject', ' caf\xe9\n\ttwo', { isExact: true });
  message.addField('X-Tight', 'no space', { isExact: true });
  message.addField('X-Old', 'of an MTA that takes the space', { isExact: false });
  message.endHeader();
  message.addBody(Buffer.from('bo'));
  message.addBody(Buffer.from('dy\r\n'));
  assert.equal(
    Buffer.from(message.joined()).toString('latin1'),
    'Subject: caf\xe9\r\n\ttwo\r\nX-Tight:no space\r\nX-Old: of an MTA that takes the space\r\n\r\nbody\r\n',
  );
});

const value = fc
  .array(fc.constantFrom('a', ' ', '\t', '\r\n ', '\r\n\t', '\xff', ':', ';'), { maxLength: 20 })
  .map(parts => parts.join(''));
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,20}$/);

test('any header and body survive the way through an MTA', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(name, value)),
      fc.array(fc.uint8Array({ maxLength: 40 })),
      (fields, body) => {
        const { message } = open();
        for (const [word, text] of fields)
          message.addField(word, text.replaceAll('\r\n', '\n'), { isExact: true });
        message.endHeader();
        for (const piece of body) message.addBody(piece);
        const header = fields.map(([word, text]) => `${word}:${text}\r\n`).join('');
        assert.deepEqual(
          Buffer.from(message.joined()),
          Buffer.concat([Buffer.from(`${header}\r\n`, 'latin1'), ...body]),
        );
      },
    ),
  );
});

test('forged fields are counted by name, whatever their case, and told last first', () => {
  const { message } = open();
  for (const field of [
    'X-Caliopen-Score',
    'Subject',
    'x-caliopen-score ',
    'X-CALIOPEN-SCORE',
    'X-Caliopen-Any',
  ]) {
    message.addField(field, ' x', { isExact: true });
  }
  assert.deepEqual(message.forged, [
    { name: 'X-Caliopen-Any', count: 1 },
    { name: 'X-CALIOPEN-SCORE', count: 3 },
    { name: 'x-caliopen-score ', count: 2 },
    { name: 'X-Caliopen-Score', count: 1 },
  ]);
});

test('more forged fields than can be taken away are a fault; a thousand are not', () => {
  const message = new MessageOctets({
    maxOctets: 1e6,
    room: openOctetBudget(1e6),
    hostname: 'mx.example.org',
  });
  for (let at = 0; at < 1000; at++) message.addField('X-Caliopen-Score', '0', { isExact: false });
  assert.equal(message.fault, null);
  message.addField('X-Caliopen-Score', '0', { isExact: false });
  assert.equal(message.fault, 'forged');
});

test('results of this host are forged whatever they are written like; those of others stay', () => {
  const { message } = open();
  const values = [
    ' mx.example.org; spf=pass',
    ' other.example.org; spf=pass',
    '\n (a (comment\\)) ) MX.Example.ORG 1; dkim=pass',
    '"mx.example\\.org"; dmarc=pass',
    ' mx.example.org.evil.example; dmarc=pass',
    ' (mx.example.org) third.example; dmarc=pass',
    ' mx.example.org',
    '',
  ];
  for (const [at, value] of values.entries()) {
    message.addField(at % 2 === 0 ? 'Authentication-Results' : 'authentication-results ', value, {
      isExact: true,
    });
  }
  assert.deepEqual(
    message.forged.map(({ count }) => count),
    [7, 4, 3, 1],
  );
});

test('what is too large or finds no room is let go of at once', () => {
  const large = open(10);
  large.message.addBody(Buffer.alloc(8));
  large.message.addBody(Buffer.alloc(8));
  large.message.addBody(Buffer.alloc(1));
  assert.equal(large.message.fault, 'too-large');
  assert.ok(large.room.take(10_000), 'all room is there again');
  const crowded = open(100, 10);
  crowded.message.addBody(Buffer.alloc(8));
  crowded.message.addBody(Buffer.alloc(8));
  assert.equal(crowded.message.fault, 'no-room');
  crowded.message.release();
  assert.ok(crowded.room.take(10));
  assert.ok(!crowded.room.take(1), 'nothing is given back twice');
});
