import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { accountHash } from '../../../delivery/tags/hash.ts';
import { type TagFeature, tagFeatures } from '../../../delivery/tags/learned/features.ts';
import {
  type Example,
  learnedTags,
  learnTag,
  minExamples,
  type TagModels,
  unlearnTag,
} from '../../../delivery/tags/learned/models.ts';
import { emptyMemory, readMemory, taughtOf, teachKind, writeMemory } from '../../../delivery/tags/memory.ts';

const hash = accountHash(new Uint8Array(32).fill(5));
const mailbox = (address: string) => ({ name: null, address });

function featuresOf(from: string, subject: string, preview = ''): TagFeature[] {
  const originators = { from: [mailbox(from)], sender: [], replyTo: [] };
  const destinations = { to: [mailbox('owner@example.org')], cc: [], bcc: [] };
  return tagFeatures({ originators, destinations, listId: null, subject, preview }, from);
}

const example = (id: string, features: TagFeature[]): Example => ({ id, features });

/** Everyday mail of many people. */
const others: readonly Example[] = [
  ['ada@example.net', 'lunch on thursday', 'shall we meet at noon'],
  ['bob@example.com', 'minutes of the meeting', 'please read the minutes before monday'],
  ['news@shop.example', 'weekly offers', 'cheap teapots and kettles'],
  ['carol@example.net', 'photos of the garden', 'the roses are in bloom'],
  ['dan@example.org', 'train tickets', 'we leave on friday morning'],
  ['eve@example.com', 'question about the roof', 'when can the roofer come'],
].map(([from = '', subject = '', preview = ''], place) =>
  example(`o${place}`, featuresOf(from, subject, preview)),
);

function taughtBy(examples: readonly Example[], tagId = 't1'): TagModels {
  return examples.reduce<TagModels>(
    (models, one) => learnTag(models, { tagId, example: one, others }, hash),
    new Map(),
  );
}

const school = Array.from({ length: minExamples }, (_, n) =>
  example(
    `s${n}`,
    featuresOf(`teacher${n % 2}@school.example`, `school trip part ${n}`, 'parents of class four'),
  ),
);

test('a tag is given to what is like its examples, once there are enough', () => {
  const models = taughtBy(school);
  const alike = featuresOf('teacher0@school.example', 'school fair', 'dear parents of the class');
  const [found, ...more] = learnedTags(models, alike, hash);
  assert.deepEqual([found?.tagId, more], ['t1', []]);
  assert.ok(found && found.probability >= 0.9 && found.probability < 1);
  assert.deepEqual(found.evidence[0], { kind: 'sender', text: 'teacher0@school.example', value: 2 });
  assert.deepEqual(learnedTags(taughtBy(school.slice(1)), alike, hash), []);
});

test('what is not like them gets none', () => {
  const models = taughtBy(school);
  for (const { features } of others) assert.deepEqual(learnedTags(models, features, hash), []);
  assert.deepEqual(learnedTags(models, featuresOf('zoe@example.net', 'holiday photos', 'sun'), hash), []);
  assert.deepEqual(learnedTags(models, [], hash), []);
});

test('mail from elsewhere with the same words gets no tag of one sender, but one of a subject', () => {
  const words = ['your statement is ready', 'dear customer, please log in to read your statement'] as const;
  const many = (domainOf: (n: number) => string) =>
    taughtBy(
      Array.from({ length: 30 }, (_, n) => example(`b${n}`, featuresOf(`a@${domainOf(n)}`, ...words))),
    );
  const given = (models: TagModels, from: string) =>
    learnedTags(models, featuresOf(from, ...words), hash).length;
  const ofBank = many(() => 'bank.example');
  assert.deepEqual([given(ofBank, 'b@bank.example'), given(ofBank, 'a@bank-login.example')], [1, 0]);
  assert.equal(
    given(
      many(n => `d${n % 5}.example`),
      'a@another.example',
    ),
    1,
  );
});

test('an example counts once, and taking the tag off a message teaches', () => {
  const models = taughtBy(school);
  assert.equal(taughtBy([...school, ...school]).get('t1')?.examples, minExamples);
  const alike = featuresOf('teacher1@school.example', 'school trip bill', 'parents of class four pay');
  assert.equal(learnedTags(models, alike, hash).length, 1);
  const taught = unlearnTag(models, { tagId: 't1', example: example('x', alike) }, hash);
  assert.deepEqual(learnedTags(taught, alike, hash), []);
  assert.equal(taught.get('t1')?.examples, minExamples);
  const less = unlearnTag(taught, { tagId: 't1', example: school[0] ?? example('', []) }, hash);
  assert.equal(less.get('t1')?.examples, minExamples - 1);
});

test('taking a tag off and putting it back again, of one message or many, leaves mail like it under the tag', () => {
  const alike = featuresOf('teacher0@school.example', 'school trip part 7', 'parents of class four');
  for (const count of [1, 3]) {
    const some = school.slice(0, count);
    const off = some.reduce(
      (models, one) => unlearnTag(models, { tagId: 't1', example: one }, hash),
      taughtBy(school),
    );
    assert.deepEqual(learnedTags(off, alike, hash), []);
    const back = some.reduce(
      (models, one) => learnTag(models, { tagId: 't1', example: one, others }, hash),
      off,
    );
    assert.equal(learnedTags(back, alike, hash).length, 1, `${count} put back`);
  }
});

test('what an account has taught stays under 256 KiB and is read as it was written', () => {
  let memory = emptyMemory;
  for (let n = 0; n < 3000; n++) {
    memory = teachKind(memory, { kind: 'list', source: `list:${n}`, isWanted: n % 2 === 0 }, hash);
  }
  let models: TagModels = new Map();
  for (let tag = 0; tag < 40; tag++) {
    for (let n = 0; n < 20; n++) {
      const words = Array.from({ length: 60 }, (_, word) => `word${tag}x${n}x${word}`).join(' ');
      const one = example(`e${tag}-${n}`, featuresOf(`a${n}@b${tag}.example`, words));
      models = learnTag(models, { tagId: `tag-${tag}`.padEnd(64, 'x'), example: one, others }, hash);
    }
  }
  const octets = writeMemory({ ...memory, models });
  assert.ok(octets.byteLength <= 256 * 1024, `${octets.byteLength} octets`);
  const read = readMemory(octets);
  assert.deepEqual(writeMemory(read), octets);
  const asked = (n: number) => taughtOf(read, { kind: 'list', source: `list:${n}` }, hash);
  assert.deepEqual([asked(0), asked(2998), asked(2999)], [null, true, false]);
  assert.ok(read.models.has('tag-39'.padEnd(64, 'x')) && !read.models.has('tag-0'.padEnd(64, 'x')));
});

test('any octets are a memory, of nothing if need be', () => {
  fc.assert(fc.property(fc.uint8Array(), octets => assert.ok(readMemory(octets).taught)));
  fc.assert(
    fc.property(fc.json(), json => {
      const octets = Buffer.from(`{"version":1,"taught":${json},"models":${json}}`);
      learnedTags(readMemory(octets).models, school[0]?.features ?? [], hash);
    }),
  );
  assert.deepEqual(readMemory(null), emptyMemory);
});
