import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  microsOf,
  newGeneration,
  readBlock,
  readCover,
  sheetKey,
  termOfKey,
  writeBlock,
  writeCover,
} from '../../../../delivery/store/cassandra/search/block.ts';
import { dueIn } from '../../../../delivery/store/cassandra/search/due.ts';
import {
  encodeHits,
  hitFields,
  hitOf,
  markHits,
  maskOf,
} from '../../../../delivery/store/cassandra/search/hits.ts';
import { matches } from '../../../../delivery/store/cassandra/search/match.ts';
import { cutOctets, octetText, plainText } from '../../../../delivery/store/cassandra/search/octet-text.ts';
import { evaluate, planOf, wantedBy } from '../../../../delivery/store/cassandra/search/plan.ts';
import { Postings } from '../../../../delivery/store/cassandra/search/postings.ts';
import { readSheet, type Sheet } from '../../../../delivery/store/cassandra/search/sheet.ts';
import { groupOf, isWithin } from '../../../../delivery/store/cassandra/search/terms.ts';
import { OctetReader, pushVarint } from '../../../../delivery/store/cassandra/search/varint.ts';
import { someTexts as emails, someLeaf as leaf } from './search-texts.test.ts';

const unicode = fc.string({ unit: 'binary' });

test('varints come back, one behind the other, and take one octet below 128', () => {
  assert.deepEqual(varints([0, 127, 128, 300]), [0, 0x7f, 0x80, 1, 0xac, 2]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 })), numbers => {
      const reader = new OctetReader(Uint8Array.from(varints(numbers)));
      assert.deepEqual(
        numbers.map(() => reader.varint()),
        numbers,
      );
      assert.ok(reader.isAtEnd);
    }),
  );
});

function varints(numbers: readonly number[]): number[] {
  const octets: number[] = [];
  for (const number of numbers) pushVarint(octets, number);
  return octets;
}

test('hits are a count and field, then differences', () => {
  const hits = [hitOf(3, 'subject'), hitOf(3, 'body'), hitOf(5, 'body'), hitOf(305, 'body')];
  assert.deepEqual([...encodeHits(hits)], [8, 3, 25, 3, 2, 0xac, 2]);
});

test('each position has the fields of its hits, whatever was marked before', () => {
  const places = fc.uniqueArray(fc.tuple(fc.nat(200), fc.constantFrom(...hitFields)), {
    selector: ([position, field]) => hitOf(position, field),
  });
  fc.assert(
    fc.property(places, fc.uint8Array({ minLength: 201, maxLength: 201 }), (some, before) => {
      const hits = some.map(([position, field]) => hitOf(position, field)).sort((a, b) => a - b);
      const expected = Uint8Array.from(before);
      for (const [position, field] of some) expected[position] = (expected[position] ?? 0) | maskOf(field);
      const masks = Uint8Array.from(before);
      markHits(encodeHits(hits), masks);
      assert.deepEqual(masks, expected);
    }),
  );
});

test('octets of any kind are read to their end as hits, and mark nothing outside', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 50 }), octets => markHits(octets, new Uint8Array(10))));
});

test('octet texts sort as UTF-8 does, come back, and are cut between characters', () => {
  assert.ok(octetText('\u{ff5e}') < octetText('\u{1f600}'));
  fc.assert(
    fc.property(unicode, unicode, fc.nat(20), (one, other, length) => {
      const [first, second] = [octetText(one), octetText(other)];
      assert.equal(plainText(first), one);
      assert.equal(first < second, Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0);
      const cut = plainText(cutOctets(first, length));
      assert.ok(one.startsWith(cut) && Buffer.byteLength(cut) <= length);
      const next = Array.from(one.slice(cut.length))[0];
      assert.ok(next === undefined || Buffer.byteLength(cut + next) > length);
    }),
  );
});

test('groups sort as their terms do', () => {
  const term = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'b', ':', 'c') }).map(text => `w${text}`),
    fc
      .tuple(fc.constantFrom('a', 'ab'), fc.constantFrom('', 'a', 'ab', 'abc', 'b'))
      .map(([name, word]) => `h${name}:${word}`),
  );
  fc.assert(
    fc.property(term, term, (one, other) => {
      if (one < other) assert.ok(groupOf(one) <= groupOf(other));
    }),
  );
});

test('a dictionary comes back from its sheets, in order, each entry in the sheet that its key names', () => {
  fc.assert(
    fc.property(emails, all => {
      const sheets = sheetsOf(all);
      const entries = sheets.flatMap(({ octets }) => [...readSheet(octets)]);
      const terms = entries.map(({ term }) => term);
      assert.deepEqual(terms, [...new Set(terms)].sort());
      for (const { first, octets } of sheets) assert.equal([...readSheet(octets)][0]?.term, first);
    }),
    { numRuns: 50 },
  );
});

test('big dictionaries are in several sheets', () => {
  const body = Array.from({ length: 5000 }, (_unused, n) => `word${(n * 7919) % 5000}`).join(' ');
  const words = { subject: '', body, originators: '', destinations: '', attachments: '' };
  const sheets = sheetsOf([{ words, head: '' }]);
  assert.ok(sheets.length > 1 && sheets.length < 10, String(sheets.length));
  const terms = sheets.flatMap(({ octets }) => [...readSheet(octets)].map(({ term }) => term));
  assert.deepEqual(terms, [...terms].sort());
  assert.equal(terms.length, 5000);
});

function sheetsOf(all: readonly Parameters<Postings['add']>[1][]): Sheet[] {
  const postings = new Postings();
  for (const [position, texts] of all.entries()) postings.add(position, texts);
  return [...postings.sheets()].filter(sheet => sheet !== null);
}

test('what a plan surely finds meets the leaf, and what meets it may be found', () => {
  fc.assert(
    fc.property(emails, leaf, (all, asked) => {
      const entries = sheetsOf(all).flatMap(({ octets }) => [...readSheet(octets)]);
      const plan = planOf(asked);
      const found = new Map<string, Uint8Array>();
      for (const [name, wanted] of wantedBy([plan])) {
        const masks = new Uint8Array(all.length);
        found.set(name, masks);
        for (const { term, hits } of entries) {
          if (typeof wanted === 'string' ? term === wanted : isWithin(term, wanted)) markHits(hits, masks);
        }
      }
      const { sure, maybe } = evaluate(plan, found, all.length);
      for (const [position, texts] of all.entries()) {
        if (sure[position]) assert.ok(matches(asked, texts));
        if (matches(asked, texts)) assert.ok(maybe[position]);
        if (sure[position]) assert.ok(maybe[position]);
      }
    }),
    { numRuns: 500 },
  );
});

test('words, phrases and prefixes match whole fields', () => {
  const texts = {
    words: { subject: 'red apple pie', body: 'tart', originators: '', destinations: '', attachments: '' },
    head: 'Subject: Red Apple Pie\r\n',
  };
  const cases: readonly (readonly [string, boolean, boolean])[] = [
    ['apple', false, true],
    ['app', false, false],
    ['app', true, true],
    ['red apple', false, true],
    ['red pie', false, false],
    ['apple p', true, true],
    ['ed apple', false, false],
    ['pie tart', false, false],
    ['', false, false],
    ['', true, false],
  ];
  for (const [text, prefix, expected] of cases) {
    const search = { field: 'any', words: text.split(' '), prefix } as const;
    assert.equal(matches({ search }, texts), expected, text);
    assert.equal(matches({ search: { ...search, field: 'attachments' } }, texts), false, text);
    assert.equal(matches({ search }, { ...texts, words: null }), false, text);
  }
  assert.ok(matches({ fieldName: 'SUBJECT', contains: 'APPLE p' }, texts));
});

test('a word longer than its term is looked at, and found by its beginning', () => {
  const long = '長'.repeat(200);
  const [word, prefix] = [false, true].map(isPrefix =>
    planOf({ search: { field: 'any', words: [long], prefix: isPrefix } }),
  );
  assert.equal(word?.isExact, false);
  assert.equal(prefix?.isExact, false);
  assert.equal(planOf({ search: { field: 'any', words: ['長'.repeat(85)], prefix: true } }).isExact, true);
});

test('a block’s cell, its cover and the keys of its rows come back', () => {
  const generation = newGeneration(1_772_366_400_123_456n);
  assert.equal(microsOf(generation), 1_772_366_400_123_456n);
  const block = { layout: 1, generation, size: 3, runs: 1, builtAt: 12 };
  assert.deepEqual(readBlock(writeBlock(block)), block);
  assert.equal(readBlock(null), null);
  const cover = { ids: ['Mb', 'Ma'], reworded: { Ma: 'x' } };
  assert.deepEqual(readCover(writeCover(cover)), cover);
  assert.equal(termOfKey(70, sheetKey(70, 'wword')), 'wword');
  assert.equal(termOfKey(71, sheetKey(70, 'wword')), null);
  assert.ok(sheetKey(70, '') < sheetKey(71, '') && '!' < sheetKey(0, ''));
});

test('a block is built for a long tail at once, for a shorter one and for what is gone after a while', () => {
  const now = 1_000_000_000;
  const minutes = (count: number): number => count * 60_000;
  const cases: readonly (readonly [number, number, number | null, number | null])[] = [
    [501, 0, now, 0],
    [500, 0, now, minutes(60)],
    [500, 0, null, 0],
    [51, 0, now - minutes(59), minutes(1)],
    [50, 0, null, null],
    [0, 1, now, minutes(10)],
    [51, 1, now - minutes(20), 0],
    [0, 0, now, null],
  ];
  for (const [tail, lost, builtAt, expected] of cases)
    assert.equal(dueIn({ tail, lost, builtAt }, now), expected, `${tail} ${lost}`);
});
