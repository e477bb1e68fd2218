/** Verdicts under one key. */
export interface KeyCounts {
  readonly key: string;
  readonly wanted: number;
  readonly unwanted: number;
}

/**
 * How many verdicts a key needs before it weighs as much as the more general ones together. Networks carry the mail
 * of many: one message of theirs says little of the next.
 */
const doubt: Readonly<Record<string, number>> = { network: 20, signer: 6, sender: 6 };

/**
 * The standing of a sender by the counts of its keys: -1..1 and the number of verdicts of the best-known key. What is
 * known of the more general keys is where the more particular ones start from. Null where there is no verdict.
 */
export function standingOf(
  keys: readonly string[],
  counts: readonly KeyCounts[],
): { standing: number | null; verdicts: number } {
  const known = new Map(counts.map(found => [found.key, found]));
  let unwantedShare = 0.5;
  let verdicts = 0;
  for (const key of keys.toReversed()) {
    const found = known.get(key);
    if (!found) continue;
    const [wanted, unwanted] = [Math.max(0, found.wanted), Math.max(0, found.unwanted)];
    const weight = doubt[key.slice(0, key.indexOf(':'))] ?? 6;
    unwantedShare = (unwanted + weight * unwantedShare) / (wanted + unwanted + weight);
    verdicts = Math.max(verdicts, wanted + unwanted);
  }
  if (verdicts === 0) return { standing: null, verdicts: 0 };
  return { standing: rounded(1 - 2 * unwantedShare), verdicts: rounded(verdicts) };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
