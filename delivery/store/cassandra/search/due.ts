/** How a bucket's block stands to its emails. */
export interface Standing {
  /** Emails that it does not cover, or not as they are now. */
  readonly tail: number;
  /** Emails that it covers and that are gone, or have other words now. */
  readonly lost: number;
  /** When it was built, in milliseconds; null: there is none. */
  readonly builtAt: number | null;
}

/** A tail that searches should not read. */
const longTail = 500;
/** A tail that is worth a place in the block, which is not built for it at once. */
const someTail = 50;
const someTailMilliseconds = 60 * 60_000;
/** What is gone may stay in the block for so long after it was built. */
const lostMilliseconds = 10 * 60_000;

/** In how many milliseconds the block should be built anew; null: not at all. */
export function dueIn({ tail, lost, builtAt }: Standing, now: number): number | null {
  const since = (milliseconds: number): number =>
    builtAt === null ? 0 : Math.max(0, builtAt + milliseconds - now);
  if (tail > longTail) return 0;
  const waits = [
    ...(lost > 0 ? [since(lostMilliseconds)] : []),
    ...(tail > someTail ? [since(someTailMilliseconds)] : []),
  ];
  return waits.length > 0 ? Math.min(...waits) : null;
}
