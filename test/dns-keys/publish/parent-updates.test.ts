import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../delivery/clock.ts';
import { loadConfig } from '../../../delivery/config.ts';
import { keyZone } from '../../../dns-keys/owner-name.ts';
import { ParentUpdates } from '../../../dns-keys/publish/parent-updates.ts';
import { careForDomain } from '../../../dns-keys/publish/zone-care.ts';
import { type DomainRecord, noZones } from '../../../dns-keys/publish/zone-record.ts';
import { dnsSettings } from '../../../dns-keys/settings.ts';
import { atEnd } from '../../support/at-end.ts';
import { testKeyring } from '../../support/keyring.ts';
import { poll } from '../../support/poll.ts';
import { requireService } from '../../support/services.ts';
import { secret } from '../transfer/harness.ts';
import { freePort, kdig, startKnotPrimary } from '../transfer/programs.ts';
import { keptLog } from './keeper.ts';

const domain = 'parent.example';

function settingsFor(port: number, zone = domain) {
  const overrides = {
    'dns.nameservers': ['ns1.host.example', 'ns2.host.example'],
    hostname: 'mail.host.example',
    'dns.tsigKeys': [`hmac-sha256:secondary.example:${secret}`],
    'dns.updates': [`${zone}=secondary.example@127.0.0.1:${port}`],
  };
  return dnsSettings(loadConfig({ overrides, environment: {} }));
}

test('a delegation, its DS and the WKD name are placed at a real server, followed, and taken away with the domain', async t => {
  if (!requireService(t, 'kdig') || !requireService(t, 'knot')) return;
  const program = await startKnotPrimary(t, domain);
  await program.has(domain, 1);
  const settings = settingsFor(program.port);
  const make = () => {
    const task = { domain, kinds: ['openpgp'] as const, parent: {} };
    return careForDomain(noZones, task, { settings, keyring: testKeyring, now: new Date() }).record;
  };
  let record: DomainRecord | null = make();
  const { log, lines } = keptLog();
  const updates = new ParentUpdates({ settings, clock: systemClock, log, recordOf: () => record });
  atEnd(t, () => updates.close());
  const ask = (name: string, type: string) =>
    kdig(program.port, '+norec', '+dnssec', `${name}.${domain}`, type);
  const until = (what: string, name: string, type: string, pattern: RegExp) =>
    poll(what, async () => pattern.test(await ask(name, type)) || undefined);
  const updated = () => lines.filter(({ event }) => event === 'parentUpdated').length;

  updates.place(domain);
  await until('the delegation', '_openpgpkey', 'NS', /NS\s+ns2\.host\.example\./);
  const tagOf = (one: DomainRecord | null) => one?.zones.openpgp?.keys.keys[0]?.tag;
  await until('the DS', '_openpgpkey', 'DS', new RegExp(`DS\\s+${tagOf(record)} 13 2`));
  await until('the WKD name', 'openpgpkey', 'CNAME', /CNAME\s+mail\.host\.example\./);
  await poll('the words', () => updated() === 2 || undefined);

  updates.place(domain);
  updates.place('elsewhere.example');
  const before = record;
  record = make();
  updates.place(domain);
  await until('another DS', '_openpgpkey', 'DS', new RegExp(`DS\\s+${tagOf(record)} 13 2`));
  assert.doesNotMatch(await ask('_openpgpkey', 'DS'), new RegExp(`DS\\s+${tagOf(before)} 13 2`));
  await poll('the words', () => updated() === 3 || undefined);
  updates.place(domain);
  updates.remove(domain, [keyZone(domain)]);
  await until('nothing', '_openpgpkey', 'NS', /NXDOMAIN/);
  await updates.close();
  assert.equal(updated(), 4, 'what is there already is not sent again');
  assert.deepEqual(
    lines.filter(({ event }) => event !== 'parentUpdated'),
    [],
  );
});

test('a server of the parent that is down is told in the log and tried again later', async t => {
  const settings = settingsFor(await freePort());
  const task = { domain, kinds: ['openpgp'] as const, parent: {} };
  const { record } = careForDomain(noZones, task, { settings, keyring: testKeyring, now: new Date() });
  const { log, lines } = keptLog();
  const updates = new ParentUpdates({ settings, clock: systemClock, log, recordOf: () => record });
  atEnd(t, () => updates.close());
  updates.place(domain);
  updates.place('www.parent.example');
  await poll('the words', () => lines.length === 2 || undefined);
  assert.deepEqual(
    lines.map(({ level, event }) => `${level} ${event}`),
    ['warn parentNotUpdated', 'warn parentNotUpdated'],
  );
});
