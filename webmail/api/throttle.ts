import { createHmac, randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Clock } from '../../delivery/clock.ts';

interface Count {
  failures: number;
  since: number;
}

/** Failures that are free in a window, per what is counted. Behind them each further try has to wait. */
const freeFailures = { address: 5, network: 30 } as const;
const windowMilliseconds = 15 * 60_000;
const maxCounts = 50_000;

/** Counts failed sign-ins, per account address and per network, in memory and as keyed hashes. */
export class SignInThrottle {
  readonly #counts = new Map<string, Count>();
  readonly #key = randomBytes(32);
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Seconds to wait before the next try, 0 when it may be made now. */
  waitSeconds(address: string, remoteAddress: string): number {
    return Math.max(...this.#keys(address, remoteAddress).map(([key, free]) => this.#wait(key, free)));
  }

  /** Counts a try before its outcome is known, so that many at once don't slip through. */
  begin(address: string, remoteAddress: string): void {
    for (const [key] of this.#keys(address, remoteAddress)) {
      const count = this.#live(key) ?? { failures: 0, since: 0 };
      count.failures++;
      count.since = this.#clock.now().getTime();
      this.#counts.delete(key);
      this.#counts.set(key, count);
    }
    this.#forgetOldest();
  }

  /** A good sign-in clears the address and takes back its own count of the network, no more than that. */
  succeeded(address: string, remoteAddress: string): void {
    this.#counts.delete(this.#hash('address', address));
    const network = this.#counts.get(this.#hash('network', networkOf(remoteAddress)));
    if (network) network.failures = Math.max(0, network.failures - 1);
  }

  #keys(address: string, remoteAddress: string): [key: string, free: number][] {
    return [
      [this.#hash('address', address), freeFailures.address],
      [this.#hash('network', networkOf(remoteAddress)), freeFailures.network],
    ];
  }

  #hash(kind: string, value: string): string {
    return createHmac('sha256', this.#key).update(`${kind}\0${value.toLowerCase()}`).digest('base64');
  }

  #live(key: string): Count | null {
    const count = this.#counts.get(key);
    if (!count || count.since + windowMilliseconds < this.#clock.now().getTime()) return null;
    return count;
  }

  /** Doubles with each failure beyond the free ones: 2 s, 4 s … up to 15 minutes. */
  #wait(key: string, free: number): number {
    const count = this.#live(key);
    if (!count || count.failures < free) return 0;
    const seconds = Math.min(2 ** Math.min(count.failures - free + 1, 10), windowMilliseconds / 1000);
    return Math.max(0, Math.ceil(seconds - (this.#clock.now().getTime() - count.since) / 1000));
  }

  #forgetOldest(): void {
    for (const key of this.#counts.keys()) {
      if (this.#counts.size <= maxCounts) return;
      this.#counts.delete(key);
    }
  }
}

/** The network an address belongs to: /24 of IPv4, /48 of IPv6. */
export function networkOf(remoteAddress: string): string {
  const plain = remoteAddress.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain.split('.').slice(0, 3).join('.');
  const [head = '', tail] = plain.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const missing = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array<string>(missing).fill('0'), ...right];
  return groups
    .slice(0, 3)
    .map(group => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
