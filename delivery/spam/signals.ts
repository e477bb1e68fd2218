import type { FeatureClass } from './classes.ts';
import type { Look } from './look.ts';
import { type RuleEvidence, rules } from './rules.ts';

/** One signal that holds, strength 0..1; `id` is a row of `rules.ts`, or an authentication result. */
export interface Signal {
  readonly id: string;
  readonly value: number;
  readonly detail?: string;
}

/**
 * Rules that hold for a look, and authentication results. A rule takes part when the class `rules` does, or when
 * all the classes that it reads do.
 */
export function signalsOf(look: Look, evidence: RuleEvidence, classes: ReadonlySet<FeatureClass>): Signal[] {
  const signals: Signal[] = [];
  for (const rule of rules) {
    if (!classes.has('rules') && !rule.reads.every(name => classes.has(name))) continue;
    const found = rule.find(look, evidence);
    if (found === null) continue;
    signals.push({
      id: rule.id,
      value: found.value ?? 1,
      ...(found.detail ? { detail: found.detail.slice(0, 200) } : {}),
    });
  }
  return signals;
}
