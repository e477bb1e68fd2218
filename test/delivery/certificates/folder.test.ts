import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CertificateFolder } from '../../../delivery/certificates/folder.ts';
import type { Log } from '../../../delivery/log.ts';
import { openTestClock } from '../../support/clock.ts';
import { poll } from '../../support/poll.ts';
import { makePair } from '../../support/server-certificate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const start = new Date('2026-03-01T00:00:00Z');
const validity = { start, days: 30 };

async function openFolder(t: TestContext, fill: (folder: string) => Promise<void> | void) {
  const path = temporaryFolder(t);
  await fill(path);
  const faults: Record<string, unknown>[] = [];
  const note = (fields: Record<string, unknown>) => void faults.push(fields);
  const log: Log = { error: note, warn: note, info: note, debug: note, child: () => log };
  const clock = openTestClock('2026-03-02T00:00:00Z');
  const folder = new CertificateFolder(path, { clock, log });
  await folder.open();
  return { folder, path, faults, clock };
}

test("each form of a certificate is found by the certificate's names, not by the file's", async t => {
  const [one, two, three] = [
    await makePair(['one.example.org', 'Also.example.org'], validity),
    await makePair(['two.example.org'], validity),
    await makePair(['*.wild.example.org'], validity),
  ];
  const { folder, faults } = await openFolder(t, path => {
    mkdirSync(join(path, 'anything'));
    writeFileSync(join(path, 'README'), 'as certbot writes it');
    writeFileSync(join(path, 'anything', 'fullchain.pem'), one.certificate);
    writeFileSync(join(path, 'anything', 'privkey.pem'), one.key);
    writeFileSync(join(path, 'b.crt'), two.certificate);
    writeFileSync(join(path, 'b.key'), two.key);
    writeFileSync(join(path, 'c.pem'), `${three.key}\n${three.certificate}`);
  });
  const found = (name: string) => folder.find(name)?.names ?? null;
  assert.deepEqual(found('one.example.org'), ['one.example.org', 'also.example.org']);
  assert.deepEqual(found('ALSO.example.org.'), ['one.example.org', 'also.example.org']);
  assert.deepEqual(found('two.example.org'), ['two.example.org']);
  assert.deepEqual(found('any.wild.example.org'), ['*.wild.example.org']);
  for (const name of ['wild.example.org', 'a.b.wild.example.org', 'anything', 'b', '', '*.example.org']) {
    assert.equal(found(name), null, name);
  }
  assert.deepEqual(faults, []);
});

test('a broken or expired one is told with what to do, once, and the others go on', async t => {
  const good = await makePair(['good.example.org'], validity);
  const old = await makePair(['old.example.org'], { start: new Date('2026-01-01'), days: 30 });
  const { folder, faults, clock } = await openFolder(t, path => {
    writeFileSync(join(path, 'good.pem'), good.certificate + good.key);
    writeFileSync(join(path, 'old.pem'), old.certificate + old.key);
    writeFileSync(join(path, 'other.crt'), good.certificate);
    writeFileSync(join(path, 'other.key'), old.key);
    writeFileSync(join(path, 'alone.crt'), good.certificate);
    writeFileSync(join(path, 'text.pem'), 'no certificate');
  });
  assert.ok(folder.find('good.example.org'));
  assert.equal(folder.find('old.example.org'), null);
  await folder.scan();
  const told = new Map(
    faults.map(({ certificateFile, reason }) => [String(certificateFile).replace(/.*\//, ''), reason]),
  );
  assert.equal(faults.length, 4);
  assert.match(String(told.get('old.pem')), /valid from 2026-01-01T.* to 2026-01-31T/);
  assert.match(String(told.get('other.crt')), /not the one/);
  assert.match(String(told.get('alone.crt')), /ENOENT/);
  assert.match(String(told.get('text.pem')), /no PEM certificate/);
  assert.ok(faults.every(({ todo }) => String(todo).length > 10));
  clock.advance(30 * 86_400);
  assert.equal(folder.find('good.example.org'), null);
  await folder.scan();
  assert.equal(faults.length, 5, 'it has expired meanwhile');
});

test('what changes is read again, also behind links; a half-written pair leaves the one before in its place', async t => {
  const [one, two] = [
    await makePair(['a.example.org'], validity),
    await makePair(['a.example.org'], validity),
  ];
  const { folder, path, faults } = await openFolder(t, base => {
    mkdirSync(join(base, 'a'));
    const archive = mkdtempSync(join(base, 'archive-'));
    for (const [number, pair] of [one, two].entries()) {
      writeFileSync(join(archive, `fullchain${number}.pem`), pair.certificate);
      writeFileSync(join(archive, `privkey${number}.pem`), pair.key);
    }
    for (const file of ['fullchain', 'privkey'])
      symlinkSync(join(archive, `${file}0.pem`), join(base, 'a', `${file}.pem`));
    renameSync(archive, join(base, 'archive'));
    for (const file of ['fullchain', 'privkey']) {
      rmSync(join(base, 'a', `${file}.pem`));
      symlinkSync(join(base, 'archive', `${file}0.pem`), join(base, 'a', `${file}.pem`));
    }
  });
  const point = (file: string, number: number) => {
    rmSync(join(path, 'a', `${file}.pem`));
    symlinkSync(join(path, 'archive', `${file}${number}.pem`), join(path, 'a', `${file}.pem`));
  };
  const shown = () => folder.find('a.example.org')?.certificate.trim();
  assert.equal(shown(), one.certificate.trim());
  folder.watch(10);
  t.after(() => folder.close());
  point('fullchain', 1);
  await poll('the fault', () => (faults.length > 0 ? true : undefined));
  assert.equal(shown(), one.certificate.trim());
  point('privkey', 1);
  await poll('the new pair', () => (shown() === two.certificate.trim() ? true : undefined));
  rmSync(join(path, 'a'), { recursive: true });
  await poll('its end', () => (shown() === undefined ? true : undefined));
  utimesSync(path, start, start);
  assert.equal(faults.length, 1);
});

test('a folder that is not there is a fault of the settings', async t => {
  const clock = openTestClock();
  const log: Log = { error() {}, warn() {}, info() {}, debug() {}, child: () => log };
  const folder = new CertificateFolder(join(temporaryFolder(t), 'absent'), { clock, log });
  await assert.rejects(folder.open(), {
    code: 'badSettings',
    message: /^tls\.folder: \S+: there is no such folder; /,
  });
});
