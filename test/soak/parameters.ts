import { env } from 'node:process';
import type { TestContext } from 'node:test';
import { type Backend, backends, cassandraBackend } from '../support/backend.ts';
import { requireCassandra } from '../support/cassandra.ts';
import { seedOfRun } from '../support/random.ts';

/** A whole number of the environment. */
export function parameter(name: string, otherwise: number): number {
  const value = Number(env[name] ?? otherwise);
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${name}: a number from 1 on`);
  return value;
}

/** The first round's seed; the next rounds count on. */
export const seed = seedOfRun(env.SOAK_SEED);

/** The stores that a run is for: all of them, or the one that SOAK_STORE names. */
export const stores: readonly Backend[] = chosen(env.SOAK_STORE);

function chosen(word: string | undefined): readonly Backend[] {
  if (!word) return Object.values(backends);
  const one = backends[word];
  if (!one) throw new RangeError(`SOAK_STORE: one of ${Object.keys(backends).join(', ')}`);
  return [one];
}

/** Whether the store can be had here; the test is left out where not. */
export async function canRun(t: Pick<TestContext, 'name' | 'skip'>, store: Backend): Promise<boolean> {
  return store !== cassandraBackend || (await requireCassandra(t)) !== null;
}

/** Prints what a run has found, one line of JSON. */
export function tell(result: Record<string, unknown>): void {
  console.log(JSON.stringify(result));
}
