import { mkdirSync } from 'node:fs';
import { openStateReader } from './account-state.ts';
import { openAdmission } from './admission.ts';
import { type Clock, systemClock } from './clock.ts';
import { clusterSettings } from './cluster-settings.ts';
import type { Config } from './config.ts';
import { openContactIndexer } from './contact-index.ts';
import { type Keyring, openKeyring } from './crypto/keyring.ts';
import { openCertificateCache } from './crypto/seal.ts';
import { importanceStateName, readImportance } from './importance/memory.ts';
import { openInstanceKey } from './instance-key.ts';
import type { JudgeSetup } from './judge.ts';
import { openKnowledge } from './knowledge.ts';
import { openLearning } from './learning.ts';
import { type Line, openLine } from './line.ts';
import { type Log, openLog } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { PipelineDeps } from './pipeline.ts';
import { openResolver, type Resolver } from './resolver.ts';
import { openSenderSources } from './sender-sources.ts';
import { noSharedActs, openSharedActs } from './shared-acts.ts';
import { readActiveScript, scriptStateName } from './sieve/stored-scripts.ts';
import { openModel } from './spam/model-file.ts';
import { attachStore, portsToTransfer, type SharedStore } from './store/shared-store.ts';
import type { Store } from './store/store.ts';
import { readMemory, tagStateName } from './tags/memory.ts';

/** All that the doors and commands work with. */
export interface Parts {
  readonly config: Config;
  readonly store: SharedStore;
  readonly keyring: Keyring;
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly log: Log;
  /** What this process counts; null where it is no door. */
  readonly metrics: Metrics | null;
  /** Opened at first use: only the doors that take mail need judge threads. */
  line(): Line;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly clock?: Clock;
  readonly log?: Log;
  /** Name of the door that this process is: its counters are published under it. */
  readonly door?: string;
}

/** Builds the parts from the settings; the only place that does. Throws `DeliveryError` naming what can't be opened. */
export async function openParts(config: Config, options: OpenOptions = {}): Promise<Parts> {
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const clock = options.clock ?? systemClock;
  const log = options.log ?? openLog(config['log.level'] as Parameters<typeof openLog>[0]);
  const instanceKey = await openInstanceKey(config);
  const keyring = openKeyring(instanceKey);
  const store = await openStore(config, { keyring, clock, log });
  const metrics = options.door ? await countAt(options.door, config, log) : null;
  let line: Line | null = null;
  return {
    config,
    store,
    keyring,
    resolver: resolverOf(config),
    clock,
    log,
    metrics,
    line() {
      line ??= openJudgeLine(config, instanceKey, { store, log, metrics });
      return line;
    },
    async close() {
      await line?.close();
      await metrics?.close();
      await store.close();
    },
  };
}

/** Each back-end is loaded where it is chosen: Cassandra's driver alone takes 40 ms. */
async function openStore(
  config: Config,
  deps: { readonly keyring: Keyring; readonly clock: Clock; readonly log: Log },
): Promise<SharedStore> {
  if (config.store === 'cassandra') {
    const { openCassandraStore } = await import('./store/cassandra/cassandra-store.ts');
    // A clock that is not the machine's own, as in tests, is not the cluster's either.
    const options = { checksClock: deps.clock === systemClock };
    return openCassandraStore({ settings: clusterSettings(config), ...deps, options });
  }
  const { openSqliteStore } = await import('./store/sqlite/sqlite-store.ts');
  return openSqliteStore({ folder: config.data, shards: config['sqlite.shards'], ...deps });
}

/** A line of judge threads that share this store; without a store they judge for the instance alone. */
export function openJudgeLine(
  config: Config,
  instanceKey: Uint8Array,
  { store, log, metrics }: { store: SharedStore | null; log: Log; metrics: Metrics | null },
): Line {
  return openLine({
    threads: config['judge.threads'],
    timeoutSeconds: config['judge.timeoutSeconds'],
    setup() {
      const ports = store ? store.share() : null;
      const data: JudgeSetup = { config, instanceKey, ports };
      return { data, transfer: ports ? portsToTransfer(ports) : [] };
    },
    log,
    onJudged: (door, counts) => metrics?.judged(door, counts),
  });
}

/** Only doors load what counts: judge threads and commands start with 80 files less. */
async function countAt(door: NonNullable<OpenOptions['door']>, config: Config, log: Log): Promise<Metrics> {
  const { openMetrics } = await import('./metrics.ts');
  return openMetrics(config.data, door, { log });
}

/** What the pipeline needs, built inside a judge thread or by a command that judges in its own. */
export async function openJudgeParts({ config, instanceKey, ports }: JudgeSetup): Promise<PipelineDeps> {
  const log = openLog(config['log.level'] as Parameters<typeof openLog>[0]);
  const store = ports ? await attachStore(ports, { clock: systemClock, log }) : null;
  const keyring = openKeyring(instanceKey);
  const resolver = resolverOf(config);
  const parts = pipelineParts(config, log);
  return {
    ...parts,
    store,
    keyring,
    resolver,
    senderSources: openSenderSources(config, { resolver, log }),
    admission: store ? openAdmission(config, { senders: store, log }) : null,
    certificates: openCertificateCache(),
    clock: systemClock,
    log,
    ...(store ? { contactIndexer: openContactIndexer({ store, clock: systemClock, log }) } : {}),
    ...(store ? learningParts(config, { store, log, model: parts.model }) : {}),
    ...(store ? memoryParts(store) : {}),
    ...(store ? { scripts: openStateReader(scriptStateName, readActiveScript, { store }) } : {}),
  };
}

/** What judges by owners' acts, and learns from them. */
export function learningParts(
  config: Config,
  { store, log, model }: Pick<PipelineDeps, 'log' | 'model'> & { store: Store },
): Pick<PipelineDeps, 'knowledge' | 'lessons' | 'learning'> {
  const sharedActs = openSharedActs({ store, log });
  const lessons = { store, model, sharedActs, isShared: config['spam.sharedLearning'] };
  return {
    lessons,
    knowledge: openKnowledge({ store, sharedActs: lessons.isShared ? sharedActs : noSharedActs, log }),
    learning: openLearning({ ...lessons, log }),
  };
}

/** What owners' acts have taught about tags and importance. */
function memoryParts(
  store: Pick<Store, 'getAccountState'>,
): Required<Pick<PipelineDeps, 'tagMemories' | 'importanceMemories'>> {
  return {
    tagMemories: openStateReader(tagStateName, readMemory, { store }),
    importanceMemories: openStateReader(importanceStateName, readImportance, { store }),
  };
}

/** What the pipeline reads of the settings and of the data folder. */
export function pipelineParts(config: Config, log: Log): Pick<PipelineDeps, 'model' | 'settings'> {
  return {
    model: openModel(config.data, { log }),
    settings: {
      hostname: config.hostname,
      junkAt: config['spam.junkAt'],
      appeal: config['spam.appeal'],
      rejectAt: config['spam.rejectAt'],
      resolverTimeoutMilliseconds: config['resolver.timeoutMilliseconds'],
      trustedSealers: config['authenticate.trustedSealers'],
      checksIndicators: config['authenticate.indicators'],
    },
  };
}

function resolverOf(config: Config): Resolver {
  return openResolver({
    servers: config['resolver.servers'],
    timeoutMilliseconds: config['resolver.timeoutMilliseconds'],
  });
}
