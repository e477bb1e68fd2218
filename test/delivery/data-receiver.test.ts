import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DataReceiver, type ReceivedData } from '../../delivery/data-receiver.ts';
import { openOctetBudget } from '../../delivery/octet-budget.ts';
import { assertLinear } from './message/work.ts';

const anySize = 1_000_000;

function receive(
  wire: Buffer,
  {
    cuts = [],
    strict = false,
    maxOctets = anySize,
  }: { cuts?: number[]; strict?: boolean; maxOctets?: number } = {},
): ReceivedData | null {
  const receiver = new DataReceiver({ maxOctets, refuseFalseEnds: strict });
  const places = [...new Set(cuts.map(cut => cut % (wire.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const to of [...places, wire.length]) {
    const end = receiver.push(Buffer.from(wire.subarray(from, to)));
    if (end) return { ...end, rest: Buffer.concat([end.rest, wire.subarray(to)]) };
    from = to;
  }
  return null;
}

/** What a sender does (RFC 5321 §4.5.2): a dot more at the start of each line that begins with one. */
function stuff(octets: Buffer): Buffer {
  const text = octets.toString('latin1');
  const stuffed = text.replace(/(^|\r\n)\./g, '$1..');
  return Buffer.from(`${stuffed}${text === '' || text.endsWith('\r\n') ? '' : '\r\n'}.\r\n`, 'latin1');
}

const pieces = fc.constantFrom(
  '\r\n',
  '\r',
  '\n',
  '.',
  '..',
  '\r\n.',
  '\r\n..',
  '\n.',
  '\r.',
  'a',
  'é',
  '\0',
  ' x',
);
const content = fc.array(pieces, { maxLength: 40 }).map(list => Buffer.from(list.join(''), 'latin1'));
const cutPlaces = fc.array(fc.nat(200), { maxLength: 12 });

test('any octets come through unchanged, however the stream is cut', () => {
  fc.assert(
    fc.property(content, cutPlaces, fc.constantFrom('', 'RSET\r\n', '.\r\n'), (octets, cuts, behind) => {
      const ended = octets.length === 0 || octets.subarray(-2).toString('latin1') === '\r\n';
      const expected = ended ? octets : Buffer.concat([octets, Buffer.from('\r\n')]);
      const end = receive(Buffer.concat([stuff(octets), Buffer.from(behind)]), { cuts });
      assert.ok(end);
      assert.equal(Buffer.from(end.octets).toString('latin1'), expected.toString('latin1'));
      assert.equal(end.rest.toString(), behind);
      assert.equal(end.sizeOctets, expected.length);
    }),
    { numRuns: 5000 },
  );
});

test('a message of no octets ends at once', () => {
  const end = receive(Buffer.from('.\r\nQUIT\r\n'), { strict: true });
  assert.deepEqual(
    { ...end, octets: end?.octets.length, rest: end?.rest.toString() },
    {
      octets: 0,
      sizeOctets: 0,
      fault: null,
      rest: 'QUIT\r\n',
    },
  );
});

const falseEnds = [
  '\n.\n',
  '\n.\r\n',
  '\r\n.\n',
  '\r.\r\n',
  '\r.\r',
  '\r\n.\r\r\n',
  '\n.\r\r\n',
  '\r\r\n.\n',
  '\r.\n',
];

for (const falseEnd of falseEnds) {
  test(`strict: ${JSON.stringify(falseEnd)} ends the transmission at once as a false end`, () => {
    fc.assert(
      fc.property(cutPlaces, cuts => {
        const end = receive(Buffer.from(`A: b\r\n\r\ntext${falseEnd}MAIL FROM:<x@y>\r\n`), {
          cuts,
          strict: true,
        });
        assert.equal(end?.fault, 'falseEnd');
        assert.equal(end?.octets.length, 0);
      }),
    );
  });

  test(`lenient: ${JSON.stringify(falseEnd)} is content`, () => {
    const end = receive(Buffer.from(`A: b\r\n\r\ntext${falseEnd}MAIL\r\n.\r\nRSET\r\n`));
    assert.equal(end?.fault, null);
    assert.equal(end?.rest.toString(), 'RSET\r\n');
    assert.match(Buffer.from(end?.octets ?? []).toString(), /MAIL\r\n$/);
  });
}

test('strict: a bare CR or LF away from a lone dot is content', () => {
  for (const wire of [
    'a\nb\r\n.\r\n',
    'a\rb\r\n.\r\n',
    '\n\r\n.\r\n',
    'a\r\r\n.\r\n',
    'a\n.b\n..\r\n.\r\n',
  ]) {
    const end = receive(Buffer.from(wire), { strict: true });
    assert.equal(end?.fault, null, JSON.stringify(wire));
    assert.equal(Buffer.from(end?.octets ?? []).toString(), wire.slice(0, -3));
  }
});

/** A lone dot between line endings of any kind, but for the true end: what some server takes for the end of data. */
const loneDot = /(?:^|\r|\n)\.(?:\r|\n)/;

test('strict: whatever is accepted holds no lone dot and has the same octets as lenient', () => {
  fc.assert(
    fc.property(content, cutPlaces, (octets, cuts) => {
      const wire = stuff(octets);
      const strict = receive(wire, { cuts, strict: true });
      assert.ok(strict);
      assert.equal(strict.fault !== null, loneDot.test(wire.toString('latin1').slice(0, -3)));
      if (!strict.fault) assert.deepEqual(strict.octets, receive(wire)?.octets);
    }),
    { numRuns: 5000 },
  );
});

test('too large a message is counted, not kept, and its end is still found', () => {
  const end = receive(stuff(Buffer.alloc(5000, 'x\r\n')), { maxOctets: 4000 });
  assert.equal(end?.fault, 'tooLarge');
  assert.equal(end?.octets.length, 0);
  assert.ok((end?.sizeOctets ?? 0) >= 5000);
});

test('a line of 8 MiB in chunks of 64 KiB takes well under a second', () => {
  const receiver = new DataReceiver({ maxOctets: 2 ** 30, refuseFalseEnds: true });
  const startedAt = performance.now();
  for (let index = 0; index < 128; index++) receiver.push(Buffer.alloc(65_536, 'x'));
  const end = receiver.push(Buffer.from('\r\n.\r\n'));
  assert.equal(end?.octets.length, 8 * 1024 * 1024 + 2);
  assert.ok(performance.now() - startedAt < 1000);
});

test('nothing but stuffed dots costs time in proportion to the size', () => {
  const chunk = Buffer.from('..\r\n'.repeat(16_384));
  assertLinear(
    megabytes => megabytes * 16,
    chunks => {
      const receiver = new DataReceiver({ maxOctets: 2 ** 26, refuseFalseEnds: true });
      for (let index = 0; index < chunks; index++) receiver.push(chunk);
    },
    4,
  );
});

test('what is received by all together is bounded, and given back at the end and when the peer goes', () => {
  const room = openOctetBudget(100_000);
  const limits = { maxOctets: 80_000, refuseFalseEnds: true, room };
  const [first, second] = [new DataReceiver(limits), new DataReceiver(limits)];
  const chunk = Buffer.from(`${'x'.repeat(58)}\r\n`.repeat(1000));
  assert.equal(first.push(chunk), null);
  assert.equal(second.push(chunk), null);
  assert.equal(second.push(Buffer.from('.\r\n'))?.fault, 'noRoom');
  const third = new DataReceiver(limits);
  first.release();
  third.push(chunk);
  assert.equal(third.push(Buffer.from('.\r\n'))?.octets.length, chunk.length);
  assert.ok(room.take(100_000), 'all has been given back');
});

test('a peer that goes on far beyond the limit is told apart', () => {
  const receiver = new DataReceiver({ maxOctets: 1000, refuseFalseEnds: true, endsEndless: true });
  const chunk = Buffer.from('x'.repeat(1000));
  const answers = Array.from({ length: 6 }, () => receiver.push(chunk)?.fault ?? null);
  assert.deepEqual(answers.slice(0, 5), [null, null, null, null, 'endless']);
});
