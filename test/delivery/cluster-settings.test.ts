import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { clusterSettings } from '../../delivery/cluster-settings.ts';
import { loadConfig } from '../../delivery/config.ts';
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

test('files of TLS are read, their absence is told by their setting, and nodes must prove who they are', t => {
  const file = join(temporaryFolder(t), 'ca.pem');
  const config = loadConfig({ overrides: { 'cassandra.tls': true, 'cassandra.caFile': file } });
  assert.throws(() => clusterSettings(config), {
    code: 'badSettings',
    message: /^cassandra\.caFile: ENOENT/,
  });
  writeFileSync(file, 'an authority');
  const { tls } = clusterSettings(config);
  assert.deepEqual(tls, { ca: 'an authority', rejectUnauthorized: true });
  const plain = loadConfig({ overrides: { 'cassandra.tls': true } });
  assert.deepEqual(clusterSettings(plain).tls, { rejectUnauthorized: true });
});

test('a user comes with a password', () => {
  const overrides = { 'cassandra.username': 'mail', 'cassandra.password': 'a secret' };
  const { credentials } = clusterSettings(loadConfig({ overrides }));
  assert.deepEqual(credentials, { username: 'mail', password: 'a secret' });
});
