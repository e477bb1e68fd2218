import type { FactValue } from './scale.ts';
import type { Facts, NextStep, Who } from './shape.ts';
import type { StepRow, SubjectTable } from './table.ts';
import { holds, knownValue } from './value.ts';

/** Whose step a set of steps is, the first of these that any step has. */
const whoFirst: readonly Who[] = ['them', 'operator', 'you'];

/**
 * What would raise the index: steps with a gain, best first, then in the order of the table; when no single
 * step gains, the smallest set that gains together, the first of the table among sets of that size.
 * `gainOf` gives the index after these steps less the index now.
 */
export function nextSteps(
  steps: readonly StepRow[],
  gainOf: (steps: readonly StepRow[]) => number,
): NextStep[] {
  const single = steps.map(step => entry([step], gainOf([step]))).filter(({ gain }) => gain > 0);
  // The sort is stable, so that equals stay in the order of the table.
  if (single.length > 0) return single.sort((a, b) => b.gain - a.gain);
  for (let size = 2; size <= steps.length; size++) {
    for (const set of combinations(steps, size)) {
      const gain = gainOf(set);
      if (gain > 0) return [entry(set, gain)];
    }
  }
  return [];
}

/** The steps of a table that are offered for these facts. */
export function offeredSteps(table: SubjectTable, facts: Facts): StepRow[] {
  return table.steps.filter(step => step.offered === undefined || holds(table, step.offered, facts));
}

/** The facts after these steps; what a step changes depends on the facts before all of them. */
export function afterSteps(facts: Facts, steps: readonly StepRow[]): Facts {
  const after: Record<string, FactValue> = { ...facts };
  for (const step of steps) {
    for (const { fact, to, where } of step.sets) {
      const before = knownValue(facts, fact);
      if (where === undefined || (typeof before === 'string' && where.includes(before))) after[fact] = to;
    }
  }
  return after;
}

function entry(steps: readonly StepRow[], gain: number): NextStep {
  const who = whoFirst.find(candidate => steps.some(step => step.who === candidate)) ?? 'you';
  return { steps: steps.map(step => step.id), gain, who };
}

/** All sets of `size` members, in the order of the list. */
function* combinations<T>(list: readonly T[], size: number, start = 0): Generator<T[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (const [offset, member] of list.slice(start).entries()) {
    for (const rest of combinations(list, size - 1, start + offset + 1)) yield [member, ...rest];
  }
}
