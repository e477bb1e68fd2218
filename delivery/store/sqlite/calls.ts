import type { MessagePort } from 'node:worker_threads';
import type { Clock } from '../../clock.ts';
import type { DirectoryWrites } from './directory/writes.ts';
import { shardOf } from './files.ts';
import type { Reads } from './reads.ts';
import type { ShardWrites } from './shard-writes.ts';
import { Link, type Remote, remote } from './threads/link.ts';

/** Reads that may take long, or wait for an index: they run apart, so that the others never wait for them. */
const longReads: ReadonlySet<string> = new Set<keyof Reads>([
  'queryEmails',
  'listDiscussions',
  'verifyFile',
  'verifyEmails',
  'verifyCounts',
  'verifyPublished',
]);

/** The operations of a store's threads, called by name. */
export interface Calls {
  readonly shards: number;
  readonly directory: Remote<DirectoryWrites>;
  readonly read: Remote<Reads>;
  /** The writer of the shard that an account belongs to. */
  shard(accountId: string): Remote<ShardWrites>;
  /** The link below it, for calls that give buffers away. */
  shardLink(accountId: string): Link;
  directoryLink(): Link;
  shardAt(index: number): Remote<ShardWrites>;
  /** Tells the indexer which accounts have news. */
  index(accountIds: readonly string[]): Promise<unknown>;
  close(): void;
}

/** How a caller reaches threads: a port to the named one. */
export type Connect = (name: string) => Promise<MessagePort>;

/** Calls over links that connect when they are first used. */
export function openCalls(connect: Connect, shards: number, clock: Clock): Calls {
  const links = new Map<string, Link>();
  const link = (name: string): Link => {
    const known = links.get(name) ?? new Link(() => connect(name), clock);
    links.set(name, known);
    return known;
  };
  const remotes = Array.from({ length: shards }, (_unused, index) =>
    remote<ShardWrites>(() => link(`shard-${index}`)),
  );
  const shardAt = (index: number): Remote<ShardWrites> => {
    const found = remotes[index];
    if (!found) throw new RangeError(`no shard ${index}`);
    return found;
  };
  return {
    shards,
    directory: remote<DirectoryWrites>(() => link('directory')),
    read: remote<Reads>(method => link(longReads.has(method) ? 'searcher' : 'reader')),
    shard: accountId => shardAt(shardOf(accountId, shards)),
    shardLink: accountId => link(`shard-${shardOf(accountId, shards)}`),
    directoryLink: () => link('directory'),
    shardAt,
    index: accountIds => link('indexer').call('index', [accountIds]),
    close: () => {
      for (const open of links.values()) open.close();
    },
  };
}
