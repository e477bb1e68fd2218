import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { judgeCluster } from '../../../../bin/doctor/cluster.ts';
import { systemClock } from '../../../../delivery/clock.ts';
import { clusterSettings } from '../../../../delivery/cluster-settings.ts';
import { loadConfig, type SettingKey } from '../../../../delivery/config.ts';
import { readClusterState } from '../../../../delivery/store/cassandra/cluster-state.ts';
import { openSession } from '../../../../delivery/store/cassandra/session.ts';
import { atEnd } from '../../../support/at-end.ts';
import { requireCassandra, selfSigned, startCassandra } from '../../../support/cassandra.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const credentials = { user: 'mail', password: "it's a secret" };

test('nodes prove who they are, and we who we are, by certificates and a password', async t => {
  if ((await requireCassandra(t)) === null) return;
  const [tls, other] = await Promise.all([selfSigned(), selfSigned()]);
  const cluster = await startCassandra({ nodes: 1, tls, credentials });
  atEnd(t, () => cluster.stop());
  const port = cluster.contactPoints[0]?.split(':')[1];
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'ca'), tls.certificate);
  writeFileSync(join(folder, 'other'), other.certificate);
  const settingsOf = (changes: Partial<Record<SettingKey, unknown>> = {}) =>
    clusterSettings(
      loadConfig({
        overrides: {
          'cassandra.contactPoints': [`localhost:${port}`],
          'cassandra.username': credentials.user,
          'cassandra.password': credentials.password,
          'cassandra.tls': true,
          'cassandra.caFile': join(folder, 'ca'),
          ...changes,
        },
      }),
    );
  const look = (changes: Partial<Record<SettingKey, unknown>> = {}) =>
    readClusterState(settingsOf(changes), { clock: systemClock });

  const state = await look();
  assert.deepEqual(
    state.nodes.map(({ cause, commitLog }) => [cause, commitLog]),
    [[null, 'batch']],
  );
  assert.equal(state.replication, null);
  assert.ok(Math.abs(state.nodes[0]?.clockMilliseconds ?? 9999) < 1000);
  const wish = loadConfig({ overrides: { 'cassandra.replication': 1 } });
  assert.deepEqual(
    judgeCluster(state, wish).filter(({ status }) => status === 'fail'),
    [],
  );
  const session = await openSession({ ...settingsOf(), keyspace: 'system' });
  assert.equal((await session.rows('select key from local', [])).length, 1);
  await session.close();

  const unavailable = { code: 'storeUnavailable' };
  await assert.rejects(look({ 'cassandra.caFile': join(folder, 'other') }), {
    ...unavailable,
    message: /self-signed certificate/,
  });
  await assert.rejects(
    look({ 'cassandra.caFile': '' }),
    unavailable,
    "the system's authorities did not sign it",
  );
  await assert.rejects(look({ 'cassandra.tls': false, 'cassandra.caFile': '' }), unavailable, 'not in clear');
  await assert.rejects(look({ 'cassandra.password': 'wrong' }), { code: 'badSettings' });
  await assert.rejects(look({ 'cassandra.username': '', 'cassandra.password': '' }), { code: 'badSettings' });
  await assert.rejects(look({ 'cassandra.localDataCenter': 'elsewhere' }), { message: /elsewhere/ });
});
