import type { Clock } from '../../clock.ts';
import type { Keyring } from '../../crypto/keyring.ts';
import { DeliveryError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { SharedStore } from '../shared-store.ts';
import type { ClusterSettings } from './session.ts';

/** What another thread needs to open a session of its own on the same keyspace; plain data. */
export interface CassandraPorts {
  readonly kind: 'cassandra';
  readonly settings: ClusterSettings;
  readonly hashSecret: Uint8Array;
}

/** A store in a keyspace of a Cassandra cluster. */
export interface CassandraStore extends SharedStore {
  share(): CassandraPorts;
}

// todo: this back-end; until it is here, nobody can choose it.

/** Opens the store, making the keyspace and its tables when they are not there. */
export async function openCassandraStore(_options: {
  readonly settings: ClusterSettings;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<CassandraStore> {
  throw new DeliveryError('storeUnavailable', 'the Cassandra store is not there yet');
}

/** A client of a store that another thread of this process has opened, with a session of its own. */
export async function attachCassandraStore(
  _ports: CassandraPorts,
  _deps: { readonly clock: Clock; readonly log: Log },
): Promise<CassandraStore> {
  throw new DeliveryError('storeUnavailable', 'the Cassandra store is not there yet');
}
