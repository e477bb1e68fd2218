import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkFacts, computeIndex } from '../../../delivery/privacy/index.ts';
import type { Facts, IndexedFact, NextStep, PrivacyIndex } from '../../../delivery/privacy/shape.ts';
import type { SubjectTable } from '../../../delivery/privacy/table.ts';
import { tables } from '../../../delivery/privacy/tables.ts';

const folder = join(import.meta.dirname, '../../vectors/privacy');

/** One value of one fact, drawn from the document: what it wins, and the index of it alone. */
interface FactVector {
  readonly facts: Facts;
  readonly fact: Pick<IndexedFact, 'id' | 'part' | 'points' | 'of' | 'state'>;
  readonly value: number;
  readonly level: string;
  readonly ceiling?: PrivacyIndex['ceiling'];
  readonly upTo: number;
}

/** A whole case reckoned by hand. */
interface WholeVector {
  readonly about: string;
  readonly subject: SubjectTable['subject'];
  readonly facts: Facts;
  readonly value: number;
  readonly level: string;
  readonly ceiling: PrivacyIndex['ceiling'] | null;
  readonly upTo: number;
  readonly next: readonly NextStep[];
}

function read<T>(name: string): T[] {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as T[];
}

for (const table of Object.values(tables)) {
  const { subject } = table;
  const vectors = read<FactVector>(subject);

  test(`every value of every fact of a ${subject} wins the points of the document`, () => {
    for (const { facts, fact, value, level, ceiling, upTo } of vectors) {
      const index = computeIndex(subject, checkFacts(subject, facts));
      const found = index.facts.find(({ id }) => id === fact.id);
      const { id, part, points, of, state } = found ?? assert.fail(`no fact ${fact.id}`);
      const whole = { value: index.value, level: index.level, ceiling: index.ceiling, upTo: index.upTo };
      assert.deepEqual({ id, part, points, of, state }, fact, JSON.stringify(facts));
      assert.deepEqual(whole, { value, level, ceiling, upTo }, JSON.stringify(facts));
    }
  });

  test(`there is a vector for every word of every fact of a ${subject}`, () => {
    const seen = new Set(
      vectors.flatMap(({ facts }) =>
        Object.entries(facts).flatMap(([id, value]) => [value].flat().map(word => `${id} ${word}`)),
      ),
    );
    const missing = table.facts.flatMap(({ id, scale }) =>
      ('words' in scale ? Object.keys(scale.words) : [])
        .map(word => `${id} ${word}`)
        .filter(key => !seen.has(key)),
    );
    assert.deepEqual(missing, []);
    assert.deepEqual(
      table.facts.filter(({ id }) => !vectors.some(({ fact }) => fact.id === id)),
      [],
    );
  });
}

for (const { about, subject, facts, ...expected } of read<WholeVector>('whole')) {
  test(`${subject}: ${about}`, () => {
    const { value, level, ceiling = null, upTo, next } = computeIndex(subject, checkFacts(subject, facts));
    assert.deepEqual({ value, level, ceiling, upTo, next }, expected);
  });
}
