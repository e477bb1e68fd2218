import type { PublishedKeys, Zones } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import * as keys from './published-keys.ts';
import { listPublishedKeys } from './published-list.ts';
import { ZoneChangeReads } from './zone-changes.ts';
import * as documents from './zone-documents.ts';
import type { ZoneLog } from './zone-log.ts';

/** Published keys and zones of the contract. */
export function zonePart(context: CassandraContext, zoneLog: ZoneLog): PublishedKeys & Zones {
  const changes = new ZoneChangeReads(context);
  return {
    publishKey: key => keys.publishKey(context, key, zoneLog),
    unpublishKey: (address, kind) => keys.unpublishKey(context, { address, kind }, zoneLog),
    getPublishedKey: (address, kind) => keys.getPublishedKey(context, address, kind),
    listPublishedKeys: page => listPublishedKeys(context, page),
    getZone: name => documents.getZone(context, name),
    putZone: (name, document, ifVersion) =>
      documents.putZone(context, { name, document, ifVersion }, zoneLog),
    listZones: page => documents.listZones(context, page),
    removeZone: name => documents.removeZone(context, name, zoneLog),
    claimZoneSerial: name => documents.claimZoneSerial(context, name),
    getZoneChanges: (since, limit) => changes.getZoneChanges(since, limit),
  };
}
