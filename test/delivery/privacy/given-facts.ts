import fc from 'fast-check';
import type { Scale, SubjectTable } from '../../../delivery/privacy/table.ts';
import { tables } from '../../../delivery/privacy/tables.ts';

/** Any facts that `checkFacts` allows, as JSON. */
export type GivenFacts = Record<string, string | number | boolean | string[]>;

/** Shares whose rounding is easy to get wrong. */
const edgeShares = [
  0,
  1,
  0.005,
  0.015,
  0.125,
  0.145,
  0.285,
  0.565,
  0.575,
  0.995,
  0.0049,
  0.9949999,
  1 / 3,
  2 / 3,
  1e-7,
  5e-324,
];

/** Any value that a fact of this scale may have. */
export function givenFor(scale: Scale): fc.Arbitrary<GivenFacts[string]> {
  switch (scale.kind) {
    case 'word':
      return fc.constantFrom(...Object.keys(scale.words), 'unknown');
    case 'share':
      return fc.oneof(
        fc.constantFrom(...edgeShares),
        fc.integer({ min: 0, max: 1000 }).map(thousandths => thousandths / 1000),
        fc.double({ min: 0, max: 1, noNaN: true }),
      );
    case 'index':
      return fc.integer({ min: 0, max: 100 });
    case 'count':
      return fc.oneof(fc.integer({ min: 0, max: 25 }), fc.constantFrom(1e6, ...Object.keys(scale.words)));
    case 'grade':
      return fc.constantFrom(0, 1, 2, 3, 4, ...Object.keys(scale.words));
    case 'set':
      return fc.subarray(Object.keys(scale.words));
    case 'flag':
      return fc.boolean();
  }
}

/** Facts of a subject: some missing, some `unknown`, some all but complete. */
export function factsOf(subject: SubjectTable['subject']): fc.Arbitrary<GivenFacts> {
  const table = tables[subject];
  const entries = table.facts.map(({ id, scale }) => [id, givenFor(scale)] as const);
  const flags = table.flags.map(
    flag => [flag, fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.boolean())] as const,
  );
  const all: Record<string, fc.Arbitrary<GivenFacts[string]>> = Object.fromEntries([...entries, ...flags]);
  const sparse = fc.record(all, { requiredKeys: [] });
  return fc.oneof(sparse, fc.record(all), fc.record(all)).map(facts => {
    const checked = { ...facts };
    for (const { flag, fact, value } of table.needs) if (checked[fact] !== value) delete checked[flag];
    return checked as GivenFacts;
  });
}

/** A discussion: up to 14 messages, some of them marked. */
export const discussions = fc.array(factsOf('message'), { maxLength: 14 }).chain(messages =>
  fc.record({
    messages: fc.constant(messages),
    marked: fc.subarray(messages.map((_, position) => position)),
  }),
);
