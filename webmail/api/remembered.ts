import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../delivery/clock.ts';
import { keyedHash } from '../../delivery/keyed-hash.ts';

const rememberMilliseconds = 5 * 60_000;
const maxRemembered = 10_000;

/**
 * Good answers of argon2id, kept five minutes in memory as hashes keyed by this process (DESIGN.md, API), so that
 * Basic authentication doesn't cost a slow hash on each request. Bound to the stored hash: a changed password is
 * asked for at once.
 */
export class RememberedPasswords {
  readonly #key = randomBytes(32);
  readonly #good = new Map<string, { proof: Buffer; until: number }>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  isGood(accountId: string, password: string, passwordHash: string): boolean {
    const known = this.#good.get(accountId);
    if (!known) return false;
    if (known.until < this.#clock.now().getTime()) {
      this.#good.delete(accountId);
      return false;
    }
    return timingSafeEqual(known.proof, this.#proof(accountId, password, passwordHash));
  }

  remember(accountId: string, password: string, passwordHash: string): void {
    const until = this.#clock.now().getTime() + rememberMilliseconds;
    this.#good.delete(accountId);
    this.#good.set(accountId, { proof: this.#proof(accountId, password, passwordHash), until });
    for (const oldest of this.#good.keys()) {
      if (this.#good.size <= maxRemembered) return;
      this.#good.delete(oldest);
    }
  }

  #proof(accountId: string, password: string, passwordHash: string): Buffer {
    return keyedHash(this.#key).update(`${accountId}\0${passwordHash}\0${password}`).digest();
  }
}
