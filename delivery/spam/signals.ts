import type { FeatureClass } from './classes.ts';
import type { Look } from './look.ts';
import { type OwnerView, ownerRules } from './rules/owner.ts';
import type { Found, RuleRow } from './rules/rule.ts';
import { type RuleEvidence, rules } from './rules.ts';

/** One signal that holds, strength 0..1; `id` is a row of `rules.ts`. */
export interface Signal {
  readonly id: string;
  readonly value: number;
  readonly detail?: string;
}

/**
 * Rules that hold for a look: the same for all owners of the message. A rule takes part when the class `rules` does,
 * or when all the classes that it reads do.
 */
export function signalsOf(look: Look, evidence: RuleEvidence, classes: ReadonlySet<FeatureClass>): Signal[] {
  return rules
    .filter(rule => takesPart(rule, classes))
    .flatMap(rule => signalOf(rule, rule.find(look, evidence)));
}

/** Rules that hold for one owner of the message, by whom that owner knows. */
export function ownerSignalsOf(view: OwnerView, classes: ReadonlySet<FeatureClass>): Signal[] {
  return ownerRules.filter(rule => takesPart(rule, classes)).flatMap(rule => signalOf(rule, rule.find(view)));
}

function takesPart({ reads }: RuleRow, classes: ReadonlySet<FeatureClass>): boolean {
  return classes.has('rules') || reads.every(name => classes.has(name));
}

const detailCharacters = 200;

/** The detail is text of the sender: cut, and without what would turn the words around it. */
function signalOf({ id }: RuleRow, found: Found | null): Signal[] {
  if (found === null) return [];
  const detail = found.detail
    ?.slice(0, detailCharacters)
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ' ');
  return [{ id, value: found.value ?? 1, ...(detail ? { detail } : {}) }];
}
