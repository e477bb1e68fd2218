import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptClock, hasClockJumped, timeWindow } from '../../../dns-keys/dnssec/key-clock.ts';
import { observeParent } from '../../../dns-keys/dnssec/key-parent.ts';
import { lifetimeOf, onlineKeys, presignedKeys } from '../../../dns-keys/dnssec/key-policy.ts';
import { advance } from '../../../dns-keys/dnssec/rollover.ts';
import {
  addKey,
  keyState,
  newZoneKeys,
  readZoneKeys,
  requestRoll,
  servedKeys,
  type ZoneKeys,
} from '../../../dns-keys/dnssec/zone-keys.ts';
import { settle, started } from './roll-turns.ts';
import { apex, day, hour, type RollWorld } from './roll-world.ts';

/** Ids of keys in DNSKEY, of those that sign the zone, and of those that DS shall name. */
function stageOf({ keys }: RollWorld): string {
  const { published, zoneSigners, offered } = servedKeys(keys);
  const ids = (list: typeof published) => list.map(({ id }) => id).join(' ');
  return `${ids(published)} / ${ids(zoneSigners)} / ${Array.isArray(offered) ? ids(offered) : offered}`;
}

/** The stages that a world goes through until nothing is left to do. */
function stagesOf(world: RollWorld): string[] {
  const stages: string[] = [];
  const note = () => {
    if (stages.at(-1) !== stageOf(world)) stages.push(stageOf(world));
  };
  world.look();
  note();
  settle(world, note);
  return stages;
}

test('the first keys are in DNSKEY, sign and are offered at once: nobody remembers anything else', () => {
  assert.equal(stageOf(started()), 'ksk13-1 zsk13-2 / zsk13-2 / ksk13-1');
  assert.equal(stageOf(started(onlineKeys)), 'csk13-1 / csk13-1 / csk13-1');
});

test('a ZSK is in DNSKEY before it signs, and after its follower signs (RFC 7583 §3.2.1)', () => {
  const world = started();
  settle(world);
  world.request(['zsk']);
  assert.deepEqual(stagesOf(world), [
    'ksk13-1 zsk13-2 zsk13-3 / zsk13-2 / ksk13-1',
    'ksk13-1 zsk13-2 zsk13-3 / zsk13-3 / ksk13-1',
    'ksk13-1 zsk13-3 / zsk13-3 / ksk13-1',
  ]);
});

test('a ZSK waits for TTL, propagation and safety, not a second less', () => {
  const world = started();
  settle(world);
  world.request(['zsk']);
  world.look();
  world.pass(3 * hour - 1);
  world.look();
  assert.match(stageOf(world), / zsk13-2 /);
  world.pass(1);
  world.look();
  assert.match(stageOf(world), /\/ zsk13-3 \//);
});

test('both KSK sign DNSKEY from the start; DS changes once (RFC 6781 §4.1.2)', () => {
  const world = started();
  settle(world);
  world.request(['ksk']);
  assert.deepEqual(stagesOf(world), [
    'ksk13-1 zsk13-2 ksk13-3 / zsk13-2 / ksk13-1',
    'ksk13-1 zsk13-2 ksk13-3 / zsk13-2 / ksk13-3',
    'zsk13-2 ksk13-3 / zsk13-2 / ksk13-3',
  ]);
});

test('a new algorithm signs, then stands in DNSKEY, then in DS; the old one leaves in reverse (RFC 6781 §4.1.4)', () => {
  const world = started();
  settle(world);
  world.policy = { ...presignedKeys, algorithm: 15 };
  assert.deepEqual(stagesOf(world), [
    'ksk13-1 zsk13-2 / zsk13-2 zsk15-4 / ksk13-1',
    'ksk13-1 zsk13-2 ksk15-3 zsk15-4 / zsk13-2 zsk15-4 / ksk13-1',
    'ksk13-1 zsk13-2 ksk15-3 zsk15-4 / zsk13-2 zsk15-4 / ksk15-3',
    'ksk15-3 zsk15-4 / zsk13-2 zsk15-4 / ksk15-3',
    'ksk15-3 zsk15-4 / zsk15-4 / ksk15-3',
  ]);
});

test('a KSK stays while the parent does nothing, however long', () => {
  const world = started();
  settle(world);
  world.request(['ksk']);
  for (const end = world.now + 200 * day; world.now < end; ) world.lookWhenDue();
  assert.match(stageOf(world), /^ksk13-1 .*ksk13-/);
  assert.deepEqual(world.conditions, ['waitsForDs']);
});

test('a KSK stays while the parent names it beside its follower', () => {
  const world = started();
  settle(world);
  world.request(['ksk']);
  for (let turn = 0; turn < 200; turn += 1) {
    world.parentReads({ lateness: 0, delays: [0, 0], isAdding: true });
    world.lookWhenDue();
  }
  assert.match(stageOf(world), /^ksk13-1 /);
  assert.deepEqual(world.conditions, ['waitsForDs']);
  settle(world);
  assert.doesNotMatch(stageOf(world), /ksk13-1 /);
});

test('a zone without DS keeps a KSK that somebody may be placing', () => {
  const world = started();
  world.request(['ksk']);
  for (const end = world.now + 30 * day; world.now < end; ) world.lookWhenDue();
  assert.match(stageOf(world), /^ksk13-1 zsk13-2 ksk13-3 \/ zsk13-2 \/ ksk13-3$/);
});

test('a zone that is withdrawn asks for no DS and is released when no cache holds one', () => {
  const world = started();
  settle(world);
  world.policy = { ...presignedKeys, isWithdrawn: true };
  world.look();
  assert.match(stageOf(world), /delete$/);
  assert.deepEqual(world.conditions, ['waitsForDs']);
  world.parentForgets();
  const since = world.now;
  while (!world.conditions.includes('released')) world.lookWhenDue();
  assert.ok(
    world.now - since >= 2 * day && world.now - since < 7 * day,
    `${(world.now - since) / hour} hours`,
  );
});

test('a DS that names no key of ours is told', () => {
  const world = started();
  const foreign = [{ rdatas: [Uint8Array.of(1, 2, 13, 2, ...Buffer.alloc(32))], ttlSeconds: hour }];
  const evidence = { parent: foreign, dnskeyTtlSeconds: hour, zoneTtlSeconds: hour };
  const { conditions } = advance(world.keys, { now: world.clock, policy: presignedKeys, evidence });
  assert.deepEqual(conditions, ['waitsForDs', 'brokenDs']);
});

test('what is the same is the same document, but for a note twice a day', () => {
  const world = started();
  settle(world);
  world.look();
  const { keys } = world;
  const at = (seconds: number) => {
    const now = new Date(((keys.lastAt ?? 0) + seconds) * 1000);
    const evidence = { parent: null, dnskeyTtlSeconds: world.dnskeyTtl, zoneTtlSeconds: world.zoneTtl };
    return advance(keys, { now, policy: world.policy, evidence }).keys;
  };
  assert.equal(at(11 * hour), keys);
  assert.deepEqual({ ...at(13 * hour), lastAt: keys.lastAt }, keys);
});

test('a clock that was set back or days ahead stops the rolls; signatures hold for both clocks', () => {
  const { keys } = started();
  const last = keys.lastAt ?? 0;
  const moments = [-400 * day, -hour, -299, 0, 2 * day, 4 * day, 400 * day].map(seconds => last + seconds);
  const jumped = moments.map(moment => hasClockJumped(keys, new Date(moment * 1000)));
  assert.deepEqual(jumped, [true, true, false, false, false, true, true]);
  const window = (moment: number) => timeWindow(keys, new Date(moment * 1000));
  assert.deepEqual(window(last + 400 * day), { earliest: last, latest: last + 400 * day });
  assert.deepEqual(window(last - 400 * day), { earliest: last - 400 * day, latest: last });
  assert.deepEqual(window(last + day), { earliest: last + day, latest: last + day });
});

test('an accepted clock begins every wait anew', () => {
  const world = started();
  settle(world);
  world.request(['ksk', 'zsk']);
  world.look();
  world.parentReads({ lateness: 0, delays: [0, 0], isAdding: false });
  world.pass(4 * hour);
  world.look();
  world.parentReads({ lateness: 0, delays: [0, 0], isAdding: false });
  world.pass(hour);
  world.look();
  const now = new Date((world.now + 400 * day) * 1000);
  const accepted = acceptClock(world.keys, now);
  const moment = now.getTime() / 1000;
  const ended = [...accepted.served, ...accepted.offers].filter(({ until }) => until !== null);
  assert.ok(ended.length >= 2 && ended.every(({ until }) => until === moment));
  const gone = accepted.parent.filter(({ goneAt }) => goneAt !== null);
  assert.ok(gone.length >= 1 && gone.every(({ goneAt }) => goneAt === moment));
  assert.equal(hasClockJumped(accepted, now), false);
});

test('keys tell where they are in their life', () => {
  const world = started();
  settle(world);
  world.request(['zsk']);
  world.look();
  const states = () => world.keys.keys.map(key => keyState(key)).join(' ');
  assert.equal(states(), 'active retired published');
  world.pass(3 * hour);
  world.look();
  assert.equal(states(), 'active retired active');
  world.pass(3 * hour);
  world.look();
  assert.equal(states(), 'active removed active');
});

test('lifetimes end up to a tenth early, by the tag', () => {
  const ends = [0, 32_768, 65_535].map(tag => lifetimeOf(presignedKeys, 'zsk', tag));
  assert.deepEqual(ends, [90 * day, 85.5 * day, Math.floor(90 * day * (1 - 6553.5 / 65_536))]);
  assert.equal(lifetimeOf(presignedKeys, 'ksk', 0), null);
});

test('a key with an id or tag that is there is refused; an answered request is done', () => {
  const now = new Date(0);
  const made = { id: 'a', role: 'zsk', algorithm: 13, tag: 1, dnskey: '', privateKey: '' } as const;
  const keys = addKey(requestRoll(newZoneKeys(apex), ['ksk', 'zsk', 'zsk']), made, now);
  assert.deepEqual(keys.requested, ['ksk']);
  assert.throws(() => addKey(keys, { ...made, tag: 2 }, now), RangeError);
  assert.throws(() => addKey(keys, { ...made, id: 'b' }, now), RangeError);
});

test('a document of a store is read, a damaged or later one refused', () => {
  const { keys } = started();
  assert.deepEqual(readZoneKeys(JSON.parse(JSON.stringify(keys))), keys);
  const [key] = keys.keys;
  const damaged: unknown[] = [
    null,
    {},
    { ...keys, version: 2 },
    { ...keys, served: undefined },
    { ...keys, keys: [{ ...key, algorithm: 8 }] },
    { ...keys, keys: [{ ...key, role: 'kzk' }] },
    { ...keys, keys: [null] },
  ];
  for (const one of damaged) assert.throws(() => readZoneKeys(one), TypeError);
});

test('no look at the parent, or one in vain, changes nothing that is known of it', () => {
  const { keys }: { keys: ZoneKeys } = started();
  assert.equal(observeParent(keys, null, { now: 0, policy: presignedKeys }), keys);
  assert.equal(observeParent(keys, [], { now: 0, policy: presignedKeys }), keys);
});
