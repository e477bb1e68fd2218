import { afterSteps, nextSteps, offeredSteps } from './next.ts';
import { possibleHundredths, sentence, stateOf, wonHundredths } from './scale.ts';
import type { Facts, IndexedFact, KeptIndex, Level, PrivacyIndex } from './shape.ts';
import type { FactRow, SubjectTable } from './table.ts';
import { evaluate, knownValue, withUnknownAtBest } from './value.ts';
import { typeset } from './words.ts';

/** Where the evidence of a fact came from, by fact id, when it isn't the table's source. */
export type Sources = Readonly<Record<string, string>>;

/** The lowest value of each level. */
const levelFloors: ReadonlyArray<readonly [Level, number]> = [
  ['A', 80],
  ['B', 60],
  ['C', 40],
  ['D', 20],
  ['E', 0],
];

/** The privacy index of one subject by its table (PRIVACY-INDEX.md, "Shape and arithmetic"). */
export function indexWith(table: SubjectTable, facts: Facts, sources: Sources = {}): PrivacyIndex {
  const { value, parts, ceiling } = evaluate(table, facts);
  return {
    subject: table.subject,
    version: 1,
    value,
    level: levelOf(value),
    parts: {
      technical: parts.technical / 100,
      behaviour: parts.behaviour / 100,
      context: parts.context / 100,
    },
    facts: table.facts.map(row => indexedFact(row, facts, sources)),
    ...(ceiling === null ? {} : { ceiling: { id: ceiling.id, at: ceiling.at } }),
    upTo: evaluate(table, withUnknownAtBest(table, facts)).value,
    next: nextSteps(
      offeredSteps(table, facts),
      steps => evaluate(table, afterSteps(facts, steps)).value - value,
    ),
  };
}

/** The part of `indexWith` that is kept. */
export function keptWith(table: SubjectTable, facts: Facts, sources: Sources = {}): KeptIndex {
  const { value, ceiling } = evaluate(table, facts);
  return {
    subject: table.subject,
    version: 1,
    value,
    level: levelOf(value),
    ...(ceiling === null ? {} : { ceiling: { id: ceiling.id, at: ceiling.at } }),
    upTo: evaluate(table, withUnknownAtBest(table, facts)).value,
    ...(Object.keys(sources).length > 0 ? { sources } : {}),
  };
}

/** A 80-100, B 60-79, C 40-59, D 20-39, E 0-19. */
export function levelOf(value: number): Level {
  return levelFloors.find(([, floor]) => value >= floor)?.[0] ?? 'E';
}

function indexedFact(row: FactRow, facts: Facts, sources: Sources): IndexedFact {
  const value = knownValue(facts, row.id);
  const possible = possibleHundredths(row.scale);
  const shared = { id: row.id, part: row.part, of: possible / 100 };
  if (value === null) {
    return {
      ...shared,
      points: 0,
      state: 'unknown',
      evidence: { value: 'unknown', ...typeset(row.unknown) },
    };
  }
  const won = wonHundredths(row.scale, value);
  return {
    ...shared,
    points: won / 100,
    state: stateOf(won, possible),
    evidence: { value, source: sources[row.id] ?? row.source, ...typeset(sentence(row.scale, value)) },
  };
}
