import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { labelsOf, lowerName, nameText, parseName } from '../../dns-keys/name.ts';
import { WireReader, WireWriter } from '../../dns-keys/wire.ts';
import { WireError } from '../../dns-keys/wire-error.ts';
import { anyName } from './arbitraries.ts';

const octets = (...parts: (string | number)[]) =>
  Buffer.concat(
    parts.map(part => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part, 'latin1'))),
  );

describe('names in a message', () => {
  it('are the same after they were written with and without compression', () => {
    fc.assert(
      fc.property(fc.array(anyName, { maxLength: 8 }), names => {
        const writer = new WireWriter();
        for (const name of names) writer.name(name).compressedName(name);
        const reader = new WireReader(writer.finish());
        for (const name of names) {
          assert.deepEqual(reader.name({ isPlain: true }), name);
          // A pointer leads to the same name in the case it was first written with.
          assert.deepEqual(lowerName(reader.name()), lowerName(name));
        }
        assert.equal(reader.left, 0);
      }),
    );
  });

  it('go on behind the pointer', () => {
    const reader = new WireReader(octets(7, 'example', 0, 1, 'a', 0xc0, 0, 'rest'), 9);
    assert.equal(nameText(reader.name()), 'a.example.');
    assert.equal(Buffer.from(reader.rest()).toString(), 'rest');
  });

  it('follow pointers that lead backwards one after the other', () => {
    const reader = new WireReader(octets(1, 'c', 0, 1, 'b', 0xc0, 0, 1, 'a', 0xc0, 3), 7);
    assert.equal(nameText(reader.name()), 'a.b.c.');
  });

  const broken: Record<string, [Uint8Array, number]> = {
    'a pointer to itself': [octets(0xc0, 0), 0],
    'a pointer forwards': [octets(0xc0, 2, 1, 'a', 0), 0],
    'a loop of labels': [octets(1, 'a', 0xc0, 0), 0],
    'a loop of two pointers': [octets(0xc0, 2, 0xc0, 0), 2],
    'a pointer cut in two': [octets(0, 0xc0), 1],
    'a label that ends too early': [octets(5, 'abc'), 0],
    'a name without its root': [octets(1, 'a'), 0],
    'a label of the kind 01': [octets(0x41, 'a', 0), 0],
    'a label of the kind 10': [octets(0x80, 'a', 0), 0],
    'no octets': [octets(), 0],
  };
  for (const [what, [message, at]] of Object.entries(broken))
    it(`are refused for ${what}`, () => assert.throws(() => new WireReader(message, at).name(), WireError));

  it('are refused for a pointer where none may be', () => {
    assert.throws(() => new WireReader(octets(0, 0xc0, 0), 1).name({ isPlain: true }), WireError);
  });

  it('have at most 255 octets, pointers undone', () => {
    const tail = parseName(`${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`);
    const front = (length: number) => octets(length, 'a'.repeat(length), 0xc0, 0);
    const read = (length: number) =>
      new WireReader(Buffer.concat([tail, front(length)]), tail.length).name().length;
    assert.equal(read(63), 255);
    const longer = parseName(`${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(62)}`);
    const message = Buffer.concat([longer, front(63)]);
    assert.throws(() => new WireReader(message, longer.length).name(), WireError);
  });

  it('follow 127 pointers and no more', () => {
    const chain = (pointers: number) => {
      const writer = new WireWriter().uint8(0);
      for (let before = 0; pointers > 0; pointers -= 1) {
        const at = writer.length;
        writer.uint16(0xc000 | before);
        before = at;
      }
      const message = writer.finish();
      return new WireReader(message, message.length - 2).name();
    };
    assert.equal(chain(127).length, 1);
    assert.throws(() => chain(128), WireError);
  });

  it('are read from any octets or refused, and end in time', () => {
    const likely = fc.oneof(fc.constantFrom(0, 1, 2, 3, 63, 64, 0xc0), fc.nat(0xff));
    const message = fc.array(likely, { minLength: 1, maxLength: 300 }).map(list => Uint8Array.from(list));
    fc.assert(
      fc.property(message, fc.nat(300), fc.nat(300), (all, at, size) => {
        const start = Math.min(at, all.length);
        const reader = new WireReader(all, start, Math.min(all.length, start + size));
        try {
          const name = reader.name();
          assert.ok(name.length <= 255 && name.at(-1) === 0);
          assert.ok(labelsOf(name).every(label => label.length > 0 && label.length <= 63));
          assert.ok(reader.at <= reader.end);
        } catch (error) {
          if (!(error instanceof WireError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the reader', () => {
  it('gives back what the writer wrote', () => {
    fc.assert(
      fc.property(
        fc.nat(0xff),
        fc.nat(0xffff),
        fc.nat(0xffff_ffff),
        fc.nat(2 ** 48 - 1),
        fc.uint8Array({ maxLength: 255 }),
        (one, two, four, six, string) => {
          const writer = new WireWriter().uint8(one).uint16(two).uint32(four).uint48(six);
          const reader = new WireReader(writer.characterString(string).finish());
          assert.deepEqual([reader.uint8(), reader.uint16(), reader.uint32()], [one, two, four]);
          assert.equal(reader.uint48(), six);
          assert.deepEqual(Uint8Array.from(reader.characterString()), string);
          assert.equal(reader.left, 0);
        },
      ),
    );
  });

  it('never looks behind its end', () => {
    const reader = new WireReader(octets('abcdef'), 1, 3);
    assert.throws(() => reader.bytes(3), WireError);
    assert.throws(() => reader.uint32(), WireError);
    const other = new WireReader(octets('abcdef'), 1, 3);
    assert.equal(Buffer.from(other.rest()).toString(), 'bc');
    assert.throws(() => other.uint8(), WireError);
    assert.throws(() => other.uint16(), WireError);
    assert.throws(() => new WireReader(octets(3, 'ab')).characterString(), WireError);
  });
});

describe('the writer', () => {
  it('points to the end of a name that stands before, whatever its case', () => {
    const writer = new WireWriter().compressedName(parseName('a.Example.org'));
    const length = writer.length;
    writer.compressedName(parseName('b.example.ORG')).compressedName(parseName('a.example.org'));
    assert.equal(writer.finish().subarray(length).toString('hex'), '0162c002c000');
  });

  it('points to nothing behind the first 16,383 octets', () => {
    const writer = new WireWriter().bytes(new Uint8Array(0x4000)).compressedName(parseName('example'));
    writer.compressedName(parseName('example'));
    assert.equal(writer.length, 0x4000 + 2 * 9);
  });

  it('points to nothing that was cut', () => {
    const writer = new WireWriter().uint16(0);
    writer.compressedName(parseName('example')).cut(2);
    writer.compressedName(parseName('example'));
    assert.equal(nameText(new WireReader(writer.finish(), 2).name()), 'example.');
  });

  it('refuses what is longer than a message or a character-string', () => {
    const writer = new WireWriter().bytes(new Uint8Array(65_535));
    assert.throws(() => writer.uint8(0), WireError);
    assert.throws(() => new WireWriter().characterString(new Uint8Array(256)), WireError);
  });
});
