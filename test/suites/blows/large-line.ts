import type { TestContext } from 'node:test';
import { longBodyLine } from '../../fixtures/hostile/messages.ts';
import type { Backend } from '../../support/backend.ts';
import { type HostileTarget, openHostileTarget } from './hostile.ts';
import { measureNeighbours, type Neighbours } from './neighbours.ts';

const octetsOfLine = 20_000_000;

/** How others fared while a line of 20 MB was taken at each door, round by round until one is good `enough`. */
export async function takeLargeLines(
  t: TestContext,
  backend: Backend,
  { rounds, enough }: { rounds: number; enough: (round: Neighbours) => boolean },
): Promise<{ target: HostileTarget; seen: Readonly<Record<'smtp' | 'lmtp', readonly Neighbours[]>> }> {
  const target = await openHostileTarget(t, backend, { 'judge.threads': 2 });
  const seen = { smtp: [] as Neighbours[], lmtp: [] as Neighbours[] };
  for (const name of ['smtp', 'lmtp'] as const) {
    const door = { name, port: target.ports[name] };
    for (let round = 0; round < rounds && !seen[name].some(enough); round++) {
      const large = largeLine(`X: ${name} ${round}`);
      seen[name].push(await measureNeighbours(door, { address: `${name}@example.org`, large, round }));
    }
  }
  return { target, seen };
}

/** A message of one line behind its header field. */
export function largeLine(field: string): Buffer {
  return Buffer.concat([Buffer.from(`${field}\r\n`), longBodyLine(octetsOfLine), Buffer.from('\r\n')]);
}
