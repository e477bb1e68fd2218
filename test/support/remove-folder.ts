import { existsSync, rmSync } from 'node:fs';

const limitMilliseconds = 5_000;
const pause = new Int32Array(new SharedArrayBuffer(4));

/**
 * Removes a folder whose last users may be ending still. Node's `rmSync` (24.21) gives up without a word when somebody
 * else removes a file in it at the same time, so this asks again until nothing is there. Throws when something is
 * after five seconds.
 */
export function removeFolder(folder: string): void {
  const until = performance.now() + limitMilliseconds;
  while (true) {
    const isLast = performance.now() > until;
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (isLast) throw error;
    }
    if (!existsSync(folder)) return;
    if (isLast) throw new Error(`${folder} is there still: somebody writes into it`);
    Atomics.wait(pause, 0, 0, 20);
  }
}
