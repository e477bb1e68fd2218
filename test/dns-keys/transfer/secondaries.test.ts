import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../delivery/clock.ts';
import { silentLog } from '../../../delivery/log.ts';
import { parseName } from '../../../dns-keys/name.ts';
import { type CatalogMember, catalogChange, catalogSets } from '../../../dns-keys/transfer/catalog.ts';
import { type Notifier, openNotifier } from '../../../dns-keys/transfer/notify.ts';
import { diffZones } from '../../../dns-keys/transfer/zone-change.ts';
import type { ZoneFile } from '../../../dns-keys/transfer/zone-versions.ts';
import type { RecordSet } from '../../../dns-keys/zone/record-set.ts';
import { atEnd } from '../../support/at-end.ts';
import { startKnotSecondary } from '../../support/dns/secondaries/knot.ts';
import type { NameServer, SecondarySettings } from '../../support/dns/secondaries/name-server.ts';
import { startNamedSecondary } from '../../support/dns/secondaries/named.ts';
import { startNsdSecondary } from '../../support/dns/secondaries/nsd.ts';
import { poll } from '../../support/poll.ts';
import { requireService } from '../../support/services.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { key, keyText, openPrimary } from './harness.ts';
import { freePort, kdig, recordsOf } from './programs.ts';
import { textSet, zoneOf } from './zones.ts';

const apexText = '_openpgpkey.example.org';
const apex = parseName(apexText);
const catalogText = 'catalog.example';
const catalogName = parseName(catalogText);

const version = (serial: number): RecordSet[] =>
  zoneOf(apexText, serial, [
    ...Array.from({ length: 60 }, (_, index) => textSet(`shared${index}`, apex, 'same')),
    textSet(`only${serial}`, apex, `of ${serial}`),
  ]);

function notifierOf(t: TestContext): Notifier {
  const notifier = openNotifier({ clock: systemClock, log: silentLog });
  atEnd(t, () => notifier.close());
  return notifier;
}

/** Appends a version, tells the secondary, and gives the milliseconds until it serves it. */
async function tell(
  file: ZoneFile,
  program: NameServer,
  notifier: Notifier,
  serials: [number, number],
): Promise<number> {
  await file.append(diffZones(version(serials[0]), version(serials[1])));
  const start = performance.now();
  if (file.soa) notifier.notify(file.soa, [{ address: '127.0.0.1', port: program.port, key }]);
  await program.has(apexText, serials[1]);
  return performance.now() - start;
}

/** A secondary with a folder and a port of its own. */
async function startSecondary(
  t: TestContext,
  start: typeof startKnotSecondary,
  settings: Omit<SecondarySettings, 'folder' | 'port'>,
): Promise<NameServer> {
  return start(t, { folder: temporaryFolder(t), port: await freePort(), ...settings });
}

const secondaries = [
  { service: 'knot', start: startKnotSecondary, incremental: /IXFR, incoming, .*finished/ },
  { service: 'bind9', start: startNamedSecondary, incremental: null },
  { service: 'nsd', start: startNsdSecondary, incremental: null },
] as const;

for (const { service, start, incremental } of secondaries) {
  test(`${service} fetches a zone, then its changes by IXFR when it is told, and serves what we have`, async t => {
    if (!requireService(t, 'kdig') || !requireService(t, service)) return;
    const primary = await openPrimary(t);
    const file = await primary.serve(apexText, version(1));
    const program = await startSecondary(t, start, { primaryPort: primary.port, zones: [apexText] });
    await program.has(apexText, 1);
    const kinds = () =>
      primary.words.filter(({ event }) => event === 'zoneTransferred').map(({ fields }) => fields.kind);
    assert.ok(kinds().includes('axfr'), JSON.stringify(primary.words));
    const notifier = notifierOf(t);
    const before = kinds().length;
    await tell(file, program, notifier, [1, 2]);
    await poll('the answer to our NOTIFY', () => notifier.unanswered === 0 || undefined);
    assert.ok(kinds().slice(before).includes('ixfr'), JSON.stringify(primary.words.slice(before)));
    if (incremental) await program.said(incremental);
    await tell(file, program, notifier, [2, 9]);
    const [ours, theirs] = await Promise.all([
      kdig(primary.port, '-y', keyText, apexText, 'AXFR'),
      kdig(program.port, apexText, 'AXFR'),
    ]);
    assert.deepEqual(recordsOf(theirs), recordsOf(ours));
    assert.equal(recordsOf(ours).length, 64);
  });
}

test('knotd falls back to the whole zone when its serial is none of ours', async t => {
  if (!requireService(t, 'kdig') || !requireService(t, 'knot')) return;
  const primary = await openPrimary(t);
  await primary.serve(apexText, version(1));
  const program = await startSecondary(t, startKnotSecondary, {
    primaryPort: primary.port,
    zones: [apexText],
  });
  await program.has(apexText, 1);
  const file = await primary.serve(apexText, version(5));
  if (file.soa) notifierOf(t).notify(file.soa, [{ address: '127.0.0.1', port: program.port, key }]);
  await program.has(apexText, 5);
  assert.equal(primary.words.findLast(({ event }) => event === 'zoneTransferred')?.fields.kind, 'axfr');
  assert.match(await kdig(program.port, `only5.${apexText}`, 'TXT'), /of 5/);
  assert.match(await kdig(program.port, `only1.${apexText}`, 'TXT'), /NXDOMAIN/);
});

for (const [service, start] of [
  ['knot', startKnotSecondary],
  ['bind9', startNamedSecondary],
] as const) {
  test(`${service} takes members from the catalog, drops one that goes and resets one that comes again`, async t => {
    if (!requireService(t, 'kdig') || !requireService(t, service)) return;
    const primary = await openPrimary(t);
    const names = Array.from({ length: 20 }, (_, index) => `_openpgpkey.m${index}.example`);
    for (const name of names) await primary.serve(name, zoneOf(name, 3));
    const member = (name: string, incarnation = '1'): CatalogMember => ({
      apex: parseName(name),
      incarnation,
    });
    const [last = '', ...rest] = [...names].reverse();
    const file = await primary.serve(
      catalogText,
      catalogSets(
        catalogName,
        1,
        rest.map(name => member(name)),
      ),
    );
    const program = await startSecondary(t, start, {
      primaryPort: primary.port,
      zones: [],
      catalog: catalogText,
    });
    const notifier = notifierOf(t);
    const change = async (serial: number, come: CatalogMember[], gone: CatalogMember[]) => {
      await file.append(catalogChange(catalogName, { fromSerial: serial - 1, serial }, { come, gone }));
      if (file.soa) notifier.notify(file.soa, [{ address: '127.0.0.1', port: program.port, key }]);
    };
    for (const name of rest) await program.has(name, 3);
    assert.equal(await program.serialOf(last), null);

    await change(2, [member(last)], []);
    await program.has(last, 3);
    await change(3, [], [member(last)]);
    await program.has(last, null);
    const [first = ''] = rest;
    // A lower serial is fetched only by who has forgotten what it had.
    await primary.serve(first, zoneOf(first, 2));
    await change(4, [member(first, '2')], [member(first)]);
    await program.has(first, 2);
  });
}
