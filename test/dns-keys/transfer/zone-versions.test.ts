import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { type Log, silentLog } from '../../../delivery/log.ts';
import { parseName } from '../../../dns-keys/name.ts';
import { partOctets } from '../../../dns-keys/transfer/record-octets.ts';
import { soaSerial } from '../../../dns-keys/transfer/serial.ts';
import { diffZones, setKey } from '../../../dns-keys/transfer/zone-change.ts';
import { zoneFileName, zoneOfFile } from '../../../dns-keys/transfer/zone-file-name.ts';
import { openZoneFile, type ZoneFile, type ZoneSnapshot } from '../../../dns-keys/transfer/zone-versions.ts';
import type { RecordSet } from '../../../dns-keys/zone/record-set.ts';
import { Zone } from '../../../dns-keys/zone/zone.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { soaOf, textSet, zoneOf } from './zones.ts';

const apexText = '_openpgpkey.example.org';
const apex = parseName(apexText);

/** Version `serial`: a record of its own, one that all share, and one that changes. */
function version(serial: number): RecordSet[] {
  return zoneOf(apexText, serial, [
    textSet('all', apex, 'shared'),
    textSet('changes', apex, `text ${serial}`),
    textSet(`only${serial}`, apex, 'here'),
  ]);
}

async function fileWith(t: TestContext, last: number, limits?: Parameters<typeof openZoneFile>[2]['limits']) {
  const folder = temporaryFolder(t);
  const file = await openZoneFile(folder, apex, { log: silentLog, ...(limits ? { limits } : {}) });
  await file.replace(soaOf(apex, 1), version(1));
  for (let serial = 2; serial <= last; serial += 1)
    await file.append(diffZones(version(serial - 1), version(serial)));
  return {
    folder,
    file,
    image: join(folder, `${apexText}.zone`),
    journal: join(folder, `${apexText}.journal`),
  };
}

async function setsOf(snapshot: ZoneSnapshot | null): Promise<RecordSet[] | null> {
  if (!snapshot) return null;
  const sets = [snapshot.soa];
  for await (const some of snapshot.sets()) sets.push(...some);
  await snapshot.close();
  return sets;
}

function plain(sets: readonly RecordSet[] | null): string[] | undefined {
  return sets
    ?.map(set => `${setKey(set)} ${set.rdatas.map(data => Buffer.from(data).toString('hex'))}`)
    .sort();
}

async function assertHolds(file: ZoneFile, serial: number): Promise<void> {
  assert.deepEqual(plain(await setsOf(await file.snapshot())), plain(version(serial)));
  assert.equal(file.soa && soaSerial(file.soa), serial);
}

/** The files opened anew; what they put into a zone meanwhile is what they hold. */
async function reopen(folder: string, log: Log = silentLog): Promise<ZoneFile> {
  const into = new Zone({ apex, mode: 'presigned' });
  const file = await openZoneFile(folder, apex, { log, into });
  assert.deepEqual(plain([...into.sets()]), plain((await setsOf(await file.snapshot())) ?? []));
  return file;
}

test('a zone is there again after a restart, with every change, and what led to it', async t => {
  const { folder } = await fileWith(t, 5);
  const file = await reopen(folder);
  await assertHolds(file, 5);
  const change = await file.changesSince(2);
  assert.deepEqual([change?.fromSerial, change?.serial], [2, 5]);
  assert.deepEqual(plain(change?.added ?? []), plain(diffZones(version(2), version(5)).added));
  assert.equal(await file.changesSince(5), null);
  assert.equal(await file.changesSince(77), null);
  await file.append(diffZones(version(5), version(6)));
  await assertHolds(await reopen(folder), 6);
});

test('a zone never signed is empty, and a change of another version is refused', async t => {
  const folder = temporaryFolder(t);
  const file = await reopen(folder);
  assert.deepEqual([file.soa, await file.snapshot(), await file.changesSince(1)], [null, null, null]);
  await assert.rejects(file.append(diffZones(version(1), version(2))), /no version 1/);
  await file.replace(soaOf(apex, 1), version(1));
  await assert.rejects(file.append(diffZones(version(2), version(3))), /no version 2/);
});

test('a zone is as large as its sets are, however many changes ago it was written whole', async t => {
  const folder = temporaryFolder(t);
  const file = await reopen(folder);
  const grown = (serial: number) =>
    zoneOf(
      apexText,
      serial,
      Array.from({ length: serial }, (_, index) => textSet(`name${index}`, apex, 'some text')),
    );
  const octetsOf = (serial: number) => grown(serial).reduce((sum, set) => sum + partOctets(set), 0);
  await file.replace(soaOf(apex, 1), grown(1));
  for (let serial = 2; serial <= 30; serial += 1)
    await file.append(diffZones(grown(serial - 1), grown(serial)));
  assert.equal(file.octets, octetsOf(30));
  assert.equal((await reopen(folder)).octets, octetsOf(30));
  await file.append(diffZones(grown(30), grown(4)));
  assert.equal(file.octets, octetsOf(4));
});

test('a snapshot stays what it was while the zone goes on and its files are written anew', async t => {
  const { file, image } = await fileWith(t, 3, { entries: 2, mostOctets: 1e6, leastOctets: 1e6 });
  const snapshot = await file.snapshot();
  const before = statSync(image).ino;
  for (let serial = 4; serial <= 12; serial += 1)
    await file.append(diffZones(version(serial - 1), version(serial)));
  assert.notEqual(statSync(image).ino, before);
  assert.deepEqual(plain(await setsOf(snapshot)), plain(version(3)));
  await assertHolds(file, 12);
});

test('the past is bounded by count and by octets, and the file with it', async t => {
  const counted = await fileWith(t, 40, { entries: 4, mostOctets: 1e6, leastOctets: 1e6 });
  assert.notEqual(await counted.file.changesSince(37), null);
  assert.equal(await counted.file.changesSince(20), null);
  await assertHolds(await reopen(counted.folder), 40);
  const measured = await fileWith(t, 60, { entries: 1000, mostOctets: 4000, leastOctets: 100 });
  assert.ok(statSync(measured.journal).size <= 8000);
  assert.notEqual(await measured.file.changesSince(59), null);
  assert.equal(await measured.file.changesSince(2), null);
  await assertHolds(await reopen(measured.folder), 60);
});

test('a journal torn at any octet gives the last version that was whole, and takes the next one', async t => {
  const { folder, journal } = await fileWith(t, 4);
  const whole = readFileSync(journal);
  const ends = [2, 3, 4].map(serial => [serial, endOf(whole, serial)] as const);
  for (let length = 0; length <= whole.length; length += 1) {
    writeFileSync(journal, whole.subarray(0, length));
    const serial = ends.filter(([, end]) => end <= length).at(-1)?.[0] ?? 1;
    const file = await reopen(folder);
    await assertHolds(file, serial);
    if (length % 41 !== 0) continue;
    await file.append(diffZones(version(serial), version(9)));
    await assertHolds(await reopen(folder), 9);
  }
});

test('a file that was made longer before it was written to is torn, too', async t => {
  const { folder, journal } = await fileWith(t, 3);
  const whole = readFileSync(journal);
  writeFileSync(journal, Buffer.concat([whole.subarray(0, endOf(whole, 2)), Buffer.alloc(5000)]));
  await assertHolds(await reopen(folder), 2);
});

/** Where the change to version `serial` ends: each begins with its length, from octet 16 on. */
function endOf(journal: Buffer, serial: number): number {
  let at = 16;
  for (let next = 2; next <= serial; next += 1) at += 12 + journal.readUInt32BE(at);
  return at;
}

test('a file with any octet changed is noticed: an earlier version, or none and a word for the log', async t => {
  const { folder, image, journal } = await fileWith(t, 4);
  const kept = new Map([image, journal].map(file => [file, readFileSync(file)]));
  const restore = () => kept.forEach((octets, file) => void writeFileSync(file, octets));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(image, journal),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (file, at, bits) => {
        restore();
        const octets = Buffer.from(kept.get(file) ?? []);
        octets[at % octets.length] = (octets[at % octets.length] ?? 0) ^ bits;
        writeFileSync(file, octets);
        const words: string[] = [];
        const opened = await reopen(folder, {
          ...silentLog,
          warn: (_fields, event) => void words.push(event),
        });
        if (opened.soa) return assertHolds(opened, soaSerial(opened.soa));
        assert.deepEqual(words, ['zoneFileDamaged']);
        assert.ok(existsSync(`${image}.damaged`));
      },
    ),
    { numRuns: 150 },
  );
});

test('a damaged zone is set aside, and signed anew', async t => {
  const { folder, image } = await fileWith(t, 2);
  truncateSync(image, 100);
  const file = await reopen(folder);
  assert.equal(await file.snapshot(), null);
  await file.replace(soaOf(apex, 9), version(9));
  await assertHolds(await reopen(folder), 9);
  assert.deepEqual(readdirSync(folder).sort(), [
    `${apexText}.journal.damaged`,
    `${apexText}.zone`,
    `${apexText}.zone.damaged`,
  ]);
});

test('a machine that stops between both files of a compaction loses nothing', async t => {
  const { folder, file, journal } = await fileWith(t, 4);
  const old = readFileSync(journal);
  await file.replace(soaOf(apex, 4), version(4));
  writeFileSync(journal, old);
  const opened = await reopen(folder);
  await assertHolds(opened, 4);
  assert.equal((await opened.changesSince(2))?.serial, 4);
});

test('a change that the disk does not take leaves the version before', async t => {
  const { folder, file, journal } = await fileWith(t, 2);
  const gone = `${journal}.kept`;
  renameSync(journal, gone);
  mkdirSync(journal);
  await assert.rejects(file.append(diffZones(version(2), version(3))), /EISDIR/);
  rmdirSync(journal);
  renameSync(gone, journal);
  await assertHolds(file, 2);
  await file.append(diffZones(version(2), version(3)));
  await assertHolds(await reopen(folder), 3);
});

test('a zone that is no longer ours leaves no file', async t => {
  const { folder, file } = await fileWith(t, 3);
  await file.remove();
  assert.deepEqual(readdirSync(folder), []);
  assert.equal(await file.snapshot(), null);
});

test('files are named after their zone, whatever octets and length its name has', () => {
  assert.equal(zoneFileName(parseName('_OpenPGPkey.Example.org')), '_openpgpkey.example.org');
  assert.equal(zoneFileName(parseName('a\\047b.example')), 'a%2fb.example');
  const long = parseName(`${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(55)}`);
  assert.ok(zoneFileName(long).length < 200);
  for (const name of ['_openpgpkey.example.org', 'a\\047b.example', '\\001\\200\\.%41.example']) {
    const apex = parseName(name);
    assert.deepEqual(zoneOfFile(zoneFileName(apex)), apex);
  }
  for (const other of [zoneFileName(long), 'Capital.example', 'a..b', '%zz'])
    assert.equal(zoneOfFile(other), null);
});
