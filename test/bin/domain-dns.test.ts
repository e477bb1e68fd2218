import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readDomainRecord } from '../../dns-keys/publish/zone-record.ts';
import { jsonLines, openCommand, type RunCommand } from '../support/command.ts';
import { withStore } from '../support/command-store.ts';
import { openResolver } from '../support/dns/known-records.ts';

const environment = {
  CALIOPEN_DNS_NAMESERVERS: 'ns1.host.example,ns2.host.example',
  CALIOPEN_HOSTNAME: 'mail.host.example',
};

async function openDomain(t: TestContext): Promise<{ run: RunCommand; folder: string }> {
  const { run, folder } = openCommand(t);
  assert.equal((await run(['domain', 'add', 'example.org'])).code, 0);
  return { run: (words, options) => run(words, { environment, ...options }), folder };
}

interface Printed {
  readonly domain: string;
  readonly zones: {
    apex: string;
    mode: string;
    isWithdrawn: boolean;
    conditions: string[];
    keys: { tag: number; role: string; algorithm: number; state: string }[];
  }[];
  readonly records: {
    name: string;
    type: string;
    data: string[];
    purpose: string;
    status: string;
    found: string[];
  }[];
  readonly signals: { name: string; type: string; data: string[] }[];
}

async function print(run: RunCommand, ...words: string[]): Promise<Printed> {
  const { code, stdout, stderr } = await run([
    '--json',
    'domain',
    'dns',
    'example.org',
    '--no-check',
    ...words,
  ]);
  assert.deepEqual([code, stderr], [0, '']);
  return jsonLines(stdout)[0] as unknown as Printed;
}

test('domain dns prints delegation, DS, WKD name and signals, the same each time', async t => {
  const { run } = await openDomain(t);
  const first = await print(run);
  assert.deepEqual(
    first.records.map(({ name, type, purpose, status }) => [name, type, purpose, status]),
    [
      ['_openpgpkey.example.org.', 'NS', 'delegation', 'unknown'],
      ['_openpgpkey.example.org.', 'DS', 'trust', 'unknown'],
      ['openpgpkey.example.org.', 'CNAME', 'wkd', 'unknown'],
    ],
  );
  const [ns, ds, alias] = first.records.map(({ data }) => data);
  assert.deepEqual(ns?.toSorted(), ['ns1.host.example.', 'ns2.host.example.']);
  assert.match(ds?.[0] ?? '', /^\d+ 13 2 [0-9A-F]{64}$/i);
  assert.deepEqual(alias, ['mail.host.example.']);
  const [zone] = first.zones;
  assert.deepEqual(
    [zone?.mode, zone?.keys.map(({ role, algorithm }) => `${role} ${algorithm}`)],
    ['online', ['csk 13']],
  );
  assert.equal(ds?.[0]?.split(' ')[0], String(zone?.keys[0]?.tag));
  assert.ok(
    first.signals.some(
      ({ name, type }) =>
        name === '_dsboot._openpgpkey.example.org._signal.ns1.host.example.' && type === 'CDS',
    ),
  );
  assert.deepEqual(await print(run), first);
  const { stdout, code } = await run(['domain', 'dns', 'EXAMPLE.org', '--no-check']);
  assert.equal(code, 0);
  assert.match(stdout, /^; To stand in the zone of example\.org:\n/);
  for (const line of [
    /^_openpgpkey\.example\.org\. \d+ IN NS ns1\.host\.example\.$/m,
    /^_openpgpkey\.example\.org\. \d+ IN DS \d+ 13 2 [0-9A-F]{64}$/im,
    /^openpgpkey\.example\.org\. \d+ IN CNAME mail\.host\.example\.$/m,
    /^; _openpgpkey\.example\.org\. is signed online; keys: csk \d+/m,
  ])
    assert.match(stdout, line);
});

test('domain dns says of each record whether it is there, and exits with 1 until all are', async t => {
  const { run } = await openDomain(t);
  const { records } = await print(run);
  const ds = records.find(({ type }) => type === 'DS')?.data[0] ?? '';
  const ask = async (known: Record<string, string[]>) => {
    const resolver = await openResolver(t, known);
    const options = { environment: { ...environment, CALIOPEN_RESOLVER_SERVERS: resolver } };
    const asText = await run(['domain', 'dns', 'example.org'], options);
    const asJson = await run(['domain', 'dns', 'example.org', '--json'], options);
    assert.equal(asText.code, asJson.code);
    const shown = jsonLines(asJson.stdout)[0] as unknown as Printed;
    return { code: asText.code, text: asText.stdout, statuses: shown.records.map(({ status }) => status) };
  };
  const ns = { '_openpgpkey.example.org. NS': ['ns2.HOST.example.', 'ns1.host.example.'] };
  const trust = { '_openpgpkey.example.org. DS': [ds] };
  const alias = { 'openpgpkey.example.org. CNAME': ['mail.host.example.'] };
  const none = await ask({});
  assert.deepEqual([none.code, none.statuses], [1, ['missing', 'missing', 'missing']]);
  assert.match(none.text, /delegation of its keys to these name servers: MISSING/);
  const all = await ask({ ...ns, ...trust, ...alias });
  assert.deepEqual([all.code, all.statuses], [0, ['there', 'there', 'there']], all.text);
  const wrong = await ask({
    '_openpgpkey.example.org. NS': ['ns1.host.example.'],
    '_openpgpkey.example.org. DS': [`1 13 2 ${'0'.repeat(64)}`],
    'openpgpkey.example.org. A': ['192.0.2.1'],
    'mail.host.example. A': ['192.0.2.2'],
  });
  assert.deepEqual([wrong.code, wrong.statuses], [1, ['different', 'different', 'different']]);
  assert.match(wrong.text, /DIFFERENT, there is 192\.0\.2\.1/);
  const address = { 'openpgpkey.example.org. A': ['192.0.2.2'], 'mail.host.example. A': ['192.0.2.2'] };
  assert.deepEqual((await ask({ ...ns, ...trust, ...address })).statuses, ['there', 'there', 'there']);
  const deaf = await run(['domain', 'dns', 'example.org', '--json'], {
    environment: { ...environment, CALIOPEN_RESOLVER_SERVERS: '127.0.0.1:1' },
  });
  const shown = jsonLines(deaf.stdout)[0] as unknown as Printed;
  assert.deepEqual(
    [deaf.code, shown.records.map(({ status }) => status)],
    [1, ['unknown', 'unknown', 'unknown']],
  );
});

test('mode, algorithm, rolls and withdrawal are asked for by options', async t => {
  const { run, folder } = await openDomain(t);
  await print(run);
  const roles = ({ zones }: Printed) =>
    zones[0]?.keys.map(({ role, algorithm }) => `${role} ${algorithm}`).sort();
  assert.deepEqual(roles(await print(run, '--roll', 'ksk')), ['csk 13', 'csk 13']);
  assert.deepEqual(roles(await print(run, '--mode', 'presigned')), ['csk 13', 'csk 13', 'ksk 13', 'zsk 13']);
  assert.ok(roles(await print(run, '--algorithm', 'ed25519'))?.includes('ksk 15'));
  const withdrawn = await print(run, '--withdraw');
  assert.deepEqual(
    [withdrawn.zones[0]?.isWithdrawn, withdrawn.records.find(({ type }) => type === 'DS')?.data],
    [true, []],
  );
  assert.equal((await print(run, '--restore')).zones[0]?.isWithdrawn, false);
  const both = await run(['domain', 'dns', 'example.org', '--withdraw', '--restore']);
  assert.deepEqual([both.code, /exclude each other/.test(both.stderr)], [2, true]);

  await withStore(join(folder, 'data'), async ({ store }) => {
    const stored = await store.getZone('example.org');
    const record = readDomainRecord(stored?.document);
    const zone = record.zones.openpgp;
    assert.ok(zone);
    const keys = { ...zone.keys, lastAt: 1_000_000_000 };
    await store.putZone(
      'example.org',
      { ...record, zones: { openpgp: { ...zone, keys } } },
      stored?.version ?? null,
    );
  });
  assert.deepEqual((await print(run)).zones[0]?.conditions, ['clockJumped']);
  const told = await run(['domain', 'dns', 'example.org', '--no-check']);
  assert.match(told.stdout, /^; ATTENTION: the clock .*--accept-clock/m);
  assert.ok(!(await print(run, '--accept-clock')).zones[0]?.conditions.includes('clockJumped'));
});

test('a zone that the command itself makes is as the options ask', async t => {
  const { run } = await openDomain(t);
  const [zone] = (await print(run, '--mode', 'presigned', '--algorithm', 'ed25519')).zones;
  const roles = zone?.keys.map(({ role, algorithm }) => `${role} ${algorithm}`).sort();
  assert.deepEqual([zone?.mode, roles], ['presigned', ['ksk 15', 'zsk 15']]);

  const other = await openDomain(t);
  assert.equal((await print(other.run, '--withdraw')).zones[0]?.isWithdrawn, true);
});

test('what can not be printed is said in words', async t => {
  const { run } = await openDomain(t);
  const unknown = await run(['domain', 'dns', 'other.example', '--no-check']);
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /no domain other\.example; caliopen domain list/);
  const inside = await run(['domain', 'dns', 'example.org', '--no-check'], {
    environment: { ...environment, CALIOPEN_DNS_NAMESERVERS: 'ns1._openpgpkey.example.org' },
  });
  assert.notEqual(inside.code, 0);
  assert.match(inside.stderr, /dns\.nameservers: ns1\._openpgpkey\.example\.org\./);
  assert.equal((await run(['domain', 'dns', 'example.org', '--mode', 'none'])).code, 2);
});
