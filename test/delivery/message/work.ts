import assert from 'node:assert/strict';

/** Fewer milliseconds than this say nothing about growth. */
const tooFast = 20;
const tries = 4;
/** A collection of garbage can fall into one measurement, not into all: what grows too fast does so each time. */
const rounds = 3;

/**
 * Fails when twice the input takes much more than twice the work: the best of a few runs each, in CPU time of this
 * thread, so that a busy machine does not count.
 */
export function assertLinear<T>(
  make: (amount: number) => T,
  work: (input: T) => unknown,
  amount: number,
): void {
  const [single, double] = [make(amount), make(amount * 2)];
  work(single);
  const seen: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const small = best(() => work(single));
    const large = best(() => work(double));
    if (large <= tooFast || large <= small * 3.2) return;
    seen.push(`${small.toFixed(1)} ms became ${large.toFixed(1)} ms`);
  }
  assert.fail(seen.join(', '));
}

function best(work: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < tries; run++) {
    const before = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
    if (least < tooFast / 4) break;
  }
  return least;
}
