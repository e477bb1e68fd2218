import { setTimeout as wait } from 'node:timers/promises';

/** Asks again until the answer is not undefined; throws with `what` after `limitMilliseconds`. */
export async function poll<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  limitMilliseconds = 30_000,
): Promise<T> {
  const until = performance.now() + limitMilliseconds;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > until) throw new Error(`waited ${limitMilliseconds} ms in vain for ${what}`);
    await wait(20);
  }
}
