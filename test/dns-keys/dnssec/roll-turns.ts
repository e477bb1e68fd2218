import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type KeyPolicy, presignedKeys } from '../../../dns-keys/dnssec/key-policy.ts';
import { wantedKeys } from '../../../dns-keys/dnssec/key-steps.ts';
import { day, hour, RollWorld } from './roll-world.ts';

/** One thing that happens; told by its words when a history fails. */
export class Turn {
  readonly words: string;
  readonly happen: (world: RollWorld) => void;

  constructor(words: string, happen: (world: RollWorld) => void) {
    this.words = words;
    this.happen = happen;
  }

  toString(): string {
    return this.words;
  }
}

const ttl = fc.constantFrom(0, 60, hour, day, 2 * day);
const fraction = fc.constantFrom(0, 0.3, 1);

function plain(weight: number, words: string, happen: (world: RollWorld) => void) {
  return { weight, arbitrary: fc.constant(new Turn(words, happen)) };
}

function turnOf<T>(
  values: fc.Arbitrary<T>,
  words: string,
  happen: (world: RollWorld, value: T) => void,
): fc.Arbitrary<Turn> {
  return values.map(value => new Turn(`${words} ${JSON.stringify(value)}`, world => happen(world, value)));
}

const passing = fc.constantFrom(1, 60, hour, 5 * hour, day, 2.4 * day);
const reading = fc.record({
  lateness: fraction,
  delays: fc.tuple(fraction, fraction),
  isAdding: fc.boolean(),
});
const functions = fc.subarray(['ksk', 'zsk'] as const, { minLength: 1 });
const policies = fc.record({
  algorithm: fc.constantFrom(13 as const, 15 as const),
  isCombined: fc.boolean(),
});
const ttls = fc.record({ dnskeyTtl: ttl, zoneTtl: ttl, dsTtl: ttl });

/** What may happen, each at any time. */
export const turns: fc.Arbitrary<Turn> = fc.oneof(
  plain(6, 'look when due', world => world.lookWhenDue()),
  plain(3, 'look', world => world.look()),
  plain(1, 'look without the parent', world => world.look({ isParentSeen: false })),
  plain(1, 'look, no keys made', world => world.look({ makesKeys: false })),
  plain(1, 'parent forgets', world => world.parentForgets()),
  { weight: 3, arbitrary: turnOf(passing, 'pass', (world, seconds) => world.pass(seconds)) },
  { weight: 4, arbitrary: turnOf(reading, 'parent reads', (world, one) => world.parentReads(one)) },
  { weight: 2, arbitrary: turnOf(functions, 'request', (world, one) => world.request(one)) },
  { weight: 1, arbitrary: turnOf(ttls, 'TTLs', (world, change) => Object.assign(world, change)) },
  {
    weight: 2,
    arbitrary: turnOf(policies, 'policy', (world, change) => {
      world.policy = { ...world.policy, ...change };
    }),
  },
);

/** A clock that is set off so that it can be noticed, and people who say it is right. */
export const jumps: fc.Arbitrary<Turn> = fc.oneof(
  turnOf(fc.constantFrom(4 * day, 400 * day, -hour, -4 * day, -400 * day), 'jump', (world, seconds) =>
    world.jump(seconds),
  ),
  fc.constant(new Turn('accept', world => world.accept())),
);

/** A world in which the first keys are served. */
export function started(policy: KeyPolicy = presignedKeys): RollWorld {
  const world = new RollWorld(policy);
  world.look();
  return world;
}

/** A parent that does what CDS asks, and a caller that looks when it should, until nothing is left to do. */
export function settle(world: RollWorld, each: () => void = () => {}): void {
  for (let turn = 0; turn < 200; turn += 1) {
    world.parentReads({ lateness: 0, delays: [0.1, 0.2], isAdding: false });
    world.lookWhenDue();
    each();
    if (world.conditions.includes('clockJumped')) world.accept();
    if (isSettled(world)) return;
  }
  assert.fail(`not settled: ${JSON.stringify({ ...world.keys, conditions: world.conditions })}`);
}

function isSettled({ keys, policy, conditions, dsIsPlaced }: RollWorld): boolean {
  const wanted = wantedKeys(keys, policy).length;
  return dsIsPlaced && conditions.length === 0 && keys.keys.length === wanted && keys.requested.length === 0;
}
