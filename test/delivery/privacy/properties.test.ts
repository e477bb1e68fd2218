import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { computeIndex } from '../../../delivery/privacy/index.ts';
import { bestValue, type FactValue, wonHundredths } from '../../../delivery/privacy/scale.ts';
import { levels, parts } from '../../../delivery/privacy/shape.ts';
import type { FactRow, Scale } from '../../../delivery/privacy/table.ts';
import { tables } from '../../../delivery/privacy/tables.ts';
import { discussions, factsOf, givenFor } from './given-facts.ts';

/**
 * Values of a fact in an order of their own from worse to better. Points alone do not order them: an unknown device
 * is worse than a public one, and what is known to be open is worse than what is unknown (the ceiling `inClear`).
 */
const worseFirst: Record<string, readonly string[]> = {
  'device.use': ['unknown', 'public', 'shared', 'personal'],
  'message.encryption': ['none', 'unknown', 'weak', 'strong'],
  'message.lastHop': ['none', 'unknown', 'old', 'dated', 'modern'],
};

function rank(subject: string, { id, scale }: FactRow, value: FactValue | undefined): number {
  const order = worseFirst[`${subject}.${id}`];
  const known = value === undefined ? 'unknown' : value;
  if (order) return order.indexOf(String(known));
  return known === 'unknown' ? -1 : wonHundredths(scale, known);
}

function worstValue(scale: Scale): FactValue {
  if (scale.kind === 'share' || scale.kind === 'index' || scale.kind === 'grade') return 0;
  if (scale.kind === 'count') return Object.keys(scale.words)[0] ?? 1000;
  if (scale.kind === 'set') return [];
  return scale.kind === 'flag' ? false : 'none';
}

for (const table of Object.values(tables)) {
  const { subject } = table;

  test(`a better fact never lowers the index of a ${subject}, a worse one never raises it`, () => {
    const change = fc
      .constantFrom(...table.facts)
      .chain(row => fc.tuple(fc.constant(row), givenFor(row.scale)));
    fc.assert(
      fc.property(factsOf(subject), change, (facts, [row, value]) => {
        const changed = { ...facts, [row.id]: value };
        if (row.id === 'sender') for (const flag of table.flags) delete changed[flag];
        const base = row.id === 'sender' ? { ...changed, sender: facts.sender ?? 'unknown' } : facts;
        const from = rank(subject, row, base[row.id]);
        const to = rank(subject, row, value);
        const gain = computeIndex(subject, changed).value - computeIndex(subject, base).value;
        const gainUpTo = computeIndex(subject, changed).upTo - computeIndex(subject, base).upTo;
        if (to >= from) assert.ok(gain >= 0, `${row.id} lowered it by ${-gain}`);
        if (to <= from) assert.ok(gain <= 0, `${row.id} raised it by ${gain}`);
        const bothKnown = value !== 'unknown' && base[row.id] !== undefined && base[row.id] !== 'unknown';
        if (bothKnown && to >= from) assert.ok(gainUpTo >= 0, `${row.id} lowered upTo by ${-gainUpTo}`);
      }),
      { numRuns: 3000 },
    );
  });

  test(`a ceiling of its own never raises the index of a ${subject}`, () => {
    fc.assert(
      fc.property(factsOf(subject), fc.constantFrom(...table.flags), (facts, flag) => {
        const held = computeIndex(subject, { ...facts, [flag]: true }).value;
        const free = computeIndex(subject, { ...facts, [flag]: false }).value;
        assert.ok(held <= free);
      }),
    );
  });

  test(`the index of a ${subject} stays between 0 and 100, upTo is never below it, steps gain what they say`, () => {
    fc.assert(
      fc.property(factsOf(subject), facts => {
        const { value, upTo, parts: won, next, facts: rows } = computeIndex(subject, facts);
        for (const number of [value, upTo])
          assert.ok(Number.isInteger(number) && number >= 0 && number <= 100);
        for (const part of parts) assert.ok(won[part] >= 0 && won[part] <= 100);
        for (const number of [...rows.map(({ points }) => points), ...Object.values(won)]) {
          assert.match(String(number), /^\d+(\.\d{1,2})?$/);
        }
        assert.ok(upTo >= value);
        for (const { gain } of next) assert.ok(gain > 0 && value + gain <= 100);
      }),
    );
  });

  test(`the value of a ${subject} can be reckoned again from the facts it shows`, () => {
    fc.assert(
      fc.property(factsOf(subject), facts => {
        const index = computeIndex(subject, facts);
        let weighted = 0;
        for (const part of parts) {
          const points = index.facts
            .filter(fact => fact.part === part)
            .map(fact => Math.round(fact.points * 100));
          const sum = points.reduce((total, each) => total + each, 0);
          assert.equal(Math.round(index.parts[part] * 100), sum);
          weighted += table.weights[part] * sum;
        }
        const uncapped = Math.floor((weighted + 5000) / 10000);
        assert.equal(index.value, Math.min(uncapped, index.ceiling?.at ?? 100));
        if (index.ceiling) assert.ok(index.ceiling.at < uncapped);
      }),
    );
  });

  test(`0 and 100 and every level between can be reached by a ${subject}`, () => {
    const best = Object.fromEntries(table.facts.map(({ id, scale }) => [id, bestValue(scale)]));
    const worst = Object.fromEntries(table.facts.map(({ id, scale }) => [id, worstValue(scale)]));
    assert.equal(computeIndex(subject, best).value, 100);
    assert.deepEqual(computeIndex(subject, best).next, []);
    assert.equal(computeIndex(subject, worst).value, 0);
    const reached = new Set<string>();
    const facts = { ...worst };
    for (const { id } of table.facts) {
      facts[id] = best[id] ?? 'unknown';
      reached.add(computeIndex(subject, facts).level);
    }
    fc.sample(factsOf(subject), { numRuns: 2000, seed: 1 }).forEach(each => {
      reached.add(computeIndex(subject, each).level);
    });
    assert.deepEqual([...reached].sort(), [...levels]);
  });

  test(`the points of each part of a ${subject} add up to 100, and so do the weights`, () => {
    const best = Object.fromEntries(table.facts.map(({ id, scale }) => [id, bestValue(scale)]));
    assert.deepEqual(computeIndex(subject, best).parts, { technical: 100, behaviour: 100, context: 100 });
    assert.equal(
      Object.values(table.weights).reduce((sum, weight) => sum + weight, 0),
      100,
    );
  });

  test(`the same facts of a ${subject} in another order give the same result`, () => {
    fc.assert(
      fc.property(factsOf(subject), facts => {
        const turned = Object.fromEntries(Object.entries(facts).reverse());
        assert.deepEqual(computeIndex(subject, turned), computeIndex(subject, facts));
      }),
    );
  });

  test(`a missing fact of a ${subject} is the same as the word unknown`, () => {
    for (const { id, scale } of table.facts) {
      if (scale.kind !== 'word') continue;
      assert.deepEqual(computeIndex(subject, { [id]: 'unknown' }), computeIndex(subject, {}));
    }
  });
}

test('a discussion is never above its lowest message, and leaving messages out never lowers it', () => {
  fc.assert(
    fc.property(discussions, ({ messages, marked }) => {
      const index = computeIndex('discussion', { messages: messages.slice(0, 10), marked });
      const without = computeIndex('discussion', { messages: messages.slice(0, 10), marked: [...marked, 0] });
      if (index.value !== null && without.value !== null) assert.ok(without.value >= index.value);
      if (index.value === null) return;
      const shown = messages[index.message ?? -1] ?? assert.fail('no such message');
      assert.equal(computeIndex('message', shown).value, index.value);
      assert.ok(index.upTo !== null && index.upTo >= index.value);
    }),
  );
});

test('of two messages equally low the newest is shown', () => {
  const open = { encryption: 'none', lastHop: 'modern' };
  const index = computeIndex('discussion', {
    messages: [{ ...open, tracking: 'clean' }, open, open],
    marked: [],
  });
  assert.equal(index.message, 1);
});

test('only the newest ten messages that are left count', () => {
  const good = { encryption: 'strong', signature: 'verified', lastHop: 'modern', custody: 'client' };
  const messages = [...Array.from({ length: 10 }, () => good), {}];
  assert.equal(
    computeIndex('discussion', { messages, marked: [] }).value,
    computeIndex('message', good).value,
  );
  assert.equal(computeIndex('discussion', { messages, marked: [4] }).value, 0);
});

test('a discussion of nothing but marked, forged and harmful messages has no value', () => {
  const messages = [{ sender: 'failed', forged: true }, { harmful: true }, { encryption: 'none' }];
  const index = computeIndex('discussion', { messages, marked: [2] });
  assert.deepEqual(index, {
    subject: 'discussion',
    version: 1,
    value: null,
    level: null,
    parts: { technical: 0, behaviour: 0, context: 0 },
    facts: [],
    upTo: null,
    next: [],
    message: null,
  });
});
