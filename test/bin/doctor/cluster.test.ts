import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeCluster } from '../../../bin/doctor/cluster.ts';
import type { ClusterState, NodeState } from '../../../delivery/store/cassandra/cluster-state.ts';

const wish = {
  'cassandra.keyspace': 'caliopen',
  'cassandra.localDataCenter': 'here',
  'cassandra.replication': 3,
};

const down = { version: null, clockMilliseconds: null, commitLog: null };

/** As many nodes as are given, each well but for what is given. */
function clusterOf(nodes: readonly Partial<NodeState>[], copies: string | null = '3'): ClusterState {
  return {
    nodes: nodes.map((node, at) => ({
      address: `192.0.2.${at + 1}:9042`,
      cause: null,
      version: '5.0.6',
      clockMilliseconds: 3,
      commitLog: 'group',
      ...node,
    })),
    replication:
      copies === null
        ? null
        : { class: 'org.apache.cassandra.locator.NetworkTopologyStrategy', here: copies },
  };
}

/** Statuses by check; whatever is not well says what to do. */
function statusesOf(state: ClusterState): Record<string, string> {
  const findings = judgeCluster(state, wish);
  for (const { check, status, todo } of findings) assert.equal(Boolean(todo), status !== 'ok', check);
  return Object.fromEntries(findings.map(({ check, status }) => [check, status]));
}

test('three nodes with three copies, safe logs and clocks that agree are well', () => {
  const well = { cluster: 'ok', keyspace: 'ok', versions: 'ok', 'cluster clock': 'ok', 'commit log': 'ok' };
  assert.deepEqual(statusesOf(clusterOf([{}, {}, {}])), well);
  assert.deepEqual(statusesOf(clusterOf([{}, {}, {}], null)), well, 'before the keyspace is made');
});

test('of three copies one may be down, not two; without any node the rest is not told', () => {
  const gone = { ...down, cause: 'connection refused' };
  assert.equal(statusesOf(clusterOf([{}, {}, gone])).cluster, 'warn');
  assert.equal(statusesOf(clusterOf([{}, gone, gone])).cluster, 'fail');
  assert.equal(statusesOf(clusterOf([{}, {}, gone], '2')).cluster, 'fail');
  assert.deepEqual(Object.keys(statusesOf(clusterOf([gone]))), ['cluster', 'keyspace']);
});

test('a keyspace that keeps fewer than three copies, none here, or more than there are nodes is told', () => {
  assert.equal(statusesOf(clusterOf([{}, {}, {}], '1')).keyspace, 'warn');
  assert.equal(statusesOf(clusterOf([{}], '1')).keyspace, 'warn');
  assert.equal(statusesOf(clusterOf([{}], '3')).keyspace, 'fail');
  const elsewhere = {
    ...clusterOf([{}, {}, {}]),
    replication: { class: 'NetworkTopologyStrategy', there: '3' },
  };
  assert.equal(statusesOf(elsewhere).keyspace, 'fail');
  const [, keyspace] = judgeCluster(elsewhere, wish);
  assert.match(keyspace?.todo ?? '', /ALTER KEYSPACE caliopen .*'here': 3/);
  const simple = {
    ...clusterOf([{}, {}, {}]),
    replication: { class: 'SimpleStrategy', replication_factor: '3' },
  };
  assert.equal(statusesOf(simple).keyspace, 'ok');
});

test('two versions are an upgrade that has not ended; an old one is refused', () => {
  assert.equal(statusesOf(clusterOf([{}, { version: '5.0.7' }, {}])).versions, 'warn');
  assert.equal(statusesOf(clusterOf([{}, { version: '4.1.3' }, {}])).versions, 'fail');
});

test('a clock that is more than a second off is a warning, more than five a failure', () => {
  const at = (clockMilliseconds: number) =>
    statusesOf(clusterOf([{}, { clockMilliseconds }, {}]))['cluster clock'];
  assert.deepEqual([at(1000), at(-1001), at(5000), at(-5001)], ['ok', 'warn', 'warn', 'fail']);
});

test('a commit log that is flushed behind the answer, or not known, is a warning', () => {
  const at = (commitLog: string | null) => statusesOf(clusterOf([{}, { commitLog }, {}]))['commit log'];
  assert.deepEqual([at('batch'), at('periodic'), at(null)], ['ok', 'warn', 'warn']);
});
