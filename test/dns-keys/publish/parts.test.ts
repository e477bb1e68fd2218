import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../../delivery/clock.ts';
import { openKeyring } from '../../../delivery/crypto/keyring.ts';
import { inParallel } from '../../../delivery/in-parallel.ts';
import { silentLog } from '../../../delivery/log.ts';
import { CareReport } from '../../../dns-keys/publish/care-report.ts';
import { openZoneKey } from '../../../dns-keys/publish/key-care.ts';
import { LateDomains } from '../../../dns-keys/publish/late-domains.ts';
import { rewrapZoneKeys } from '../../../dns-keys/publish/rewrap.ts';
import { Rounds } from '../../../dns-keys/publish/rounds.ts';
import { noZones, readDomainRecord } from '../../../dns-keys/publish/zone-record.ts';
import { sqliteBackend } from '../../support/backend.ts';
import { openTestClock } from '../../support/clock.ts';
import { poll } from '../../support/poll.ts';
import { keptLog, openHosting, openKeeper } from './keeper.ts';

test('what fails is tried again after pauses that double, ten minutes at most', () => {
  let now = 0;
  const late = new LateDomains(() => now);
  const pauses: number[] = [];
  for (let tries = 0; tries < 12; tries += 1) {
    late.later('example.org');
    const failedAt = now;
    while (late.due().length === 0) now += 1000;
    pauses.push(now - failedAt);
  }
  assert.deepEqual(pauses.slice(0, 3), [5000, 10_000, 20_000]);
  assert.equal(Math.max(...pauses), 600_000);
  late.done('example.org');
  assert.deepEqual([late.size, late.has('example.org'), late.due()], [0, false, []]);
});

test('rounds go on after one that failed, never two at once, and none begins after they were closed', async () => {
  const faults: unknown[] = [];
  const rounds = new Rounds(error => void faults.push(error));
  let [count, running, most] = [0, 0, 0];
  rounds.every(1, async () => {
    running += 1;
    most = Math.max(most, running);
    await wait(3);
    running -= 1;
    count += 1;
    if (count === 1) throw new Error('once');
  });
  await poll('rounds', () => count > 3 || undefined);
  await rounds.close();
  const last = count;
  await wait(20);
  assert.deepEqual([count, running, most, faults.length], [last, 0, 1, 1]);
});

test('work in parallel ends before its first failure is thrown', async () => {
  const done: number[] = [];
  const work = inParallel(2, [1, 2, 3, 4], async item => {
    await wait(item);
    if (item === 1) throw new Error('one');
    done.push(item);
  });
  await assert.rejects(work, /one/);
  assert.deepEqual(done, [2]);
});

test('keys of zones are wrapped by the newest instance key on request, once', async t => {
  const clock = systemClock;
  const { store, config } = await openHosting(t, sqliteBackend, { clock, log: silentLog });
  const [old, young] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const before = await openKeeper(t, { store, clock, config, keyring: openKeyring(old) });
  await before.close();
  const both = openKeyring(young, { olderKeys: [old] });
  const keyOf = async () => {
    const record = readDomainRecord((await store.getZone('example.org'))?.document);
    const [key] = record.zones.openpgp?.keys.keys ?? [];
    assert.ok(key);
    return key;
  };
  const first = await keyOf();
  const started = await openKeeper(t, { store, clock, config, keyring: both });
  assert.equal((await keyOf()).privateKey, first.privateKey, 'other servers may not know the new key yet');
  await started.close();
  assert.equal(await rewrapZoneKeys({ store, keyring: both }), 1);
  assert.equal(await rewrapZoneKeys({ store, keyring: both }), 0);
  const [kept, one] = [await keyOf(), openKeyring(young)];
  assert.equal(openZoneKey(kept, one).tag, first.tag);
  assert.throws(() => openZoneKey(kept, openKeyring(old)), { code: 'internal' });
});

test('a condition of thousands of zones is one line of the log, and another when it is over', () => {
  const { log, lines } = keptLog();
  const report = new CareReport(log);
  const cared = (conditions: readonly ['clockJumped'] | readonly []) => {
    const zone = { record: undefined, due: openTestClock().now(), events: [], conditions };
    for (let number = 0; number < 5000; number += 1)
      report.note(`d${number}.example`, noZones, { openpgp: zone as never });
    report.flush();
  };
  cared(['clockJumped']);
  cared(['clockJumped']);
  cared([]);
  assert.deepEqual(
    lines.map(({ level, event, fields }) => [level, event, fields.zones]),
    [
      ['error', 'zoneKeysNeedSomebody', 5000],
      ['info', 'zoneKeysWell', undefined],
    ],
  );
  assert.match(String(lines[0]?.fields.help), /--accept-clock/);
});
