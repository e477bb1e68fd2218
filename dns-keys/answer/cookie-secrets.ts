import { cookieSeconds } from './cookie.ts';

/** A secret makes new cookies for so long: 28 days of the Unix time, the same on all machines. */
const periodSeconds = 28 * 86_400;

export interface SecretSource {
  /** The 16 octets of a period, by its number; the same on each machine. */
  readonly derive: (period: number) => Uint8Array;
  /** Unix seconds. */
  readonly now: () => number;
}

/**
 * Gives the secrets for server cookies (RFC 9018 §5): the one of this period first; then that of the period before, for
 * as long as a cookie made with it is good, or that of the next one, when a machine whose clock is ahead may be in it.
 * Each is derived once.
 */
export function rollingSecrets({ derive, now }: SecretSource): () => readonly Uint8Array[] {
  let known: { periods: readonly [number, number, number]; secrets: readonly Uint8Array[] } | null = null;
  return () => {
    const at = now();
    const period = periodOf(at);
    const before = periodOf(at - cookieSeconds.good - cookieSeconds.future);
    const next = periodOf(at + cookieSeconds.future);
    const [first, second, third] = known?.periods ?? [];
    if (known === null || first !== period || second !== before || third !== next)
      known = {
        periods: [period, before, next],
        secrets: [...new Set([period, before, next])].map(derive),
      };
    return known.secrets;
  };
}

function periodOf(seconds: number): number {
  return Math.floor(seconds / periodSeconds);
}
