import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { newEntry, slotsOfEntry, sources } from '../../../../delivery/spam/personal/entry.ts';
import { isNews, readLearned, writeLearned } from '../../../../delivery/spam/personal/learned.ts';
import { emptyMemory, readMemory, writeMemory } from '../../../../delivery/spam/personal/memory.ts';
import { opinionOf, sharedKnowledge } from '../../../../delivery/spam/personal/opinion.ts';
import { outerSketch } from '../../../../delivery/spam/personal/sketch.ts';
import { maxSketch } from '../../../../delivery/spam/personal/slot-classes.ts';
import { madeUp, messageOf } from '../messages.ts';
import { type Account, after, entryOf, type Judged, judge, judgedOf, nobody, now, pool } from './lessons.ts';

const messages = pool(60);
const strangers = pool(90).slice(60);

/** An act: which message, what it is said to be, and by what. */
const act = fc.record({
  number: fc.nat(messages.length - 1),
  isSpam: fc.boolean(),
  source: fc.constantFrom(...sources),
  days: fc.nat(900),
});
type MadeAct = typeof act extends fc.Arbitrary<infer T> ? T : never;

function messageAt(number: number): Judged {
  const found = messages[number];
  assert.ok(found);
  return found;
}

function entryFor({ number, isSpam, source, days }: MadeAct) {
  const at = new Date(now.getTime() - days * 86_400_000);
  return entryOf(messageAt(number), { number, isSpam, source, at });
}

function taught(acts: readonly MadeAct[]): Account {
  return acts.reduce((account, one) => after(account, one.number, entryFor(one)), nobody);
}

test('unlearning leaves to the last bit what was there before, when nothing was learned since', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), act, (acts, last) => {
      const others = acts.filter(({ number }) => number !== last.number);
      const before = taught(others);
      const learned = after(before, last.number, entryFor(last));
      const unlearned = after(learned, last.number, null);
      assert.deepEqual(writeMemory(unlearned.memory), writeMemory(before.memory));
    }),
    { numRuns: 100 },
  );
});

test('unlearning leaves every judgement as if it had never been learned, whatever was learned since', () => {
  fc.assert(
    fc.property(
      fc.array(act, { maxLength: 30 }),
      act,
      fc.array(act, { maxLength: 30 }),
      (acts, one, later) => {
        const others = (list: MadeAct[]) => list.filter(({ number }) => number !== one.number);
        const never = taught([...others(acts), ...others(later)]);
        const learned = taught([...others(acts), one, ...others(later)]);
        const unlearned = after(learned, one.number, null);
        assert.deepEqual(writeMemory(unlearned.memory), writeMemory(never.memory));
        for (const stranger of strangers.slice(0, 6)) {
          const difference = Math.abs(judge(stranger, unlearned.memory) - judge(stranger, never.memory));
          assert.ok(difference <= 0.001, String(difference));
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('what falls out of a full memory comes back with what pushed it out, and judgements stay as if never learned', () => {
  const small = { owner: 12, automatic: 4 };
  fc.assert(
    fc.property(fc.array(act, { minLength: 30, maxLength: 60 }), fc.nat(59), (acts, chosen) => {
      const timed = acts.map((one, at) => ({ ...one, number: at, days: acts.length - at }));
      const entryIn = (one: MadeAct) =>
        entryOf(messageAt(one.number % messages.length), {
          ...one,
          at: new Date(now.getTime() - one.days * 86_400_000),
        });
      const run = (list: MadeAct[]) =>
        list.reduce((account, one) => after(account, one.number, entryIn(one), small), nobody);
      const out = chosen % timed.length;
      const unlearned = after(run(timed), out, null, small);
      const never = run(timed.filter(({ number }) => number !== out));
      for (const stranger of strangers.slice(0, 6)) {
        const [one, other] = [unlearned, never].map(({ memory }) =>
          judge(stranger, memory, { capacity: small }),
        );
        assert.ok(Math.abs((one ?? 0) - (other ?? 1)) <= 0.001, `${one} ${other}`);
      }
      const last = timed.at(-1);
      assert.ok(last);
      const before = run(timed.slice(0, -1));
      const back = after(after(before, last.number, entryIn(last), small), last.number, null, small);
      assert.deepEqual(writeMemory(back.memory), writeMemory(before.memory));
    }),
    { numRuns: 60 },
  );
});

test('the order in which messages are learned does not matter, and neither does learning one twice', () => {
  fc.assert(
    fc.property(fc.uniqueArray(act, { selector: ({ number }) => number, maxLength: 30 }), acts => {
      const forth = taught(acts);
      const back = taught([...acts.toReversed(), ...acts]);
      assert.deepEqual(writeMemory(forth.memory), writeMemory(back.memory));
    }),
    { numRuns: 60 },
  );
});

test('a memory, its entries and a record are read as they were written', () => {
  const slots = fc.uniqueArray(fc.nat(32_767), { maxLength: maxSketch });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), slots, (acts, some) => {
      const { memory, records } = taught(acts);
      assert.deepEqual(readMemory(writeMemory(memory)), memory);
      for (const learned of records.values()) assert.deepEqual(readLearned(writeLearned(learned)), learned);
      const sorted = Uint16Array.from(some).sort();
      const entry = newEntry(
        { ...entryOf(messageAt(0), { number: 1, isSpam: true }), isShared: true },
        sorted,
      );
      assert.deepEqual(slotsOfEntry(entry), sorted);
      assert.ok(entry.isShared && entry.octets.length <= 255);
    }),
    { numRuns: 100 },
  );
});

test('an entry is the same octets in every version', () => {
  const entry = newEntry(
    {
      ...{ id: '00ff123456789abc', isSpam: true, source: 'reply', isShared: true },
      ...{ at: 1_772_452_800, logOdds: -3.3, owner: 515 },
    },
    Uint16Array.of(1, 300, 301, 2000),
  );
  const expected = '00ff123456789abc0bc07ba569e603020401ca803ffe44';
  assert.equal(Buffer.from(entry.octets).toString('hex'), expected);
  const memory = Buffer.from(writeMemory({ entries: [entry] })).toString('hex');
  assert.equal(memory, `636c726e01${entry.octets.length.toString(16)}${expected}`);
});

test('octets that are no memory are refused, never misread', () => {
  assert.deepEqual(readMemory(null), emptyMemory);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), octets => {
      assert.throws(() => readMemory(octets), { code: 'badInput' });
    }),
  );
  const whole = writeMemory(taught([{ number: 0, isSpam: true, source: 'owner', days: 0 }]).memory);
  assert.throws(() => readMemory(whole.subarray(0, whole.length - 1)), { code: 'badInput' });
});

test('a thousand acts and more take less than 256 kB, and a record less than 16 KiB', () => {
  let account = nobody;
  for (let number = 0; number < 1300; number++) {
    const at = new Date(now.getTime() + number * 1000);
    const isSpam = number % 2 === 1;
    account = after(
      account,
      number,
      entryOf(judgedOf(madeUp(isSpam ? 'spam' : 'ham', number)), { number, isSpam, at }),
    );
  }
  const { length } = writeMemory(account.memory);
  assert.ok(length < 256_000, String(length));
  for (const learned of account.records.values()) assert.ok(writeLearned(learned).length < 16_384);
});

const newsletter = (text: string) =>
  messageOf(`${text}\r\nThe weekly letter of the garden club, with all the news about seeds and soil.\r\n`, {
    From: 'Garden Club <news@garden.example>',
    Subject: 'The weekly letter',
  });

test('one act moves the next message like it over the threshold, and no other', () => {
  const first = judgedOf(newsletter('In this issue: tulips and the art of waiting.'));
  const next = judgedOf(newsletter('In this issue: roses, thorns and gloves.'));
  const friend = judgedOf(
    messageOf('Shall we meet on Friday? Bring the map.', { From: 'Zoe <zoe@friend.example>' }),
  );
  assert.ok(judge(next, emptyMemory) < 0.5);
  const account = after(nobody, 1, entryOf(first, { number: 1, isSpam: true }));
  assert.ok(judge(next, account.memory) > 0.9, String(judge(next, account.memory)));
  assert.ok(Math.abs(judge(friend, account.memory) - judge(friend, emptyMemory)) < 0.02);
  const corrected = after(account, 1, entryOf(first, { number: 1, isSpam: false }));
  assert.ok(judge(next, corrected.memory) < 0.2);
});

test('many marks of one kind only say nothing about other mail', () => {
  let account = nobody;
  for (let number = 0; number < 120; number++) {
    account = after(account, number, entryOf(judgedOf(madeUp('spam', number)), { number, isSpam: true }));
  }
  const friend = judgedOf(
    messageOf('Shall we meet on Friday? Bring the map.', { From: 'Zoe <zoe@friend.example>' }),
  );
  assert.ok(judge(friend, account.memory) < 0.5);
});

test('what was learned fades with the years', () => {
  const first = judgedOf(newsletter('In this issue: tulips.'));
  const next = judgedOf(newsletter('In this issue: roses.'));
  const { memory } = after(nobody, 1, entryOf(first, { number: 1, isSpam: true }));
  const later = (years: number) =>
    judge(next, memory, { at: new Date(now.getTime() + years * 365.25 * 86_400_000) });
  assert.ok(later(1) > later(4) && later(4) > later(8), [1, 4, 8].map(later).join(' '));
});

test('others count less than the owner, and one of them alone is never more than one message', () => {
  const at = now;
  const next = judgedOf(newsletter('In this issue: roses.'));
  const shiftBy = (owners: readonly number[]) => {
    const entries = owners.map((owner, number) =>
      entryOf(judgedOf(newsletter(`Issue ${number}: tulips.`)), { number, isSpam: true, owner }),
    );
    return opinionOf(next.sketch, { personal: null, shared: sharedKnowledge({ entries }) }, at).shared;
  };
  const personal = after(nobody, 1, entryOf(judgedOf(newsletter('Tulips.')), { number: 1, isSpam: true }));
  const own = judge(next, personal.memory);
  assert.ok(shiftBy([1]) > 0 && shiftBy([1]) < 3.5, String(shiftBy([1])));
  assert.ok(own > 0.9);
  assert.ok(shiftBy([1, 1, 1, 1, 1, 1]) < shiftBy([1, 2, 3]));
  assert.ok(Math.abs(shiftBy(Array.from({ length: 50 }, () => 1)) - shiftBy([1, 1])) < 1);
});

test('the owner’s word stands against whatever comes of itself', () => {
  const base = { at: now, entry: null, dropped: [], model: '' };
  assert.equal(isNews({ ...base, isSpam: true, source: 'owner' }, { isSpam: false, source: 'reply' }), false);
  assert.equal(
    isNews({ ...base, isSpam: null, source: 'owner' }, { isSpam: false, source: 'correspondent' }),
    false,
  );
  assert.equal(isNews({ ...base, isSpam: false, source: 'reply' }, { isSpam: true, source: 'owner' }), true);
  assert.equal(isNews({ ...base, isSpam: false, source: 'reply' }, { isSpam: false, source: 'owner' }), true);
  assert.equal(isNews({ ...base, isSpam: true, source: 'owner' }, { isSpam: true, source: 'owner' }), false);
  assert.equal(isNews(null, { isSpam: null, source: 'owner' }), false);
});

test('of a message of which only the outside may be kept, nothing but its author is', () => {
  const authors = [{ name: 'Garden Club', address: 'news@garden.example' }];
  const sketch = outerSketch({ authors });
  assert.ok(sketch.slots.length > 0 && sketch.slots.length <= 3);
  assert.ok(sketch.slots.every(slot => slot < 4096));
});

test('who has learned both classes tells apart what is like none of the messages learned', () => {
  let account = nobody;
  for (let number = 0; number < 60; number++) {
    const isSpam = number % 2 === 1;
    account = after(account, number, entryOf(messageAt(number), { number, isSpam }));
  }
  const odds = (kind: 'ham' | 'spam') =>
    Array.from({ length: 10 }, (_, at) => judge(judgedOf(madeUp(kind, 500 + at)), account.memory));
  assert.ok(Math.max(...odds('ham')) < Math.min(...odds('spam')), [odds('ham'), odds('spam')].join(' | '));
});

/** Each from somebody else, about something else, in a header as everybody writes it. */
function letter(number: number): Judged {
  const words = Array.from({ length: 40 }, (_, at) => `word${(number * 7919 + at * 104_729) % 9973}`);
  return judgedOf(
    messageOf(`${words.join(' ')}\r\n`, {
      From: `Friend ${number} <friend${number}@house${number}.example>`,
      Subject: `${words[0]} ${words[1]}`,
      'Message-ID': `<${number}@house${number}.example>`,
    }),
  );
}

test('marks of spam beside very few of wanted mail do not make other wanted mail worse', () => {
  let account = nobody;
  for (let number = 0; number < 110; number++) {
    account = after(account, number, entryOf(letter(number), { number, isSpam: number >= 10 }));
  }
  const shifts = Array.from({ length: 20 }, (_, at) => {
    const one = letter(300 + at);
    return judge(one, account.memory) - judge(one, emptyMemory);
  });
  const mean = shifts.reduce((sum, shift) => sum + shift, 0) / shifts.length;
  assert.ok(mean < 0.02, String(mean));
});
