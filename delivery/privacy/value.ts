import type { FactValue } from './scale.ts';
import { bestValue, wonHundredths } from './scale.ts';
import type { Facts, Part } from './shape.ts';
import type { CeilingRow, Condition, SubjectTable } from './table.ts';

/** The index of a subject as plain numbers. */
export interface Valuation {
  /** 0..100. */
  readonly value: number;
  /** Hundredths of points, 0..10000. */
  readonly parts: Readonly<Record<Part, number>>;
  /** The lowest ceiling, when it lowers the value. */
  readonly ceiling: CeilingRow | null;
}

/** The value of a fact, null when the key is missing or the word is `unknown`. */
export function knownValue(facts: Facts, id: string): FactValue | null {
  const value = Object.hasOwn(facts, id) ? facts[id] : undefined;
  return value === undefined || value === 'unknown' ? null : value;
}

/** Sums, weighs and caps (PRIVACY-INDEX.md, "Shape and arithmetic"); integers only. */
export function evaluate(table: SubjectTable, facts: Facts): Valuation {
  const parts = { technical: 0, behaviour: 0, context: 0 };
  for (const row of table.facts) {
    const value = knownValue(facts, row.id);
    if (value !== null) parts[row.part] += wonHundredths(row.scale, value);
  }
  const { technical, behaviour, context } = table.weights;
  const weighted = technical * parts.technical + behaviour * parts.behaviour + context * parts.context;
  const sum = Math.floor((weighted + 5000) / 10000);
  const ceiling = lowestCeiling(table, facts);
  if (ceiling === null || ceiling.at >= sum) return { value: sum, parts, ceiling: null };
  return { value: ceiling.at, parts, ceiling };
}

/** The facts with every unknown one at its best. */
export function withUnknownAtBest(table: SubjectTable, facts: Facts): Facts {
  const best: Record<string, FactValue> = { ...facts };
  for (const row of table.facts) {
    if (knownValue(facts, row.id) === null) best[row.id] = bestValue(row.scale);
  }
  return best;
}

/** Whether a condition holds; a missing flag is false, a missing fact is the word `unknown`. */
export function holds(
  table: SubjectTable,
  condition: Condition,
  facts: Facts,
  holdsWhileUnknown = false,
): boolean {
  for (const id in condition) {
    const allowed = condition[id] ?? [];
    const value = knownValue(facts, id) ?? (table.flags.includes(id) ? false : 'unknown');
    const isMet = allowed.some(word => word === value) || (holdsWhileUnknown && value === 'unknown');
    if (!isMet) return false;
  }
  return true;
}

/** The lowest ceiling that holds, the first of the table among equals. */
function lowestCeiling(table: SubjectTable, facts: Facts): CeilingRow | null {
  let lowest: CeilingRow | null = null;
  for (const row of table.ceilings) {
    if (lowest !== null && row.at >= lowest.at) continue;
    if (holds(table, row.when, facts, row.holdsWhileUnknown)) lowest = row;
  }
  return lowest;
}
