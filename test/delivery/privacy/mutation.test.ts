import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bestValue } from '../../../delivery/privacy/scale.ts';
import type { SubjectTable } from '../../../delivery/privacy/table.ts';
import { indexWith } from '../../../delivery/privacy/table-index.ts';
import { tables } from '../../../delivery/privacy/tables.ts';
import { factsOf, type GivenFacts } from './given-facts.ts';
import { secondIndex } from './second.ts';

type Path = readonly (string | number)[];

interface Mutant {
  readonly about: string;
  readonly path: Path;
  readonly value: unknown;
}

/** Keys under which there is nothing but words for people. */
const textKeys = new Set([
  'name',
  'why',
  'unknown',
  'source',
  'id',
  'kind',
  'subject',
  'flags',
  'needs',
  'part',
]);

/** Every number one more and one less, every condition turned, every word of a list left out. */
function mutantsOf(tree: unknown, path: Path = []): Mutant[] {
  const about = path.join('.');
  if (typeof tree === 'number') {
    return [1, -1].map(step => ({ about: `${about} ${step}`, path, value: tree + step }));
  }
  if (typeof tree === 'boolean') return [{ about: `not ${about}`, path, value: !tree }];
  if (Array.isArray(tree)) {
    const shorter =
      typeof tree[0] === 'string' || path.at(-1) === 'sets'
        ? tree.map((_, at) => ({ about: `${about} without ${at}`, path, value: tree.toSpliced(at, 1) }))
        : [];
    return [...shorter, ...tree.flatMap((each, at) => mutantsOf(each, [...path, at]))];
  }
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.entries(tree).flatMap(([key, each]) =>
    textKeys.has(key) ? [] : mutantsOf(each, [...path, key]),
  );
}

function mutated(table: SubjectTable, { path, value }: Mutant): SubjectTable {
  const copy = structuredClone(table);
  // The path was walked in the very same tree.
  let at = copy as unknown as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  at[path.at(-1) ?? ''] = value;
  return copy;
}

/** Facts around the best and the worst, one value changed at a time, each with every flag; and random ones. */
function samplesOf(table: SubjectTable): GivenFacts[] {
  const best = Object.fromEntries(table.facts.map(({ id, scale }) => [id, bestValue(scale)])) as GivenFacts;
  const samples: GivenFacts[] = [best, {}];
  for (const { id, scale } of table.facts) {
    const values: GivenFacts[string][] =
      'words' in scale && scale.kind !== 'set' ? Object.keys(scale.words) : [];
    if (scale.kind === 'count') values.push(0, 1, 2, 4, 5, 6, 20, 21);
    if (scale.kind === 'grade') values.push(0, 1, 2, 3, 4);
    if (scale.kind === 'set') values.push(...Object.keys(scale.words).map(word => [word]));
    if (scale.kind === 'share') values.push(0.5);
    if (scale.kind === 'index') values.push(50);
    for (const value of [...values, 'unknown']) samples.push({ ...best, [id]: value }, { [id]: value });
  }
  for (const flag of table.flags)
    samples.push({ ...best, [flag]: true }, { ...best, sender: 'failed', [flag]: true });
  return [...samples, ...fc.sample(factsOf(table.subject), { numRuns: 800, seed: 7 })];
}

/**
 * Changes that cannot show: a ceiling of a flag alone has no unknown, `undeclared` and `publicDevice` name the unknown
 * themselves, and while encryption is unknown or weak a lower ceiling holds anyway.
 */
const withoutEffect: Readonly<Record<SubjectTable['subject'], readonly string[]>> = {
  message: [
    'not ceilings.0.holdsWhileUnknown',
    'not ceilings.1.holdsWhileUnknown',
    'not ceilings.5.holdsWhileUnknown',
    'not ceilings.6.holdsWhileUnknown',
    'not ceilings.7.holdsWhileUnknown',
    'ceilings.7.when.encryption without 1',
    'not ceilings.8.holdsWhileUnknown',
    'ceilings.8.when.encryption without 1',
  ],
  contact: ['not ceilings.0.holdsWhileUnknown'],
  device: [0, 1, 2, 3].map(at => `not ceilings.${at}.holdsWhileUnknown`),
  account: ['not ceilings.0.holdsWhileUnknown'],
};

for (const table of Object.values(tables)) {
  test(`each number and condition of the ${table.subject} table counts: changed by one, a case fails`, () => {
    const cases = samplesOf(table).map(facts => ({ facts, expected: secondIndex(table.subject, facts) }));
    const agrees = (mutant: SubjectTable): boolean =>
      cases.every(({ facts, expected }) => {
        const { value, parts, ceiling, upTo, next } = indexWith(mutant, facts);
        return (
          value === expected.value &&
          upTo === expected.upTo &&
          ceiling?.id === expected.ceiling?.id &&
          JSON.stringify(parts) === JSON.stringify(expected.parts) &&
          JSON.stringify(next) === JSON.stringify(expected.next)
        );
      });
    assert.ok(agrees(table), 'the table itself agrees');
    const mutants = mutantsOf(table);
    assert.ok(mutants.length > 50);
    const survivors = mutants.filter(mutant => agrees(mutated(table, mutant))).map(({ about }) => about);
    assert.deepEqual(survivors, withoutEffect[table.subject]);
  });
}
