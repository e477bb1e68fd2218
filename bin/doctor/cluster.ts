import { systemClock } from '../../delivery/clock.ts';
import { clusterSettings } from '../../delivery/cluster-settings.ts';
import type { Config } from '../../delivery/config.ts';
import type { ClusterState, NodeState } from '../../delivery/store/cassandra/cluster-state.ts';
import type { Finding } from '../doctor.ts';

/** What of the settings a cluster is judged by. */
export type ClusterWish = Pick<
  Config,
  'cassandra.keyspace' | 'cassandra.localDataCenter' | 'cassandra.replication'
>;

/** Asks the nodes; throws when none can be reached or they refuse us. */
export async function clusterFindings(config: Config): Promise<Finding[]> {
  const { readClusterState } = await import('../../delivery/store/cassandra/cluster-state.ts');
  return judgeCluster(await readClusterState(clusterSettings(config), { clock: systemClock }), config);
}

/** One finding each about the nodes, their versions, clocks and commit logs, and the copies that the keyspace keeps. */
export function judgeCluster(state: ClusterState, wish: ClusterWish): Finding[] {
  const up = state.nodes.filter(({ cause }) => cause === null);
  return [
    nodesFinding(state, wish),
    keyspaceFinding(state, wish),
    ...(up.length > 0 ? [versionFinding(up), clockFinding(up), commitLogFinding(up)] : []),
  ];
}

/** Copies of each row in the local data centre; 0 when the keyspace keeps none there. */
function copiesOf({ replication }: ClusterState, wish: ClusterWish): number {
  if (!replication) return wish['cassandra.replication'];
  const isByDataCenter = replication.class?.endsWith('NetworkTopologyStrategy');
  const text = replication[isByDataCenter ? wish['cassandra.localDataCenter'] : 'replication_factor'];
  return Number.parseInt(text ?? '0', 10);
}

/** A quorum of n copies goes on without these. */
const dispensable = (copies: number): number => Math.floor((copies - 1) / 2);

function nodesFinding(state: ClusterState, wish: ClusterWish): Finding {
  const check = 'cluster';
  const down = state.nodes.filter(({ cause }) => cause !== null);
  const count = `${state.nodes.length - down.length} of ${state.nodes.length} nodes of ${wish['cassandra.localDataCenter']} answer`;
  if (down.length === 0) return { check, status: 'ok', detail: count };
  const causes = down.map(({ address, cause }) => `${address}: ${cause}`);
  const detail = [count, ...causes].join('; ');
  return down.length > dispensable(copiesOf(state, wish))
    ? { check, status: 'fail', detail, todo: 'start them (nodetool status): mail is deferred meanwhile' }
    : { check, status: 'warn', detail, todo: 'start them (nodetool status): the next one may defer mail' };
}

function keyspaceFinding(state: ClusterState, wish: ClusterWish): Finding {
  const check = 'keyspace';
  const { 'cassandra.keyspace': keyspace, 'cassandra.localDataCenter': dataCenter } = wish;
  const copies = copiesOf(state, wish);
  const made = state.replication ? '' : ' when it is made';
  const detail = `${keyspace}: copies of each row in ${dataCenter}${made}: ${copies}`;
  const alter = (count: number) =>
    state.replication
      ? `ALTER KEYSPACE ${keyspace} WITH replication = {'class': 'NetworkTopologyStrategy', '${dataCenter}': ${count}}, then nodetool repair --full on each node`
      : `set cassandra.replication to ${count}`;
  if (copies === 0) return { check, status: 'fail', detail, todo: alter(Math.min(3, state.nodes.length)) };
  if (copies > state.nodes.length) {
    return {
      check,
      status: 'fail',
      detail: `${detail}, but there are ${state.nodes.length} nodes`,
      todo: alter(state.nodes.length),
    };
  }
  if (copies >= 3) return { check, status: 'ok', detail };
  const todo =
    state.nodes.length >= 3
      ? alter(3)
      : 'have three nodes, then three copies: fewer defer mail when one is down';
  return { check, status: 'warn', detail, todo };
}

function versionFinding(up: readonly NodeState[]): Finding {
  const check = 'versions';
  const versions = [...new Set(up.map(({ version }) => version ?? ''))].sort();
  const detail = `Cassandra ${versions.join(', ')}`;
  if (versions.some(version => Number.parseInt(version, 10) < 5))
    return { check, status: 'fail', detail, todo: 'run Cassandra 5.0 or later on every node' };
  return versions.length === 1
    ? { check, status: 'ok', detail }
    : { check, status: 'warn', detail, todo: 'end the upgrade: run one version on every node' };
}

const [warnMilliseconds, failMilliseconds] = [1000, 5000];

/** The newest writing of a cell wins by the writer's clock, so all clocks must agree. */
function clockFinding(up: readonly NodeState[]): Finding {
  const check = 'cluster clock';
  const apart = ({ clockMilliseconds }: NodeState) => Math.abs(clockMilliseconds ?? 0);
  const worst = up.reduce((found, node) => (apart(node) > apart(found) ? node : found));
  const detail = `${worst.address} is ${worst.clockMilliseconds} ms ahead of this machine`;
  if (apart(worst) <= warnMilliseconds) return { check, status: 'ok', detail };
  const todo = 'run an NTP client (chrony) on this machine and on every node';
  return apart(worst) > failMilliseconds
    ? { check, status: 'fail', detail, todo: `${todo}: mail is deferred meanwhile` }
    : { check, status: 'warn', detail, todo: `${todo}: mail is deferred from ${failMilliseconds} ms on` };
}

function commitLogFinding(up: readonly NodeState[]): Finding {
  const check = 'commit log';
  const modes = [...new Set(up.map(({ commitLog }) => commitLog ?? 'unknown'))].sort();
  const detail = `commitlog_sync ${modes.join(', ')}`;
  if (modes.every(mode => mode === 'batch' || mode === 'group')) return { check, status: 'ok', detail };
  const todo = modes.includes('periodic')
    ? 'set commitlog_sync: group in cassandra.yaml of every node, or a power cut of all takes mail that was answered 250'
    : 'see that it is group or batch in cassandra.yaml (or grant SELECT on system_views.settings)';
  return { check, status: 'warn', detail, todo };
}
