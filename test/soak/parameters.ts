import { env } from 'node:process';
import { seedOfRun } from '../support/random.ts';

/** A whole number of the environment. */
export function parameter(name: string, otherwise: number): number {
  const value = Number(env[name] ?? otherwise);
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${name}: a number from 1 on`);
  return value;
}

/** The first round's seed; the next rounds count on. */
export const seed = seedOfRun(env.SOAK_SEED);

/** Prints what a run has found, one line of JSON. */
export function tell(result: Record<string, unknown>): void {
  console.log(JSON.stringify(result));
}
