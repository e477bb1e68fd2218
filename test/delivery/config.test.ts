import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { settingsEnvironment } from '../../bin/serve/settings-environment.ts';
import {
  environmentName,
  loadConfig,
  type SettingKey,
  SettingsError,
  settingRows,
  settingsFile,
} from '../../delivery/config.ts';
import type { SettingRow } from '../../delivery/setting-rows.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function faultsOf(load: () => unknown): SettingsError['faults'] {
  try {
    load();
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
  return [];
}

test('the shipped settings file is what the schema makes', () => {
  const shipped = readFileSync(join(import.meta.dirname, '../../config/caliopen.yaml'), 'utf8');
  const generic = (text: string) => text.replace(/^# hostname:.*$/m, '');
  assert.equal(generic(shipped), generic(settingsFile()), 'npm run settings writes it anew');
});

test('the shipped settings file can be loaded and changes nothing', () => {
  const file = join(import.meta.dirname, '../../config/caliopen.yaml');
  assert.deepEqual(loadConfig({ file }), loadConfig());
});

test('all faults of a file are told at once, each with its line, what is allowed and a hint', t => {
  const file = join(temporaryFolder(t), 'caliopen.yaml');
  writeFileSync(
    file,
    'smtp:\n  prot: 25\n  maxRecipients: many\nstore: sqlit\nlog:\n  level: 3\nweb: 8080\n',
  );
  const faults = faultsOf(() => loadConfig({ file }));
  assert.deepEqual(faults.map(fault => fault.key).sort(), [
    'log.level',
    'smtp.maxRecipients',
    'smtp.prot',
    'store',
    'web',
  ]);
  assert.match(faults.find(fault => fault.key === 'smtp.prot')?.hint ?? '', /smtp\.port/);
  assert.match(faults.find(fault => fault.key === 'store')?.hint ?? '', /sqlite/);
  assert.match(faults.find(fault => fault.key === 'smtp.maxRecipients')?.where ?? '', /caliopen\.yaml:3$/);
});

test('the environment comes before the file and the command line before both', t => {
  const file = join(temporaryFolder(t), 'caliopen.yaml');
  writeFileSync(file, 'web:\n  port: 1\nsmtp:\n  port: 1\nlmtp:\n  port: 1\n');
  const environment = { CALIOPEN_SMTP_PORT: '2', CALIOPEN_LMTP_PORT: '2' };
  const config = loadConfig({ file, environment, overrides: { 'lmtp.port': 3 } });
  assert.deepEqual([config['web.port'], config['smtp.port'], config['lmtp.port']], [1, 2, 3]);
});

test('every setting has an environment variable of its own', () => {
  const names = Object.keys(settingRows).map(environmentName);
  assert.equal(new Set(names).size, names.length);
  assert.equal(environmentName('smtp.maxSizeOctets'), 'CALIOPEN_SMTP_MAX_SIZE_OCTETS');
});

test('a mistyped environment variable is a fault with a hint', () => {
  const [fault] = faultsOf(() => loadConfig({ environment: { CALIOPEN_WEB_PROT: '1' } }));
  assert.match(fault?.hint ?? '', /CALIOPEN_WEB_PORT/);
});

test('what the test runner tells its tests is no setting and no fault', () => {
  const environment = {
    CALIOPEN_TEST_SKIPPED: '/a/file',
    CALIOPEN_REAL_MAIL: '/mail',
    CALIOPEN_SERVICE_HOST: '10.0.0.1',
    CALIOPEN_PORT: 'tcp://10.0.0.1:2525',
    CALIOPEN_PORT_2525_TCP_ADDR: '10.0.0.1',
  };
  assert.doesNotThrow(() => loadConfig({ environment }));
});

test('a mistyped section of the file has a hint', t => {
  const file = join(temporaryFolder(t), 'caliopen.yaml');
  writeFileSync(file, 'smpt:\n  port: 25\n');
  const [fault] = faultsOf(() => loadConfig({ file }));
  assert.match(fault?.hint ?? '', /smtp/);
});

test('a file that is no YAML, or is not there, is told and not thrown as something else', t => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'broken.yaml');
  writeFileSync(file, 'smtp: [1, 2\n');
  assert.equal(faultsOf(() => loadConfig({ file })).length, 1);
  assert.equal(faultsOf(() => loadConfig({ file: join(folder, 'absent.yaml') })).length, 1);
  const many = ', *a'.repeat(100);
  for (const text of ['hostname: *nowhere\n', `a: &a [1]\nb: &b [*a${many}]\nc: [*b${many}]\n`]) {
    writeFileSync(file, text);
    assert.ok(
      faultsOf(() => loadConfig({ file })).some(({ key }) => key === '(file)'),
      text.slice(0, 20),
    );
  }
});

test('names and addresses of another form are told with all the other faults, before anything is opened', t => {
  const file = join(temporaryFolder(t), 'caliopen.yaml');
  const wrong = {
    hostname: 'two words',
    postmaster: 'ada',
    keys: { instanceKey: 'zz' },
    smtp: { address: 'a b', port: 70_000 },
    lmtp: { address: 'unix:', trustedAddresses: ['mta.example.org'], mtaHostname: '-' },
    web: { trustProxy: ['192.0.2.0/33'] },
    resolver: { servers: ['dns.example.org', '192.0.2.1:53'] },
  };
  writeFileSync(file, JSON.stringify(wrong));
  const faults = faultsOf(() => loadConfig({ file }));
  assert.deepEqual(faults.map(fault => fault.key).sort(), [
    'hostname',
    'keys.instanceKey',
    'lmtp.address',
    'lmtp.mtaHostname',
    'lmtp.trustedAddresses',
    'postmaster',
    'resolver.servers',
    'smtp.address',
    'smtp.port',
    'web.trustProxy',
  ]);
  assert.match(faults.find(fault => fault.key === 'resolver.servers')?.allowed ?? '', /IP addresses/);
});

test('names and addresses in every form that is allowed are taken as they are', () => {
  const key = 'a1'.repeat(32);
  const overrides = {
    hostname: 'mx_1.example.org',
    postmaster: '',
    'keys.instanceKey': `${key} ${key}`,
    'smtp.address': '::',
    'lmtp.address': 'unix:/run/caliopen/lmtp',
    'lmtp.trustedAddresses': '192.0.2.1, 2001:db8::1',
    'lmtp.mtaHostname': '',
    'web.address': 'localhost',
    'web.trustProxy': ['loopback', '2001:db8::/32', '192.0.2.1'],
    'resolver.servers': ['192.0.2.1', '192.0.2.1:5353', '2001:db8::1', '[2001:db8::1]:53'],
  };
  const config = loadConfig({ overrides });
  assert.equal(config['lmtp.address'], 'unix:/run/caliopen/lmtp');
  assert.deepEqual(config['lmtp.trustedAddresses'], ['192.0.2.1', '2001:db8::1']);
  assert.deepEqual(config['resolver.servers'], overrides['resolver.servers']);
});

test('nodes of a cluster and its keyspace are taken in the forms that Cassandra takes', () => {
  const points = [
    '192.0.2.1',
    'node_1.example.org:9142',
    '2001:db8::1',
    '[2001:db8::1]',
    '[2001:db8::1]:9042',
  ];
  const config = loadConfig({
    environment: {
      CALIOPEN_CASSANDRA_CONTACT_POINTS: points.join(' '),
      CALIOPEN_CASSANDRA_KEYSPACE: 'mail_2',
    },
  });
  assert.deepEqual(config['cassandra.contactPoints'], points);
  const bad: [SettingKey, unknown][] = [
    ...['a b', '[::1', '[node]:9042', 'node:70000', '::1:x', ''].map(
      point => ['cassandra.contactPoints', [point]] as [SettingKey, unknown],
    ),
    ...['Mail', '1mail', 'mail-2', 'system', 'system_auth', 'm'.repeat(49), ''].map(
      name => ['cassandra.keyspace', name] as [SettingKey, unknown],
    ),
    ['cassandra.localDataCenter', ''],
    ['cassandra.replication', 0],
  ];
  for (const [key, value] of bad) {
    assert.deepEqual(
      faultsOf(() => loadConfig({ overrides: { [key]: value } })).map(fault => fault.key),
      [key],
      String(value),
    );
  }
});

test('a setting that means nothing without another is a fault that names it, and repeats no secret', () => {
  const faults = faultsOf(() =>
    loadConfig({
      environment: {
        CALIOPEN_CASSANDRA_CA_FILE: '/ca.pem',
        CALIOPEN_CASSANDRA_CERTIFICATE_FILE: '/client.pem',
        CALIOPEN_CASSANDRA_PASSWORD: 'secret-word',
      },
    }),
  );
  assert.deepEqual(
    faults.map(({ key, allowed }) => [key, allowed]),
    [
      ['cassandra.password', 'none without cassandra.username'],
      ['cassandra.caFile', 'none without cassandra.tls'],
      ['cassandra.certificateFile', 'none without cassandra.tls and cassandra.keyFile'],
    ],
  );
  assert.doesNotMatch(JSON.stringify(faults), /secret-word/);
  const environment = settingsEnvironment(loadConfig());
  assert.doesNotThrow(() => loadConfig({ environment }), 'defaults that are handed on set nothing');
});

test('of several settings one is enough where any will do', () => {
  const withFolder = (others: object) => loadConfig({ overrides: { 'tls.folder': '/folder', ...others } });
  assert.deepEqual(
    faultsOf(() => withFolder({})).map(({ key, allowed }) => [key, allowed]),
    [['tls.folder', 'none without web.tls or dns.tls']],
  );
  for (const key of ['web.tls', 'dns.tls']) assert.doesNotThrow(() => withFolder({ [key]: true }));
});

test('what a setting needs is a setting', () => {
  const keys = new Set(Object.keys(settingRows));
  const rows: readonly SettingRow[] = Object.values(settingRows);
  const needed = rows.flatMap(({ needs = [] }) => needs.flat());
  assert.deepEqual(
    needed.filter(key => !keys.has(key)),
    [],
  );
});

test('a secret is never repeated in a fault', t => {
  const file = join(temporaryFolder(t), 'caliopen.yaml');
  writeFileSync(file, 'keys:\n  instanceKey: [secret-word]\n');
  assert.doesNotMatch(
    faultsOf(() => loadConfig({ file }))
      .map(fault => fault.found)
      .join(),
    /secret-word/,
  );
});
