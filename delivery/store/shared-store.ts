import type { Transferable } from 'node:worker_threads';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { CassandraPorts } from './cassandra/cassandra-store.ts';
import type { SqlitePorts } from './sqlite/share.ts';
import type { Store } from './store.ts';

/** What another worker thread of this process needs to use a store; plain data but for what is to be transferred. */
export type StorePorts = SqlitePorts | CassandraPorts;

/** A store that other threads of this process can use, too. */
export interface SharedStore extends Store {
  /** For `attachStore` in one thread; each thread needs its own. Pass `portsToTransfer` in the transfer list. */
  share(): StorePorts;
}

/** What of the ports goes into the transfer list. */
export function portsToTransfer(ports: StorePorts): readonly Transferable[] {
  return ports.kind === 'sqlite' ? [ports.control] : [];
}

/** A client of a store that another thread of this process has opened; `close` closes this client only. */
export async function attachStore(
  ports: StorePorts,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<Store> {
  if (ports.kind === 'cassandra') {
    const { attachCassandraStore } = await import('./cassandra/cassandra-store.ts');
    return attachCassandraStore(ports, { clock, log });
  }
  const { attachSqliteStore } = await import('./sqlite/sqlite-store.ts');
  return attachSqliteStore(ports, { clock });
}
