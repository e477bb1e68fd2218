import { type Feature, features, featuresOf, type ImportanceEvidence } from './features.ts';
import type { ImportanceFindings } from './findings.ts';
import type { ImportanceMemory } from './memory.ts';

/** Reasons that are kept. */
const maxReasons = 6;
const leastWeight = 0.1;

const priorWeights: ReadonlyMap<string, number> = new Map(features.map(({ id, weight }) => [id, weight]));

/** Id of the reason in which all that the owner's acts taught of a sender, domain and list stands together. */
export const personalReason = 'personal';
/** Id of the reason of mail that looks unwanted. */
export const junkReason = 'junk';

/**
 * How much a message matters to its owner: a logistic model over relation features, with weights made by hand and the
 * owner's own on top of them. The same evidence gives the same findings; the reasons before they are rounded and cut add
 * up to the log-odds.
 */
export function judgeImportance(evidence: ImportanceEvidence): ImportanceFindings {
  const { known, own } = featuresOf(evidence);
  const { memory, hash, isProven } = evidence;
  const reasons = known.map(({ id, value }) => ({
    id,
    weight: ((priorWeights.get(id) ?? 0) + (memory.weights.get(hash(`feature|${id}`)) ?? 0)) * value,
  }));
  const learned = own.reduce((sum, feature) => sum + personalWeight(memory, feature, hash), 0);
  // Whoever takes an address or the name of a list without proof gets little of what it has earned.
  const personal = learned > 0 && !isProven ? learned / 4 : learned;
  const all = personal === 0 ? reasons : [...reasons, { id: personalReason, weight: personal }];
  const odds = all.reduce((sum, { weight }) => sum + weight, 0);
  return {
    value: importanceAt(odds),
    by: 'model',
    reasons: all
      .filter(({ weight }) => Math.abs(weight) >= leastWeight)
      .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
      .slice(0, maxReasons)
      .map(({ id, weight }) => ({ id, weight: Math.round(weight * 100) / 100 })),
  };
}

/** Of mail that looks unwanted. */
export const leastImportance: ImportanceFindings = {
  value: -10,
  by: 'model',
  reasons: [{ id: junkReason, weight: -6 }],
};

function personalWeight(
  memory: ImportanceMemory,
  { id, value }: Feature,
  hash: (text: string) => number,
): number {
  return (memory.weights.get(hash(`feature|${id}`)) ?? 0) * value;
}

/** Log-odds as -10..10: 0 is as likely as not to matter. */
export function importanceAt(odds: number): number {
  // Adding 0 turns -0 into 0.
  return Math.round(10 * Math.tanh(odds / 2)) + 0;
}

/** -10..10 as log-odds. */
export function oddsOf(value: number): number {
  const share = Math.max(-0.97, Math.min(0.97, value / 10));
  return 2 * Math.atanh(share);
}
