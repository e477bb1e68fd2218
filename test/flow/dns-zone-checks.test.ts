import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { generateKey as generateOpenPgpKey } from 'openpgp';
import { generate } from 'selfsigned';
import { publishSmime } from '../../delivery/publish-key.ts';
import { revokeKey } from '../../delivery/revoke-key.ts';
import { backend } from '../support/backend.ts';
import { makeLargeKey } from '../support/dns/large-key.ts';
import { fetchZone, sortedRecords } from '../support/dns/secondaries/ask.ts';
import { requireDnsviz } from '../support/dns/secondaries/dnsviz.ts';
import { transferKeyText } from '../support/dns/secondaries/name-server.ts';
import { startParent } from '../support/dns/secondaries/parent.ts';
import { openPrimary, type Primary } from '../support/dns/secondaries/primary.ts';
import { runZoneCheck, type ZoneCheck, zoneChecks } from '../support/dns/secondaries/zone-checks.ts';
import { requireService } from '../support/services.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const zone = '_openpgpkey.alpha.example.';
const smimeZone = '_smimecert.alpha.example.';

/** Keys of all kinds: small, RSA, large, of an alias, of letters of both cases, revoked, and one for S/MIME. */
async function publishAll(primary: Primary): Promise<void> {
  const { parts } = primary;
  const adam = await primary.addAccount('adam@alpha.example');
  const gone = await primary.addAccount('gone@alpha.example');
  const zoe = await primary.addAccount('Zoe@alpha.example');
  for (const address of ['rsa@alpha.example', 'large@alpha.example', 'beyond@beta.example'])
    await primary.addAccount(address);
  await parts.store.addAlias('adams@alpha.example', adam.id);
  for (const address of ['adam@alpha.example', 'Zoe@alpha.example', 'gone@alpha.example'])
    await primary.publish(address);
  await primary.publish('adams@alpha.example');
  const rsa = await generateOpenPgpKey({
    type: 'rsa',
    rsaBits: 3072,
    userIDs: [{ email: 'rsa@alpha.example' }],
    format: 'binary',
  });
  await primary.publish('rsa@alpha.example', rsa.publicKey);
  for (const [address, subkeys] of Object.entries({ 'large@alpha.example': 150, 'beyond@beta.example': 200 }))
    await primary.publish(address, await makeLargeKey(address, subkeys));
  await revokeKey({ account: gone, actor: 'operator' }, { reason: 'compromised' }, parts);
  const { cert } = await generate([{ name: 'commonName', value: 'Zoe' }], {
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 1, value: 'Zoe@alpha.example' }] }],
  });
  const certificate = Buffer.from(cert);
  await publishSmime(
    { account: zoe, actor: 'operator' },
    { address: 'Zoe@alpha.example', certificate },
    parts,
  );
}

function requireAll(t: TestContext): boolean {
  return requireService(t, 'kdig') !== null && zoneChecks.every(({ service }) => requireService(t, service));
}

/** What we hand over of a zone, in a file; every program accepts it. */
async function assertSound(
  t: TestContext,
  primary: Primary,
  { apex, checks = zoneChecks }: { apex: string; checks?: readonly ZoneCheck[] },
): Promise<string> {
  const text = await fetchZone(primary.port, apex, transferKeyText);
  const file = join(temporaryFolder(t), 'zone');
  writeFileSync(file, text);
  for (const check of checks) {
    const { code, text: said } = await runZoneCheck(check, apex, file);
    assert.equal(code, 0, `${check.program}: ${said}`);
    assert.doesNotMatch(said, /warn/i, check.program);
  }
  return text;
}

function countOf(text: string, type: string): number {
  return sortedRecords(text).filter(line => line.split(' ')[3] === type).length;
}

test('what we hand over of a presigned zone is accepted by the checkers of ldns, BIND, Knot and NSD', async t => {
  if (!requireAll(t)) return;
  const primary = await openPrimary(t, { on: backend });
  await publishAll(primary);
  await primary.parts.store.addDomain('empty.example');
  await primary.serve();
  const first = await primary.serialAfter(zone, null);
  const whole = await assertSound(t, primary, { apex: zone });
  // Zoe has two owner names: as she writes herself, and in small letters.
  assert.equal(countOf(whole, 'OPENPGPKEY'), 7);
  assert.equal(countOf(await assertSound(t, primary, { apex: smimeZone }), 'SMIMEA'), 2);
  const empty = await assertSound(t, primary, { apex: '_openpgpkey.empty.example.' });
  assert.equal(countOf(empty, 'NSEC3'), 1);
  // No word of a zone file may be longer than 65,535 letters for ldns, which is 49,149 octets in base64.
  const checks = zoneChecks.filter(({ program }) => program !== 'ldns-verify-zone');
  const beyond = await assertSound(t, primary, { apex: '_openpgpkey.beta.example.', checks });
  assert.ok(beyond.split('\n').some(line => line.length > 65_535));

  for (const name of ['large', 'Zoe']) await primary.caliopen('keys', 'unpublish', `${name}@alpha.example`);
  await primary.publish('adam@alpha.example');
  let serial = first;
  let text = whole;
  while (countOf(text, 'OPENPGPKEY') > 4) {
    serial = await primary.serialAfter(zone, serial);
    text = await assertSound(t, primary, { apex: zone });
  }
  assert.equal(countOf(text, 'NSEC3'), 5);
});

test('the checkers notice a record that is missing and a signature that is spoilt', async t => {
  if (!requireAll(t)) return;
  const primary = await openPrimary(t, { on: backend });
  await primary.addAccount('adam@alpha.example');
  await primary.publish('adam@alpha.example');
  await primary.serve();
  await primary.serialAfter(zone, null);
  const lines = (await fetchZone(primary.port, zone, transferKeyText)).split('\n');
  const isOfKey = (line: string) => / RRSIG\s+OPENPGPKEY |\sRRSIG\tOPENPGPKEY /.test(line);
  const damaged = {
    missing: lines.filter(line => !isOfKey(line)),
    spoilt: lines.map(line => (isOfKey(line) ? line.replace(/ \S{8}(\S+)$/, ' AAAAAAAA$1') : line)),
  };
  // These two read the records and no signature.
  const readers = new Set(['named-checkzone', 'nsd-checkzone']);
  for (const [what, text] of Object.entries(damaged)) {
    assert.notDeepEqual(text, lines);
    const file = join(temporaryFolder(t), 'zone');
    writeFileSync(file, text.join('\n'));
    for (const check of zoneChecks.filter(({ program }) => !readers.has(program))) {
      const { code, text: said } = await runZoneCheck(check, zone, file);
      assert.notEqual(code, 0, `${check.program} accepts what is ${what}: ${said}`);
    }
  }
});

for (const signing of ['presigned', 'online'] as const) {
  test(`dnsviz finds all secure and nothing to warn of in a zone signed ${signing}`, async t => {
    if (!requireService(t, 'kdig') || !requireService(t, 'knot')) return;
    const dnsviz = await requireDnsviz(t);
    if (dnsviz === null) return;
    const settings = { 'dns.signing': signing, 'dns.nameservers': ['ns1.host.example'] };
    const primary = await openPrimary(t, { on: backend, settings });
    await primary.addAccount('adam@alpha.example');
    await primary.publish('adam@alpha.example');
    await primary.serve();
    await primary.serialAfter(zone, null);
    const parent = await startParent(t, 'alpha.example.', await delegationOf(primary, 'alpha.example'));
    const owner = `${createHash('sha256').update('adam').digest('hex').slice(0, 56)}.${zone}`;
    const servers = [
      `alpha.example.+:ns.alpha.example=127.0.0.1:${parent.port}`,
      `${zone}:ns1.host.example=127.0.0.1:${primary.port}`,
    ];
    const look = await dnsviz(
      parent.anchor,
      [...servers.flatMap(server => ['-x', server]), '-a', 'alpha.example.', '-R', 'OPENPGPKEY'],
      [zone, owner, `nobody.${zone}`],
    );
    assert.ok(look.secure > 10, look.text);
    assert.deepEqual(look.codes, [], look.text);
  });
}

/** What is to stand in the zone of a domain for its key zones, as `caliopen domain dns` says. */
async function delegationOf(primary: Primary, domain: string): Promise<string[]> {
  const [shown] = await primary.caliopen('domain', 'dns', domain, '--no-check');
  const records = shown?.records as { name: string; type: string; data: string[] }[];
  const own = records.filter(({ type }) => type === 'NS' || type === 'DS');
  return own.flatMap(({ name, type, data }) => data.map(rdata => `${name} 3600 IN ${type} ${rdata}`));
}
