import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../delivery/clock.ts';
import { silentLog } from '../../../delivery/log.ts';
import { dsData } from '../../../dns-keys/dnssec/delegation.ts';
import { requestRoll } from '../../../dns-keys/dnssec/zone-keys.ts';
import { keyZone } from '../../../dns-keys/owner-name.ts';
import { changeDomainRecord } from '../../../dns-keys/publish/domain-records.ts';
import type { ParentLook } from '../../../dns-keys/publish/parent-look.ts';
import { withZone } from '../../../dns-keys/publish/zone-record.ts';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import { backend } from '../../support/backend.ts';
import { openTestClock, type TestClock } from '../../support/clock.ts';
import { poll } from '../../support/poll.ts';
import {
  askTable,
  assertSigned,
  dnskeysOf,
  keyFor,
  type OpenKeeper,
  openHosting,
  openKeeper,
  seconds,
  setsOf,
  zoneOf,
} from './keeper.ts';

const modes = ['online', 'presigned'] as const;
type Mode = (typeof modes)[number];

/** More than half a day: each look is noted in the store. */
const stepSeconds = 13 * 3600;
const dsTtlSeconds = 86_400;
const apex = keyZone('example.org');

/** A parent that puts DS as CDNSKEY asks for, one step later; what resolvers may still hold is known, too. */
class Parent {
  #ds: readonly Uint8Array[] = [];
  #wanted: readonly Uint8Array[] = [];
  #before: { ds: readonly Uint8Array[]; until: number }[] = [];

  readonly look: ParentLook = {
    dsAtParent: async () => [{ rdatas: this.#ds, ttlSeconds: dsTtlSeconds }],
  };

  /** DS sets that a resolver may hold. */
  held(now: number): (readonly Uint8Array[])[] {
    return [this.#ds, ...this.#before.filter(({ until }) => now < until).map(({ ds }) => ds)];
  }

  step(keeper: OpenKeeper, now: number): void {
    if (this.#wanted.length > 0 && JSON.stringify(this.#wanted) !== JSON.stringify(this.#ds)) {
      this.#before.push({ ds: this.#ds, until: now + dsTtlSeconds });
      this.#ds = this.#wanted;
    }
    const asked = zoneOf(keeper.table, 'example.org').get(apex, rrTypes.CDNSKEY);
    this.#wanted = asked?.rdatas.map(rdata => dsData(apex, rdata)) ?? [];
  }
}

interface World {
  readonly keepers: readonly OpenKeeper[];
  readonly clock: TestClock;
  readonly parent: Parent;
  readonly roll: () => Promise<void>;
  /** Lets time pass, and sees that everything is valid for every resolver. */
  step(): Promise<void>;
}

async function openWorld(t: TestContext, mode: Mode, count: number): Promise<World> {
  const clock = openTestClock();
  const hosting = await openHosting(t, backend, { clock: systemClock, log: silentLog });
  const id = await hosting.addAccount('ada@example.org');
  await hosting.store.publishKey(keyFor(id, 'ada@example.org'));
  const parent = new Parent();
  const keepers: OpenKeeper[] = [];
  for (let number = 0; number < count; number += 1) {
    const store = number === 0 ? hosting.store : await hosting.another();
    const { config } = hosting;
    keepers.push(await openKeeper(t, { store, clock, config, settings: { mode }, parentLook: parent.look }));
  }
  return {
    ...{ keepers, clock, parent },
    roll: async () => {
      await changeDomainRecord('example.org', hosting.store, record => {
        const zone = record.zones.openpgp;
        assert.ok(zone);
        return withZone(record, 'openpgp', { ...zone, keys: requestRoll(zone.keys, ['ksk', 'zsk']) });
      });
      // A process that hears of it only after the next step would wait for a clock that stands still.
      for (const { keeper } of keepers)
        await poll('the request', () => keysOf(keeper)?.requested.length || undefined);
    },
    async step() {
      clock.advance(stepSeconds);
      for (const keeper of keepers) await settled(keeper, clock);
      for (const keeper of keepers) assertChain(keeper, parent, clock);
      const [first] = keepers;
      if (first) parent.step(first, seconds(clock));
    },
  };
}

function keysOf(keeper: OpenKeeper['keeper']) {
  return keeper.record('example.org')?.zones.openpgp?.keys;
}

/** The keeper has looked at its keys, and serves what its record says. */
async function settled({ keeper, table }: OpenKeeper, clock: TestClock): Promise<void> {
  await poll(
    'the look at keys',
    () => {
      const keys = keysOf(keeper);
      const served = keys?.served.at(-1)?.dnskey.length;
      const isServed = dnskeysOf(zoneOf(table, 'example.org')).length === served;
      return (keys?.lastAt === seconds(clock) && isServed) || undefined;
    },
    30_000,
  );
}

function assertChain(one: OpenKeeper, parent: Parent, clock: TestClock): void {
  const now = seconds(clock);
  const zone = zoneOf(one.table, 'example.org');
  const dnskeys = dnskeysOf(zone);
  const where = { apex, dnskeys, now };
  assertSigned(setsOf(one.ask('ada@example.org').answers), where);
  assertSigned(setsOf(one.ask('nobody@example.org').authorities), where);
  const [keySet] = setsOf(askTable(one.table, apex, { type: rrTypes.DNSKEY, now }).answers);
  assert.ok(keySet);
  for (const ds of parent.held(now)) {
    if (ds.length === 0) continue;
    const trusted = dnskeys.filter(rdata => ds.some(one => Buffer.compare(one, dsData(apex, rdata)) === 0));
    assert.ok(trusted.length > 0, 'DS names no key that is there');
    const signed = keySet.signatures.some(rrsig => {
      try {
        assertSigned([{ ...keySet, signatures: [rrsig] }], { apex, dnskeys: trusted, now });
        return true;
      } catch {
        return false;
      }
    });
    assert.ok(signed, 'no key that DS names signs DNSKEY');
  }
}

for (const mode of modes) {
  test(`60 days pass, and all that a zone signed ${mode} answers is valid at each step`, async t => {
    const world = await openWorld(t, mode, 1);
    for (let step = 0; step < (60 * 86_400) / stepSeconds; step += 1) await world.step();
    const said = world.keepers[0]?.lines.filter(({ level }) => level === 'error' || level === 'warn');
    assert.deepEqual(said, []);
  });

  test(`keys of a zone signed ${mode} roll once, though two processes see to it, and the chain is valid`, async t => {
    const world = await openWorld(t, mode, 2);
    for (let step = 0; step < 6; step += 1) await world.step();
    const keys = () => dnskeysOf(zoneOf(world.keepers[0]?.table ?? assert.fail(), 'example.org'));
    const before = keys().map(rdata => Buffer.from(rdata).toString('hex'));
    await world.roll();
    let most = 0;
    let steps = 0;
    const isOver = () => !keys().some(rdata => before.includes(Buffer.from(rdata).toString('hex')));
    for (; !isOver() && steps < 60; steps += 1) {
      await world.step();
      most = Math.max(most, keys().length);
    }
    assert.ok(isOver(), `not over after ${steps} steps`);
    assert.equal(keys().length, before.length);
    assert.ok(most <= 2 * before.length, `${most} keys at once`);
    const [one, other] = world.keepers.map(({ table }) => dnskeysOf(zoneOf(table, 'example.org')));
    assert.deepEqual(one, other);
  });
}

test('a zone that waits for its DS looks at the parent within a minute of a start, whatever is done meanwhile', async t => {
  const clock = openTestClock();
  const { config, store } = await openHosting(t, backend, { clock, log: silentLog });
  const first = await openKeeper(t, { store, clock, config });
  await first.close();
  let looks = 0;
  const seen: ParentLook = {
    async dsAtParent() {
      looks += 1;
      return [{ rdatas: [], ttlSeconds: 60 }];
    },
  };
  await openKeeper(t, { store, clock, config, parentLook: seen });
  clock.advance(61);
  await poll('a look at the parent', () => (looks > 0 ? looks : undefined));
});

test('the ZSK of a presigned zone rolls by itself in 100 days, and the DS stays', async t => {
  const world = await openWorld(t, 'presigned', 1);
  for (let step = 0; step < 6; step += 1) await world.step();
  const before = world.parent.held(0)[0];
  const [keeper] = world.keepers;
  const zsk = () => keeper?.keeper.record('example.org')?.zones.openpgp?.keys.served.at(-1)?.signers.join();
  const first = zsk();
  for (let step = 0; step < (100 * 86_400) / stepSeconds; step += 1) await world.step();
  assert.notEqual(zsk(), first);
  assert.deepEqual(world.parent.held(seconds(world.clock))[0], before);
});

for (const mode of modes) {
  test(`a clock that jumps ahead and back stops rolls, is told once, and leaves a zone signed ${mode} valid in both times`, async t => {
    const { keepers, clock } = await openWorld(t, mode, 1);
    const [keeper] = keepers;
    assert.ok(keeper);
    await settled(keeper, clock);
    const check = () => {
      const zone = zoneOf(keeper.table, 'example.org');
      const where = { apex, dnskeys: dnskeysOf(zone), now: seconds(clock) };
      assertSigned(setsOf(keeper.ask('ada@example.org').answers), where);
      assertSigned(setsOf(keeper.ask('nobody@example.org').authorities), where);
    };
    const isSaid = (event: string) => keeper.lines.filter(line => line.event === event).length > 0;
    clock.advance(30 * 86_400);
    await poll('the word', () => isSaid('zoneKeysNeedSomebody') || undefined);
    await poll('signatures', () => {
      try {
        check();
        return true;
      } catch {
        return undefined;
      }
    });
    clock.advance(-30 * 86_400);
    check();
    await poll('the clock is seen', () => isSaid('clockSetBack') || undefined);
    await poll('all is well', () => isSaid('zoneKeysWell') || undefined);
    check();
    assert.equal(keeper.lines.filter(({ event }) => event === 'zoneKeysNeedSomebody').length, 1);
  });
}
