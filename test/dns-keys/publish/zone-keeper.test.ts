import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../delivery/clock.ts';
import { DeliveryError } from '../../../delivery/errors.ts';
import { silentLog } from '../../../delivery/log.ts';
import type { KeptDomainRecord } from '../../../dns-keys/publish/domain-records.ts';
import { readDomainRecord } from '../../../dns-keys/publish/zone-record.ts';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import { backend } from '../../support/backend.ts';
import { poll } from '../../support/poll.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import {
  askTable,
  assertSigned,
  certificate,
  dnskeysOf,
  exactOwner,
  fastPace,
  type Hosting,
  keyFor,
  type OpenKeeper,
  openHosting,
  openKeeper,
  seconds,
  setsOf,
  zoneOf,
} from './keeper.ts';

const clock = systemClock;
const usual = { poll: 400, look: 15_000 };

async function host(t: TestContext, domains?: readonly string[]): Promise<Hosting> {
  return openHosting(t, backend, { clock, log: silentLog, ...(domains && { domains }) });
}

/** Waits until each keeper answers so. */
async function soon(what: string, keepers: readonly OpenKeeper[], is: (one: OpenKeeper) => boolean) {
  await poll(what, () => (keepers.every(is) ? true : undefined), 30_000);
}

/** The work, and that two seconds after it each keeper answers so; a machine that is busy gets as much more as it took. */
async function within(
  work: () => Promise<unknown>,
  keepers: readonly OpenKeeper[],
  is: (one: OpenKeeper) => boolean,
) {
  const startedAt = performance.now();
  await work();
  const doneAt = performance.now();
  await soon('the change', keepers, is);
  const took = performance.now() - doneAt;
  assert.ok(took <= 2000 + 20 * (doneAt - startedAt), `${took} ms`);
}

test('a domain whose name is too long for key zones keeps no other from being served', async t => {
  const long = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(50)}.org`;
  const short = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.org`;
  const hosting = await host(t, ['example.org', long, short]);
  const { store, config } = hosting;
  for (const address of ['ada@example.org', `ada@${short}`]) {
    const id = await hosting.addAccount(address);
    await store.publishKey(keyFor(id, address));
  }
  const one = await openKeeper(t, { store, clock, config });
  assert.equal(one.keysOf('ada@example.org'), 1);
  assert.equal(one.table.size, 1);
  const told = one.lines.filter(({ level }) => level === 'error' || level === 'warn');
  assert.deepEqual(
    told.map(({ event, fields }) => [event, fields.names]),
    [['domainsTooLongForKeys', [long, short].sort()]],
  );
  assert.deepEqual([one.keeper.state.lateDomains, one.keeper.state.domains], [0, 1]);
  // Nor one that comes later.
  await store.addDomain(`x.${short}`);
  await store.addDomain('other.example');
  await poll('the other domain', () => one.table.size === 2 || undefined);
  assert.deepEqual([one.keeper.state.lateDomains, one.keeper.state.isStoreThere], [0, true]);
});

test('what is published, replaced and taken back is answered by two processes within two seconds', async t => {
  const hosting = await host(t);
  const { store, config } = hosting;
  const id = await hosting.addAccount('ada@example.org', 'countess@example.org');
  const others = await hosting.another();
  const keepers = [
    await openKeeper(t, { store, clock, config, pace: usual }),
    await openKeeper(t, { store: others, clock, config, pace: usual }),
  ];
  assert.ok(keepers.every(one => one.keysOf('ada@example.org') === 0));
  const ada = keyFor(id, 'ada@example.org');
  await within(
    () => store.publishKey(ada),
    keepers,
    one => one.keysOf('ada@example.org') === 1,
  );
  for (const { table, ask } of keepers) {
    const zone = zoneOf(table, 'example.org');
    const where = { apex: zone.apex, dnskeys: dnskeysOf(zone), now: seconds(clock) };
    assertSigned(setsOf(ask('ada@example.org').answers), where);
    assertSigned(setsOf(ask('eve@example.org').authorities), where);
  }
  const [first, second] = keepers.map(({ table }) => dnskeysOf(zoneOf(table, 'example.org')));
  assert.deepEqual(first, second, 'both made the same keys');

  const is = (wanted: Uint8Array) => (keeper: OpenKeeper) => {
    const [record] = keeper.ask('ada@example.org').answers;
    return record !== undefined && Buffer.compare(record.rdata, wanted) === 0;
  };
  const other = { ...ada, octets: certificate('two') };
  await within(() => store.publishKey(other), keepers, is(other.octets));
  const has = (address: string, count: number) => (keeper: OpenKeeper) => keeper.keysOf(address) === count;
  const alias = keyFor(id, 'countess@example.org');
  await within(() => store.publishKey(alias), keepers, has('countess@example.org', 1));
  await within(() => store.removeAlias('countess@example.org'), keepers, has('countess@example.org', 0));
  assert.ok(keepers.every(has('ada@example.org', 1)));
  await within(() => store.unpublishKey('ada@example.org', 'openpgp'), keepers, has('ada@example.org', 0));
  await within(() => store.publishKey(ada), keepers, has('ada@example.org', 1));
  await within(() => store.removeAccount(id), keepers, has('ada@example.org', 0));
});

test('an address with large letters has two owners, and other letters take the place of the first', async t => {
  const hosting = await host(t);
  const { store, config } = hosting;
  const id = await hosting.addAccount('Zoe@example.org');
  const keeper = await openKeeper(t, { store, clock, config });
  const has = (address: string) =>
    askTable(keeper.table, exactOwner(address), { type: rrTypes.OPENPGPKEY, now: seconds(clock) }).answers
      .length > 0;
  await store.publishKey(keyFor(id, 'Zoe@example.org'));
  await soon('both owners', [keeper], () => has('Zoe@example.org') && has('zoe@example.org'));
  assert.ok(!has('ZOE@example.org'));
  await store.publishKey(keyFor(id, 'ZOE@example.org'));
  await soon('the other letters', [keeper], () => has('ZOE@example.org') && !has('Zoe@example.org'));
  assert.ok(has('zoe@example.org'));
  await store.unpublishKey('zoe@example.org', 'openpgp');
  await soon('none', [keeper], () => !has('ZOE@example.org') && !has('zoe@example.org'));
});

test('S/MIME keys stand in a zone of their own, which is made with the first', async t => {
  const hosting = await host(t);
  const { store, config } = hosting;
  const id = await hosting.addAccount('ada@example.org');
  const keepers = [
    await openKeeper(t, { store, clock, config }),
    await openKeeper(t, { store: await hosting.another(), clock, config }),
  ];
  const octets = new Uint8Array([3, 0, 1, ...Buffer.alloc(32, 7)]);
  await store.publishKey({ ...keyFor(id, 'ada@example.org'), kind: 'smime', fingerprint: '', octets });
  await soon('the zones', keepers, ({ table }) => table.size === 2);
  await soon('their keys', keepers, ({ table }) => [...table.zones()].every(zone => zone.soaRef !== 0));
  for (const { table } of keepers) {
    const sets = [...table.zones()].flatMap(zone => [...zone.sets()]);
    assert.equal(sets.filter(({ type }) => type === rrTypes.SMIMEA).length, 1);
  }
});

test('a domain that is added is answered for, one that is removed is not, and one that comes again is new', async t => {
  const hosting = await host(t);
  const { store, config } = hosting;
  const gone: string[] = [];
  const events = { onGone: (domain: string) => void gone.push(domain) };
  const keepers = [
    await openKeeper(t, { store, clock, config, events }),
    await openKeeper(t, { store: await hosting.another(), clock, config }),
  ];
  await store.addDomain('example.net');
  await soon('the zone', keepers, ({ table }) => table.size === 2);
  const incarnation = () => keepers[0]?.keeper.record('example.net')?.zones.openpgp?.incarnation;
  const before = incarnation();
  await store.removeDomain('example.net');
  await soon('no zone', keepers, ({ table }) => table.size === 1);
  await poll('no document', async () => (await store.getZone('example.net')) === null || undefined);
  assert.deepEqual(gone, ['example.net']);
  await store.addDomain('example.net');
  await soon('the zone again', keepers, ({ table }) => table.size === 2);
  assert.notEqual(incarnation(), before);
  const id = await hosting.addAccount('ada@example.net');
  await store.publishKey(keyFor(id, 'ada@example.net'));
  await soon('its key', keepers, keeper => keeper.keysOf('ada@example.net') === 1);
});

test('two processes that start at once on many domains make one key for each', async t => {
  const domains = Array.from({ length: 20 }, (_none, number) => `d${number}.example`);
  const hosting = await host(t, domains);
  const { store, config } = hosting;
  const another = await hosting.another();
  const keepers = await Promise.all(
    [store, another].map(one => openKeeper(t, { store: one, clock, config })),
  );
  const keys = keepers.map(({ table }) => domains.map(name => dnskeysOf(zoneOf(table, name))));
  await poll('the same keys', () => {
    const [one, other] = keepers.map(({ table }) => domains.map(name => dnskeysOf(zoneOf(table, name))));
    return JSON.stringify(one) === JSON.stringify(other) || undefined;
  });
  assert.ok(keys.every(list => list.every(dnskeys => dnskeys.length === 1)));
  const said = keepers.flatMap(({ lines }) => lines.filter(({ level }) => level !== 'debug'));
  assert.deepEqual(
    said.map(({ event }) => event),
    ['zonesRead', 'zonesRead'],
  );
});

/** A store that does not answer while `isAway`. */
function breakable(store: Hosting['store'], state: { isAway: boolean }): Hosting['store'] {
  return new Proxy(store, {
    get(target, name) {
      const found = Reflect.get(target, name);
      if (typeof found !== 'function') return found;
      return (...words: unknown[]) => {
        if (state.isAway) return Promise.reject(new DeliveryError('storeUnavailable', 'away'));
        return found.apply(target, words);
      };
    },
  });
}

test('while the store is away answers go on and the metric says so; what happened is taken up afterwards', async t => {
  const hosting = await host(t);
  const { store, config } = hosting;
  const id = await hosting.addAccount('ada@example.org', 'other@example.org');
  await store.publishKey(keyFor(id, 'ada@example.org'));
  const state = { isAway: false };
  const keeper = await openKeeper(t, { store: breakable(store, state), clock, config });
  assert.deepEqual([keeper.keeper.state.isStoreThere, keeper.keeper.state.lateDomains], [true, 0]);
  state.isAway = true;
  await poll('the word', () => !keeper.keeper.state.isStoreThere || undefined);
  assert.equal(keeper.keysOf('ada@example.org'), 1);
  await store.publishKey(keyFor(id, 'other@example.org'));
  await store.unpublishKey('ada@example.org', 'openpgp');
  await new Promise(resolve => setTimeout(resolve, 200));
  assert.equal(keeper.keysOf('ada@example.org'), 1);
  state.isAway = false;
  await soon('the store', [keeper], one => one.keeper.state.isStoreThere);
  await soon(
    'what was missed',
    [keeper],
    one => one.keysOf('other@example.org') === 1 && one.keysOf('ada@example.org') === 0,
  );
  const events = keeper.lines.map(({ event }) => event).filter(event => event.startsWith('zoneStore'));
  assert.deepEqual(events, ['zoneStoreAway', 'zoneStoreBack'], 'said once each');
});

test('a store that is away at the start is told at once', async t => {
  const hosting = await host(t);
  const { store, config } = hosting;
  const away = breakable(store, { isAway: true });
  await assert.rejects(openKeeper(t, { store: away, clock, config }), { code: 'storeUnavailable' });
});

test('a cursor that the store knows no more has everything read anew', async t => {
  const hosting = await host(t);
  const { store, config } = hosting;
  const id = await hosting.addAccount('ada@example.org', 'other@example.org');
  await store.publishKey(keyFor(id, 'ada@example.org'));
  let isForgetful = false;
  const forgetful = new Proxy(store, {
    get(target, name) {
      const found = Reflect.get(target, name);
      if (name !== 'getZoneChanges') return typeof found === 'function' ? found.bind(target) : found;
      return (since: string, limit: number) => {
        if (!isForgetful) return { changes: [], next: since, isWhole: true };
        isForgetful = false;
        return target.getZoneChanges(null, limit);
      };
    },
  });
  const keeper = await openKeeper(t, { store: forgetful, clock, config });
  await store.unpublishKey('ada@example.org', 'openpgp');
  await store.publishKey(keyFor(id, 'other@example.org'));
  await store.addDomain('example.net');
  isForgetful = true;
  await soon('all of it', [keeper], one => one.table.size === 2);
  await soon(
    'the keys',
    [keeper],
    one => one.keysOf('other@example.org') === 1 && one.keysOf('ada@example.org') === 0,
  );
});

test('a damaged document or key costs its own domain only, is counted, and heals when it is mended', async t => {
  const hosting = await host(t, ['example.org', 'broken.example']);
  const { store, config } = hosting;
  const [ada, eve] = [
    await hosting.addAccount('ada@example.org', 'bad@example.org'),
    await hosting.addAccount('eve@broken.example'),
  ];
  await store.publishKey(keyFor(ada, 'ada@example.org'));
  await store.publishKey({ ...keyFor(ada, 'bad@example.org'), octets: new Uint8Array([1, 2, 3]) });
  await store.publishKey(keyFor(eve, 'eve@broken.example'));
  const { version } = await store.putZone('broken.example', { version: 1, zones: { openpgp: 'none' } }, null);
  const keeper = await openKeeper(t, { store, clock, config });
  assert.deepEqual([keeper.table.size, keeper.keysOf('ada@example.org')], [1, 1]);
  assert.equal(keeper.keeper.state.lateDomains, 1);
  const told = keeper.lines.filter(({ level }) => level === 'error');
  assert.deepEqual(told.map(({ event }) => event).sort(), ['keyZoneNotUpdated', 'publishedKeyDamaged']);
  assert.match(
    String(told.find(({ event }) => event === 'keyZoneNotUpdated')?.fields.why),
    /broken\.example/,
  );
  await store.putZone('broken.example', { version: 1, zones: {} }, version);
  await soon(
    'the zone with its key',
    [keeper],
    one => one.table.size === 2 && one.keysOf('eve@broken.example') === 1,
  );
  assert.ok(keeper.lines.every(({ level }) => level !== 'warn'));
});

test('keys wrapped by an instance key that is not here keep their own domain away, and nobody rewraps them', async t => {
  const hosting = await host(t, ['example.org', 'other.example']);
  const { store, config } = hosting;
  const first = await openKeeper(t, { store, clock, config });
  await first.close();
  const stored = await store.getZone('other.example');
  const record = readDomainRecord(stored?.document);
  const spoiled = JSON.parse(
    JSON.stringify(record).replaceAll(
      /"privateKey":"[^"]+"/g,
      `"privateKey":"${Buffer.alloc(120, 1).toString('base64')}"`,
    ),
  );
  await store.putZone('other.example', spoiled, stored?.version ?? null);
  const keeper = await openKeeper(t, { store, clock, config });
  assert.deepEqual([keeper.table.size, keeper.keeper.state.lateDomains], [1, 1]);
  const now: KeptDomainRecord = {
    record: readDomainRecord((await store.getZone('other.example'))?.document),
    version: null,
  };
  assert.deepEqual(now.record, spoiled);
});

test('a zone changes its mode and is never without its keys', async t => {
  const hosting = await host(t);
  const { store, config } = hosting;
  const id = await hosting.addAccount('ada@example.org');
  await store.publishKey(keyFor(id, 'ada@example.org'));
  const folder = join(temporaryFolder(t), 'dns');
  const keeper = await openKeeper(t, { store, clock, config, folder, pace: fastPace });
  for (const mode of ['presigned', 'online', 'presigned'] as const) {
    const stored = await store.getZone('example.org');
    const record = readDomainRecord(stored?.document);
    const zone = record.zones.openpgp;
    assert.ok(zone);
    await store.putZone(
      'example.org',
      { ...record, zones: { openpgp: { ...zone, mode } } },
      stored?.version ?? null,
    );
    await poll(mode, () => {
      assert.equal(keeper.keysOf('ada@example.org'), 1);
      return zoneOf(keeper.table, 'example.org').mode === mode || undefined;
    });
    const now = zoneOf(keeper.table, 'example.org');
    const where = { apex: now.apex, dnskeys: dnskeysOf(now), now: seconds(clock) };
    assertSigned(setsOf(keeper.ask('ada@example.org').answers), where);
  }
});
