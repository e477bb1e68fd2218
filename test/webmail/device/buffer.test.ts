import assert from 'node:assert/strict';
import { Buffer as NodeBuffer, isUtf8 as nodeIsUtf8 } from 'node:buffer';
import { test } from 'node:test';
import { domainToASCII as nodeDomainToAscii } from 'node:url';
import fc from 'fast-check';
import { Buffer, isUtf8, Octets } from '../../../webmail/device/browser/buffer.ts';
import { domainToASCII } from '../../../webmail/device/browser/url.ts';

const octets = fc.uint8Array({ maxLength: 200 });
const encodings = ['utf8', 'latin1', 'base64', 'hex', 'utf16le'] as const;

test('octets are written as Node writes them', () => {
  fc.assert(
    fc.property(octets, fc.constantFrom(...encodings), fc.nat(220), fc.nat(220), (given, encoding, a, b) => {
      const here = new Octets(given);
      // Half a pair is a replacement character to one decoder and half a pair to the other.
      const expected = NodeBuffer.from(given).toString(encoding, a, b);
      const isPaired = encoding !== 'utf16le' || (expected.isWellFormed() && (b - a) % 2 === 0);
      fc.pre(isPaired && (encoding !== 'utf16le' || Math.min(b, given.length) % 2 === a % 2));
      assert.equal(here.toString(encoding, a, b), expected);
    }),
  );
});

test('text is read as Node reads it', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.base64String(),
    fc.string({ unit: fc.constantFrom(...'AZaz09+/-_= \r\n') }),
  );
  fc.assert(
    fc.property(text, fc.constantFrom('utf8', 'latin1', 'base64'), (given, encoding) => {
      // Text of base64 is octets written as text.
      fc.pre(encoding !== 'base64' || !/[^\0-\xff]/.test(given));
      assert.deepEqual([...Buffer.from(given, encoding)], [...NodeBuffer.from(given, encoding)]);
    }),
  );
});

test('needles are found where Node finds them', () => {
  const few = fc.array(fc.constantFrom(10, 13, 45), { maxLength: 40 });
  fc.assert(
    fc.property(
      few,
      fc.array(fc.constantFrom(10, 13, 45), { minLength: 1, maxLength: 4 }),
      fc.nat(45),
      (hay, needle, from) => {
        const [here, there] = [new Octets(hay), NodeBuffer.from(hay)];
        const [first = 0] = needle;
        assert.equal(
          here.indexOf(Uint8Array.from(needle), from),
          there.indexOf(Uint8Array.from(needle), from),
        );
        assert.equal(
          here.indexOf(String.fromCharCode(...needle), from),
          there.indexOf(String.fromCharCode(...needle), from, 'latin1'),
        );
        assert.equal(here.indexOf(first, from), there.indexOf(first, from));
        assert.equal(here.includes(first), there.includes(first));
      },
    ),
  );
});

test('pieces are joined and compared, and views share their memory', () => {
  fc.assert(
    fc.property(fc.array(octets, { maxLength: 5 }), octets, (pieces, other) => {
      assert.deepEqual([...Buffer.concat(pieces)], [...NodeBuffer.concat(pieces)]);
      assert.equal(
        new Octets(other).equals(Buffer.concat(pieces)),
        NodeBuffer.from(other).equals(NodeBuffer.concat(pieces)),
      );
      assert.equal(isUtf8(other), nodeIsUtf8(other));
      const view = Buffer.from(other.buffer, other.byteOffset, other.length);
      assert.ok(Buffer.isBuffer(view) && Buffer.isBuffer(view.subarray(1)));
      assert.equal(view.buffer, other.buffer);
    }),
  );
  assert.equal(Buffer.byteLength('é€'), 5);
  assert.deepEqual([...Buffer.of(1, 2)], [1, 2]);
  assert.deepEqual([...Buffer.alloc(2, 7)], [7, 7]);
});

test('domains become A-labels as by Node', () => {
  for (const domain of ['é.fr', 'EX.org', 'a b', 'x:1', 'a@b', '', 'a..b', 'münchen.example']) {
    assert.equal(domainToASCII(domain), nodeDomainToAscii(domain), domain);
  }
});
