import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../delivery/clock.ts';
import { base32hexText } from '../../../dns-keys/base32hex.ts';
import { nsec3Hash } from '../../../dns-keys/dnssec/nsec3.ts';
import { requestRoll } from '../../../dns-keys/dnssec/zone-keys.ts';
import { labelsOf, nameKey, nameText, parseName } from '../../../dns-keys/name.ts';
import { keyZone } from '../../../dns-keys/owner-name.ts';
import type { OwnerChange } from '../../../dns-keys/publish/kept-zone.ts';
import { careForKeys } from '../../../dns-keys/publish/key-care.ts';
import { keyChanges } from '../../../dns-keys/publish/key-sets.ts';
import {
  openPresignedZone,
  type PresignedZone,
  type PresignedZoneDeps,
} from '../../../dns-keys/publish/presigned-zone.ts';
import { newZoneRecord, type ZoneRecord } from '../../../dns-keys/publish/zone-record.ts';
import { decodeData, rrTypes } from '../../../dns-keys/rr/table.ts';
import { Slabs } from '../../../dns-keys/zone/slabs.ts';
import { openTestClock, type TestClock } from '../../support/clock.ts';
import { testKeyring } from '../../support/keyring.ts';
import { findService } from '../../support/services.ts';
import { requireSmallDisk } from '../../support/small-disk.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { zoneFile } from '../dnssec/signed-zone.ts';
import { assertSigned, dnskeysOf, keptLog, keyFor, seconds } from './keeper.ts';

const apex = keyZone('example.org');
const settings = {
  nameservers: [parseName('ns1.host.example'), parseName('ns2.host.example')],
  hostmaster: null,
  ttlSeconds: 3600,
  negativeTtlSeconds: 900,
};
const evidence = { parent: null, dnskeyTtlSeconds: 3600, zoneTtlSeconds: 3600 };

/** A zone's record as its keys stand now. */
function cared(record: ZoneRecord, clock: Pick<TestClock, 'now'>): ZoneRecord {
  return careForKeys(record, { now: clock.now(), evidence, keyring: testKeyring }).record;
}

function firstRecord(clock: Pick<TestClock, 'now'>): ZoneRecord {
  return cared(newZoneRecord('example.org', 'openpgp', { mode: 'presigned', algorithm: 13 }), clock);
}

interface Opened {
  readonly zone: PresignedZone;
  readonly serials: number[];
  readonly lines: ReturnType<typeof keptLog>['lines'];
}

async function open(
  folder: string,
  record: ZoneRecord,
  given: Partial<PresignedZoneDeps> & Pick<PresignedZoneDeps, 'clock'>,
): Promise<Opened> {
  const serials: number[] = [];
  const { log, lines } = keptLog();
  const zone = await openPresignedZone(apex, record, {
    ...{ settings, keyring: testKeyring, log, slabs: new Slabs(), folder },
    claimSerial: async () => {
      claimed += 1;
      serials.push(claimed);
      return claimed;
    },
    onVersion: () => undefined,
    onReplaced: () => undefined,
    ...given,
  });
  return { zone, serials, lines };
}

let claimed = 100;

const change = (localPart: string, seed: string | null): OwnerChange[] =>
  keyChanges(localPart, seed === null ? null : keyFor('a', `${localPart}@example.org`, seed), {
    ...{ apex, kind: 'openpgp', ttlSeconds: 3600 },
  });

/** All sets are signed and valid, and the chain of NSEC3 is a ring of exactly the owners. */
function assertValid({ zone }: PresignedZone, clock: Pick<TestClock, 'now'>): void {
  const sets = [...zone.sets()];
  assertSigned(sets, { apex, dnskeys: dnskeysOf(zone), now: seconds(clock) });
  const owners = new Set(
    sets.filter(({ type }) => type !== rrTypes.NSEC3).map(({ owner }) => nameKey(owner)),
  );
  const hashes = [
    ...new Set(
      sets
        .filter(({ type }) => type !== rrTypes.NSEC3)
        .map(({ owner }) => owner)
        .map(owner => base32hexText(nsec3Hash(owner)).toLowerCase()),
    ),
  ].sort();
  assert.equal(hashes.length, owners.size);
  const chain = sets
    .filter(({ type }) => type === rrTypes.NSEC3)
    .map(({ owner, rdatas: [rdata] }) => ({
      hash: Buffer.from(labelsOf(owner)[0] ?? [])
        .toString()
        .toLowerCase(),
      next: base32hexText(decodeData(rrTypes.NSEC3, rdata ?? new Uint8Array()).nextHash).toLowerCase(),
    }))
    .sort((one, other) => (one.hash < other.hash ? -1 : 1));
  assert.deepEqual(
    chain.map(({ hash }) => hash),
    hashes,
  );
  assert.deepEqual(
    chain.map(({ next }) => next),
    [...hashes.slice(1), ...hashes.slice(0, 1)],
  );
}

/** What ldns says of the zone as it stands now. */
function assertLdns(t: TestContext, { zone }: PresignedZone): void {
  const program = findService('ldnsutils');
  if (!program) return;
  const file = join(temporaryFolder(t), 'zone');
  writeFileSync(file, zoneFile([...zone.sets()]));
  assert.match(execFileSync(program, [file], { encoding: 'utf8' }), /Zone is verified and complete/);
}

test('each version of a presigned zone is valid: first, changed, replaced in great part, rolled, with other settings', async t => {
  const clock = systemClock;
  const folder = temporaryFolder(t);
  let record = firstRecord(clock);
  const { zone, serials } = await open(folder, record, { clock });
  const at = async (changes: OwnerChange[]) => {
    const before = serials.length;
    await zone.update(record, changes);
    assertValid(zone, clock);
    return serials.length - before;
  };
  assert.equal(await at([]), 1);
  assertLdns(t, zone);
  assert.equal(await at([...change('ada', 'one'), ...change('Zoe', 'two')]), 1);
  assert.equal(
    zone.zone.setCount,
    5 + 1 + 3 + 4,
    'apex with what is asked of the parent, three owners, their NSEC3',
  );
  assert.equal(await at(change('ada', 'one')), 0, 'what is so already costs nothing');
  assert.equal(await at([]), 0);
  assert.equal(await at(change('ada', 'three')), 1);
  assert.equal(await at(change('zoe', null)), 1);
  assertLdns(t, zone);
  const many = Array.from({ length: 1200 }, (_none, number) => change(`box${number}`, `${number}`)).flat();
  assert.equal(await at(many), 1, 'most of the zone: one version');
  assert.equal(
    await at(many.slice(0, 510).map(one => ({ ...one, set: null }))),
    2,
    'two versions of 500 at most',
  );
  const { record: rolled } = careForKeys(
    { ...record, keys: requestRoll(record.keys, ['ksk', 'zsk']) },
    { now: clock.now(), evidence, keyring: testKeyring },
  );
  record = rolled;
  assert.ok((await at(change('ada', 'four'))) >= 1);
  assert.equal(dnskeysOf(zone.zone).length, 4);
  assertLdns(t, zone);
  const reopened = await open(folder, record, { clock, settings: { ...settings, negativeTtlSeconds: 60 } });
  await reopened.zone.update(record, []);
  assertValid(reopened.zone, clock);
  const denials = [...reopened.zone.zone.sets()].filter(({ type }) => type === rrTypes.NSEC3);
  assert.deepEqual([...new Set(denials.map(({ ttlSeconds }) => ttlSeconds))], [60]);
  assertLdns(t, reopened.zone);
});

test('a start takes the zone from its file and signs nothing anew; with other keys it signs all', async t => {
  const clock = openTestClock();
  const folder = temporaryFolder(t);
  const record = firstRecord(clock);
  const first = await open(folder, record, { clock });
  await first.zone.update(record, change('ada', 'one'));
  await first.zone.update(record, change('eve', 'two'));
  const sets = (zone: PresignedZone) =>
    JSON.stringify([...zone.zone.sets()].map(set => [nameText(set.owner), set]).sort());
  clock.advance(3600);
  const again = await open(folder, record, { clock });
  await again.zone.update(record, [...change('ada', 'one'), ...change('eve', 'two')]);
  await again.zone.renew();
  assert.deepEqual(again.serials, []);
  assert.equal(sets(again.zone), sets(first.zone));
  const other = firstRecord(clock);
  const renewed = await open(folder, other, { clock });
  await renewed.zone.update(other, []);
  assert.equal(renewed.serials.length, 1);
  assertValid(renewed.zone, clock);
});

test('files that are damaged are set aside and the zone is signed anew; a torn change never was', async t => {
  const clock = openTestClock();
  const record = firstRecord(clock);
  const prepare = async () => {
    const folder = temporaryFolder(t);
    const { zone } = await open(folder, record, { clock });
    await zone.update(record, change('ada', 'one'));
    await zone.update(record, change('eve', 'two'));
    const fileOf = (end: string) => join(folder, readdirSync(folder).find(name => name.endsWith(end)) ?? '');
    return { folder, fileOf };
  };
  const all = [...change('ada', 'one'), ...change('eve', 'two')];

  const torn = await prepare();
  const journal = torn.fileOf('.journal');
  truncateSync(journal, readFileSync(journal).length - 7);
  const fromTorn = await open(torn.folder, record, { clock });
  await fromTorn.zone.update(record, all);
  assertValid(fromTorn.zone, clock);
  assert.equal(fromTorn.serials.length, 1, 'the change is made again');
  assert.deepEqual(
    fromTorn.lines.map(({ event }) => event),
    [],
  );

  for (const end of ['.zone', '.journal']) {
    const damaged = await prepare();
    const octets = readFileSync(damaged.fileOf(end));
    octets[Math.floor(octets.length / 3)] = (octets[Math.floor(octets.length / 3)] ?? 0) ^ 0xff;
    writeFileSync(damaged.fileOf(end), octets);
    const { zone, serials, lines } = await open(damaged.folder, record, { clock });
    await zone.update(record, all);
    assertValid(zone, clock);
    assert.ok(serials.length > 0);
    assert.ok(lines.some(({ event }) => event === 'zoneFileDamaged') || end === '.journal', end);
    assert.ok(readdirSync(damaged.folder).some(name => name.includes('.damaged')) || end === '.journal');
  }
});

test('on a full disk the version before is kept and answered from, also after a start, and it goes on when there is room', async t => {
  const disk = requireSmallDisk(t, 4 * 2 ** 20);
  if (!disk) return;
  const clock = openTestClock();
  const record = firstRecord(clock);
  const { zone } = await open(disk.folder, record, { clock });
  await zone.update(record, change('ada', 'one'));
  await zone.update(record, change('eve', 'two'));
  const before = zone.zone.serial;
  disk.leave(0);
  const many = Array.from({ length: 600 }, (_none, number) => change(`box${number}`, `${number}`)).flat();
  for (const changes of [many, many.slice(0, 30)]) {
    await assert.rejects(zone.update(record, changes), { code: 'ENOSPC' });
    assert.equal(zone.zone.serial, before);
    assertValid(zone, clock);
    assert.equal(zone.versions.soa?.rdatas.length, 1);
  }
  const started = await open(disk.folder, record, { clock });
  assert.deepEqual([started.zone.zone.serial, started.lines], [before, []]);
  disk.free();
  await zone.update(record, [...many, ...change('bob', 'three')]);
  assert.notEqual(zone.zone.serial, before);
  assertValid(zone, clock);
  await zone.update(record, change('bob', null));
  assertValid(zone, clock);
  const after = await open(disk.folder, record, { clock });
  assert.equal(after.zone.zone.serial, zone.zone.serial);
  assert.deepEqual(after.lines, []);
});

test('signatures are renewed before they end, a part of them at a time, and after a start that came late', async t => {
  const clock = openTestClock();
  const folder = temporaryFolder(t);
  let record = firstRecord(clock);
  const opened = await open(folder, record, { clock });
  let { zone } = opened;
  await zone.update(
    record,
    Array.from({ length: 100 }, (_none, number) => change(`box${number}`, `${number}`)).flat(),
  );
  let due = await zone.renew();
  const first = opened.serials.length;
  for (let hour = 0; hour < 60 * 24; hour += 3) {
    clock.advance(3 * 3600);
    record = cared(record, clock);
    await zone.update(record, []);
    if (due <= seconds(clock)) due = await zone.renew();
    if (hour % 12 === 0) assertValid(zone, clock);
  }
  assert.ok(opened.serials.length - first < 60 * 9, `${opened.serials.length} versions`);
  clock.advance(40 * 86_400);
  ({ zone } = await open(folder, record, { clock }));
  await zone.update(record, []);
  await zone.renew();
  assertValid(zone, clock);
});

test('serials of a store that was set back are not taken', async t => {
  const clock = openTestClock();
  const folder = temporaryFolder(t);
  const record = firstRecord(clock);
  const serials = [1000, 5];
  const { zone } = await open(folder, record, { clock, claimSerial: async () => serials.shift() ?? 6 });
  await zone.update(record, change('ada', 'one'));
  await zone.update(record, change('eve', 'one'));
  assert.equal(zone.zone.serial, 1001);
});
