import { randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Clock } from '../../delivery/clock.ts';
import { firstHextets, plainAddress } from '../../delivery/ip-address.ts';
import { keyedHash } from '../../delivery/keyed-hash.ts';

interface Count {
  failures: number;
  since: number;
}

/** What is counted: tries of a subject from one network, of a network on anybody, of a subject from anywhere. */
type Counted = 'pair' | 'network' | 'subject';

/** Failures that are free in a window, and the longest wait behind them. */
const limits: Readonly<Record<Counted, { free: number; maxWaitSeconds: number }>> = {
  pair: { free: 5, maxWaitSeconds: 900 },
  network: { free: 30, maxWaitSeconds: 900 },
  // Loose: whoever fails on purpose from many places must not keep the owner out.
  subject: { free: 100, maxWaitSeconds: 60 },
};
const windowMilliseconds = 15 * 60_000;
const maxCounts = 50_000;

/**
 * Counts failed sign-ins in memory and as keyed hashes. A subject is the id of an account, or the normalised address
 * where there is none: other spellings of an address are not other counts.
 */
export class SignInThrottle {
  readonly #counts = new Map<string, Count>();
  /** Pairs of subject and network that signed in well: the failures of others don't hold them up. */
  readonly #known = new Set<string>();
  readonly #key = randomBytes(32);
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Seconds to wait before the next try, 0 when it may be made now. */
  waitSeconds(subject: string, remoteAddress: string): number {
    const keys = this.#keys(subject, remoteAddress);
    const heeded: readonly Counted[] = this.#known.has(keys.pair) ? ['pair'] : ['pair', 'network', 'subject'];
    return Math.max(...heeded.map(counted => this.#wait(keys[counted], limits[counted])));
  }

  /** Counts a try before its outcome is known, so that many at once don't slip through. */
  begin(subject: string, remoteAddress: string): void {
    for (const key of Object.values(this.#keys(subject, remoteAddress))) {
      const count = this.#live(key) ?? { failures: 0, since: 0 };
      count.failures++;
      count.since = this.#clock.now().getTime();
      this.#counts.delete(key);
      this.#counts.set(key, count);
    }
    forgetOldest(this.#counts);
  }

  /** A good sign-in clears its pair and takes back its own count of the others, no more than that. */
  succeeded(subject: string, remoteAddress: string): void {
    const { pair, network, subject: alone } = this.#keys(subject, remoteAddress);
    this.#counts.delete(pair);
    for (const key of [network, alone]) {
      const count = this.#counts.get(key);
      if (count) count.failures = Math.max(0, count.failures - 1);
    }
    this.#known.delete(pair);
    this.#known.add(pair);
    forgetOldest(this.#known);
  }

  #keys(subject: string, remoteAddress: string): Record<Counted, string> {
    const network = networkOf(remoteAddress);
    return {
      pair: this.#hash(['pair', subject, network]),
      network: this.#hash(['network', network]),
      subject: this.#hash(['subject', subject]),
    };
  }

  #hash(names: readonly string[]): string {
    return keyedHash(this.#key).update(JSON.stringify(names)).digest('base64');
  }

  #live(key: string): Count | null {
    const count = this.#counts.get(key);
    if (!count || count.since + windowMilliseconds < this.#clock.now().getTime()) return null;
    return count;
  }

  /** Doubles with each failure beyond the free ones: 2 s, 4 s and so on. */
  #wait(key: string, { free, maxWaitSeconds }: (typeof limits)[Counted]): number {
    const count = this.#live(key);
    if (!count || count.failures < free) return 0;
    const seconds = Math.min(2 ** Math.min(count.failures - free + 1, 10), maxWaitSeconds);
    return Math.max(0, Math.ceil(seconds - (this.#clock.now().getTime() - count.since) / 1000));
  }
}

function forgetOldest(kept: Map<string, unknown> | Set<string>): void {
  for (const key of kept.keys()) {
    if (kept.size <= maxCounts) return;
    kept.delete(key);
  }
}

/** The network an address belongs to: /24 of IPv4, /48 of IPv6. */
export function networkOf(remoteAddress: string): string {
  const plain = plainAddress(remoteAddress);
  return isIPv6(plain) ? firstHextets(plain, 3) : plain.split('.').slice(0, 3).join('.');
}
