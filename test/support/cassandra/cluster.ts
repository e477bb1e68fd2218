import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientOptions } from 'cassandra-driver';
import { removeFolder } from '../remove-folder.ts';
import { findService } from '../services.ts';
import { freePorts } from './free-ports.ts';
import { hasJars } from './jars.ts';
import { nodeProcess } from './node.ts';
import { type ClusterPlan, type Tls, writeNodeFiles } from './node-files.ts';
import { type Access, accessOptions, type Credentials, type Member, untilServing } from './ready.ts';

/** What is started. */
export interface CassandraOptions {
  readonly nodes: 1 | 3;
  /** Where the data is and stays; without it, in a folder that goes when the cluster is stopped. */
  readonly folder?: string;
  /** Clients must use TLS (nodes among themselves do not). */
  readonly tls?: Tls;
  /** Clients must be this user, who may do all. */
  readonly credentials?: Credentials;
  /** Settings of cassandra.yaml beside ours, or instead of them. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Compiles as an operator's server does, for figures: dearer to start, faster after some minutes. */
  readonly isForFigures?: boolean;
  /** Heap of each node; 384 if not named. Some 40 tables of a keyspace take 15. */
  readonly heapMegabytes?: number;
}

/** One server. */
export interface CassandraNode {
  /** `127.0.0.N:PORT` */
  readonly contactPoint: string;
  /** Null while it is down. */
  readonly pid: number | null;
  readonly logFile: string;
  /** The last lines of its log. */
  logTail(): string;
  /** Ends it by a signal, SIGKILL if none is named; waits until it has ended. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Ends it as an operator does: it says goodbye and writes down what it has (2-5 s). */
  stop(): Promise<void>;
  /** Starts it on the same data and ports; it answers then, and all nodes that run see each other. */
  start(): Promise<void>;
  /** Halts it with its connections open, as a machine that hangs. */
  pause(): void;
  resume(): void;
}

/** A cluster that runs. */
export interface Cassandra {
  readonly contactPoints: readonly string[];
  readonly localDataCenter: 'datacenter1';
  readonly nodes: readonly CassandraNode[];
  /** For `new Client`: the above, TLS and credentials. */
  readonly clientOptions: ClientOptions;
  /** Kills all nodes; removes the data if it has no folder of its own. */
  stop(): Promise<void>;
  /** The same without waiting, for a process that ends. */
  stopNow(): void;
}

/**
 * Starts Cassandra on free ports of 127.0.0.1 (to 127.0.0.3), and waits until it serves.
 * What was acknowledged is on disk. Needs the jars (`requireCassandra`). Throws with the last lines of the log when a
 * node does not start.
 */
export async function startCassandra(options: CassandraOptions): Promise<Cassandra> {
  const java = findService('java');
  if (java === null || !hasJars())
    throw new Error('a test that needs Cassandra calls requireCassandra first');
  const plan = await planOf(options);
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'caliopen-cassandra-'));
  const members = membersOf(folder, plan, java);
  const access = { tls: plan.tls, credentials: options.credentials ?? null };
  const forget = () => {
    if (!options.folder) removeFolder(folder);
  };
  const stop = async () => {
    await Promise.all(members.map(({ process }) => process.end('SIGKILL')));
    forget();
  };
  const stopNow = () => {
    for (const { process } of members) process.signal('SIGKILL');
    forget();
  };
  try {
    for (const { process } of members) process.spawn();
    await untilServing(members, access, members.length);
  } catch (error) {
    await stop();
    throw error;
  }
  const nodes = members.map(member => nodeOf(member, members, access));
  return { ...addressOf(members, plan, access), nodes, stop, stopNow };
}

function addressOf(members: readonly Member[], { nativePort }: ClusterPlan, access: Access) {
  const contactPoints = members.map(({ contactPoint }) => contactPoint);
  const localDataCenter = 'datacenter1' as const;
  // The driver takes this for the port of nodes that it learns of from others.
  const protocolOptions = { port: nativePort };
  const clientOptions = { contactPoints, localDataCenter, protocolOptions, ...accessOptions(access) };
  return { contactPoints, localDataCenter, clientOptions };
}

async function planOf(options: CassandraOptions): Promise<ClusterPlan> {
  const addresses = Array.from({ length: options.nodes }, (_, index) => `127.0.0.${index + 1}`);
  const [nativePort = 0, storagePort = 0] = await freePorts(addresses, 2);
  return {
    addresses,
    nativePort,
    storagePort,
    tls: options.tls ?? null,
    asksForCredentials: options.credentials !== undefined,
    isForFigures: options.isForFigures ?? false,
    heapMegabytes: options.heapMegabytes ?? 384,
    settings: options.settings ?? {},
  };
}

interface PausableMember extends Member {
  isPaused: boolean;
}

function membersOf(folder: string, plan: ClusterPlan, java: string): PausableMember[] {
  return plan.addresses.map((address, index) => {
    const home = join(folder, `node-${index + 1}`);
    mkdirSync(home, { recursive: true });
    const process = nodeProcess(java, writeNodeFiles(home, plan, index));
    return { process, contactPoint: `${address}:${plan.nativePort}`, isPaused: false };
  });
}

function nodeOf(member: PausableMember, members: readonly PausableMember[], access: Access): CassandraNode {
  const { process, contactPoint } = member;
  const end = async (signal: NodeJS.Signals) => {
    await process.end(signal);
    member.isPaused = false;
  };
  return {
    contactPoint,
    logFile: process.logFile,
    logTail: process.logTail,
    get pid() {
      return process.pid;
    },
    kill: (signal = 'SIGKILL') => end(signal),
    stop: () => end('SIGTERM'),
    async start() {
      if (process.pid !== null) throw new Error(`${contactPoint} runs already`);
      process.spawn();
      const running = members.filter(({ process: { pid }, isPaused }) => pid !== null && !isPaused);
      await untilServing([member, ...running.filter(other => other !== member)], access, members.length);
    },
    pause() {
      process.signal('SIGSTOP');
      member.isPaused = true;
    },
    resume() {
      process.signal('SIGCONT');
      member.isPaused = false;
    },
  };
}
