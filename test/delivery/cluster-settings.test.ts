import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCertificate } from '../../delivery/certificate.ts';
import { clusterSettings } from '../../delivery/cluster-settings.ts';
import { loadConfig, type SettingKey } from '../../delivery/config.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('the settings name one node of this machine, without TLS and without a user', () => {
  assert.deepEqual(clusterSettings(loadConfig()), {
    contactPoints: ['127.0.0.1:9042'],
    localDataCenter: 'datacenter1',
    keyspace: 'caliopen',
    replication: 3,
    credentials: null,
    tls: null,
  });
});

test('nodes are named as the driver takes them: IPv6 in brackets where a port stands behind', () => {
  const points = ['[2001:db8::1]', '2001:db8::2', '[2001:db8::3]:9142', 'node.example.org', '192.0.2.1:9142'];
  const config = loadConfig({ overrides: { 'cassandra.contactPoints': points } });
  assert.deepEqual(clusterSettings(config).contactPoints, [
    '2001:db8::1',
    '2001:db8::2',
    '[2001:db8::3]:9142',
    'node.example.org',
    '192.0.2.1:9142',
  ]);
  const none = loadConfig({ overrides: { 'cassandra.contactPoints': [] } });
  assert.throws(() => clusterSettings(none), { code: 'badSettings' });
});

test('files of TLS are read and tried, a bad one is told by its setting, and nodes must prove who they are', async t => {
  const folder = temporaryFolder(t);
  const { certificate, key } = await openCertificate(loadConfig({ overrides: { data: folder } }));
  const [caFile, keyFile] = [join(folder, 'ca.pem'), join(folder, 'key.pem')];
  const ask = (more: Partial<Record<SettingKey, unknown>>) =>
    clusterSettings(loadConfig({ overrides: { 'cassandra.tls': true, ...more } })).tls;
  assert.deepEqual(ask({}), { rejectUnauthorized: true });
  assert.throws(() => ask({ 'cassandra.caFile': caFile }), badSettings(/^cassandra\.caFile: ENOENT/));
  writeFileSync(caFile, 'no certificate');
  assert.throws(() => ask({ 'cassandra.caFile': caFile }), badSettings(/^cassandra\.caFile: .*PEM/));
  writeFileSync(caFile, certificate);
  assert.deepEqual(ask({ 'cassandra.caFile': caFile }), { ca: certificate, rejectUnauthorized: true });
  const pair = { 'cassandra.certificateFile': caFile, 'cassandra.keyFile': keyFile };
  writeFileSync(keyFile, 'no key');
  assert.throws(() => ask(pair), badSettings(/^cassandra\.certificateFile and cassandra\.keyFile: /));
  writeFileSync(keyFile, key);
  assert.deepEqual(ask(pair), { cert: certificate, key, rejectUnauthorized: true });
});

const badSettings = (message: RegExp) => ({ code: 'badSettings', message });

test('a user comes with a password', () => {
  const overrides = { 'cassandra.username': 'mail', 'cassandra.password': 'a secret' };
  const { credentials } = clusterSettings(loadConfig({ overrides }));
  assert.deepEqual(credentials, { username: 'mail', password: 'a secret' });
});
