import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../clock.ts';
import type { Store } from '../../store/store.ts';
import type { HttpChallenge } from './client.ts';
import { parseObject } from './connection.ts';

/** One document of the instance: who orders now, what was ordered, and the answers to challenges. */
interface OrderPage {
  /** Process that orders; others keep off until then (milliseconds). */
  readonly holder: string;
  readonly heldUntil: number;
  /** Times of the orders of the last hour. */
  readonly orderedAt: readonly number[];
  /** Nobody orders until then: the server said so, or did not answer. */
  readonly pausedUntil: number;
  /** Pauses since it last gave a certificate. */
  readonly pauses: number;
  /** Key authorizations by token (RFC 8555 §8.1). */
  readonly challenges: Readonly<Record<string, string>>;
}

const emptyPage: OrderPage = {
  ...{ holder: '', heldUntil: 0, orderedAt: [], pausedUntil: 0, pauses: 0, challenges: {} },
};

const document = 'acme orders';
/** Longer than a batch can take. */
const holdMilliseconds = 600_000;
const hourMilliseconds = 3_600_000;
const firstPauseMilliseconds = 300_000;
const longestPauseMilliseconds = 6 * hourMilliseconds;
/** A store that is slow at first, as after the start, may be fast enough then. */
const maxTries = 3;
/** A flood of requests for challenges asks the store so often, no more. */
const rememberedMilliseconds = 200;

/**
 * Sees to it that one process of the instance orders at a time, and not more than `ordersPerHour`, without
 * transactions: who wants to order writes its name, waits, and reads whether it still stands there. Whoever read the
 * page before has written by then, or sees that it took too long and begins anew.
 */
export class OrderBook {
  readonly #holder = randomBytes(9).toString('base64url');
  readonly #store: Pick<Store, 'getInstanceState' | 'putInstanceState'>;
  readonly #clock: Clock;
  readonly #ordersPerHour: number;
  readonly #settleMilliseconds: number;
  #remembered: { readonly at: number; readonly page: Promise<OrderPage> } | null = null;

  constructor(
    { store, clock }: { store: Pick<Store, 'getInstanceState' | 'putInstanceState'>; clock: Clock },
    { ordersPerHour, settleMilliseconds }: { ordersPerHour: number; settleMilliseconds: number },
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#ordersPerHour = ordersPerHour;
    this.#settleMilliseconds = settleMilliseconds;
  }

  /** How many certificates could be ordered now; 0 while others are at it, in a pause, and when the hour's are used up. */
  async left(): Promise<number> {
    return this.#leftOf(await this.#read());
  }

  /** How many certificates this process, and no other, may order until `close`; 0 when it may not. */
  async open(signal: AbortSignal): Promise<number> {
    for (let tries = 1; tries <= maxTries; tries += 1) {
      const started = performance.now();
      const page = await this.#read();
      const left = this.#leftOf(page);
      if (left === 0) return 0;
      const heldUntil = this.#clock.now().getTime() + holdMilliseconds;
      await this.#write({ ...page, holder: this.#holder, heldUntil, challenges: {} });
      if (performance.now() - started > this.#settleMilliseconds) continue;
      await this.#settle(signal);
      return (await this.#read()).holder === this.#holder ? left : 0;
    }
    return 0;
  }

  async #settle(signal: AbortSignal): Promise<void> {
    try {
      await wait(this.#settleMilliseconds, undefined, { signal });
    } catch (error) {
      // This process ends: others need not wait for it.
      await this.close(null);
      throw error;
    }
  }

  /**
   * Counts the orders, and gives the answers to their challenges to all processes. False when another process holds
   * the book by now: the orders must be left.
   */
  async enter(orderCount: number, challenges: readonly HttpChallenge[]): Promise<boolean> {
    const now = this.#clock.now().getTime();
    const page = await this.#read();
    if (page.holder !== this.#holder) return false;
    const orderedAt = [...recent(page.orderedAt, now), ...Array.from({ length: orderCount }, () => now)];
    const answers = challenges.map(({ token, keyAuthorization }) => [token, keyAuthorization]);
    await this.#write({ ...page, orderedAt, challenges: Object.fromEntries(answers) });
    return true;
  }

  /**
   * Lets others order. `pause`: nobody orders for so many seconds; without a number, five minutes, then twice as
   * long each time, at most six hours. Gives the end of the pause.
   */
  async close(pause: { readonly seconds: number | null } | null): Promise<Date | null> {
    const now = this.#clock.now().getTime();
    const page = await this.#read();
    if (page.holder !== this.#holder) return null;
    const pauses = pause ? page.pauses + 1 : 0;
    const growing = Math.min(firstPauseMilliseconds * 2 ** (pauses - 1), longestPauseMilliseconds);
    const pausedUntil = pause ? now + Math.max(growing, (pause.seconds ?? 0) * 1000) : 0;
    await this.#write({ ...page, heldUntil: 0, pauses, pausedUntil, challenges: {} });
    return pause && new Date(pausedUntil);
  }

  /** The key authorization of a token that some process of the instance waits for; null for any other. */
  async find(token: string): Promise<string | null> {
    const now = performance.now();
    if (!this.#remembered || now - this.#remembered.at > rememberedMilliseconds) {
      this.#remembered = { at: now, page: this.#read() };
    }
    const { challenges } = await this.#remembered.page;
    return Object.hasOwn(challenges, token) ? (challenges[token] ?? null) : null;
  }

  #leftOf({ holder, heldUntil, pausedUntil, orderedAt }: OrderPage): number {
    const now = this.#clock.now().getTime();
    if ((holder !== this.#holder && heldUntil > now) || pausedUntil > now) return 0;
    return Math.max(0, this.#ordersPerHour - recent(orderedAt, now).length);
  }

  async #read(): Promise<OrderPage> {
    const kept = await this.#store.getInstanceState(document);
    // Only this class writes it.
    return kept
      ? { ...emptyPage, ...(parseObject(Buffer.from(kept.octets).toString()) as Partial<OrderPage>) }
      : emptyPage;
  }

  async #write(page: OrderPage): Promise<void> {
    this.#remembered = null;
    await this.#store.putInstanceState(document, Buffer.from(JSON.stringify(page)));
  }
}

function recent(orderedAt: readonly number[], now: number): number[] {
  return orderedAt.filter(at => at > now - hourMilliseconds);
}
