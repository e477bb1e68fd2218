import { setTimeout as wait } from 'node:timers/promises';
import { asDeliveryError, DeliveryError } from '../../../errors.ts';
import { normalizeDomain, requireDomain } from '../../address.ts';
import { randomText } from '../../ids.ts';
import type { Page, PageRequest, StoredZone } from '../../store.ts';
import { versionMismatch } from '../../version-mismatch.ts';
import { writeDocument } from '../../zone-document.ts';
import { firstSerial, serialAfter } from '../../zone-serial.ts';
import type { CassandraContext } from '../context.ts';
import { settle } from '../directory/settle.ts';
import type { Session } from '../session.ts';
import { keySlot, pageOfSlots } from './slot-pages.ts';
import type { ZoneLog } from './zone-log.ts';

/** A row of `zone`. */
interface ZoneRecord {
  readonly name: string;
  readonly document: string;
  readonly version: bigint;
  /** Tells the put whose answer was lost from another's. */
  readonly claim: string;
}

const whereZone = 'where slot = ? and name = ?';
const zoneColumns = 'name, document, version, claim';

/** `Zones.getZone`. */
export async function getZone({ session }: CassandraContext, name: string): Promise<StoredZone | null> {
  const record = await findZone(session, normalizeDomain(name) ?? '-');
  return record ? toStoredZone(record) : null;
}

async function findZone(session: Session, name: string): Promise<ZoneRecord | undefined> {
  return await session.row<ZoneRecord>(`select ${zoneColumns} from zone ${whereZone}`, [keySlot(name), name]);
}

function toStoredZone({ name, document, version }: ZoneRecord): StoredZone {
  return { name, document: JSON.parse(document) as unknown, version: Number(version) };
}

/** `Zones.listZones`. */
export async function listZones(
  { session }: CassandraContext,
  page: PageRequest = {},
): Promise<Page<StoredZone>> {
  const cql = `select ${zoneColumns} from zone where slot = ? and name > ? limit ?`;
  const { rows, next } = await pageOfSlots(page, {
    read: ({ slot, after, limit }) => session.rows<ZoneRecord>(cql, [slot, String(after?.[0] ?? ''), limit]),
    keyOf: ({ name }) => [name],
  });
  return { items: rows.map(toStoredZone), next };
}

/** `Zones.putZone`. */
export async function putZone(
  context: CassandraContext,
  put: { readonly name: string; readonly document: unknown; readonly ifVersion: number | null },
  zoneLog: ZoneLog,
): Promise<StoredZone> {
  const { session, clock } = context;
  const name = requireDomain(put.name);
  const document = writeDocument(name, put.document);
  // A zone that comes anew begins behind the versions of an earlier one: who knows those is refused.
  const version = put.ifVersion === null ? clock.now().getTime() : put.ifVersion + 1;
  const record: ZoneRecord = { name, document, version: BigInt(version), claim: randomText(16) };
  const { applied } = await zoneLog.around(name, () => writeZone(session, record, put.ifVersion));
  if (!applied) throw versionMismatch({ zone: name });
  return toStoredZone(record);
}

async function writeZone(
  session: Session,
  { name, document, version, claim }: ZoneRecord,
  ifVersion: number | null,
): Promise<{ readonly applied: boolean }> {
  const place = [keySlot(name), name];
  const insert = `insert into zone (slot, name, document, version, claim) values (?, ?, ?, ?, ?) if not exists`;
  const update = `update zone set document = ?, version = ?, claim = ? ${whereZone} if version = ?`;
  return await settle<ZoneRecord>(session, {
    claim:
      ifVersion === null
        ? { cql: insert, values: [...place, document, version, claim] }
        : { cql: update, values: [document, version, claim, ...place, BigInt(ifVersion)] },
    look: { cql: `select claim from zone ${whereZone}`, values: place },
    isDone: row => row?.claim === claim,
  });
}

/** `Zones.removeZone`. */
export async function removeZone(
  { session }: CassandraContext,
  zoneName: string,
  zoneLog: ZoneLog,
): Promise<boolean> {
  const name = requireDomain(zoneName);
  if (!(await findZone(session, name))) return false;
  const place = [keySlot(name), name];
  await zoneLog.around(name, () =>
    settle<ZoneRecord>(session, {
      claim: { cql: `delete from zone ${whereZone} if exists`, values: place },
      look: { cql: `select name from zone ${whereZone}`, values: place },
      isDone: row => row?.name === undefined,
    }),
  );
  return true;
}

/** Tries to claim a serial, where others claim at the same moment or answers are lost. */
const maxTries = 20;
const mostMilliseconds = 50;

/** `Zones.claimZoneSerial`: one whose answer is lost is given to nobody. */
export async function claimZoneSerial(context: CassandraContext, zoneName: string): Promise<number> {
  const name = requireDomain(zoneName);
  for (let tries = 1; ; tries++) {
    try {
      const serial = await tryNextSerial(context, name);
      if (serial !== null) return serial;
    } catch (error) {
      if (asDeliveryError(error).code !== 'storeUnavailable' || tries === maxTries) throw error;
    }
    if (tries === maxTries)
      throw new DeliveryError('storeUnavailable', 'too many claim serials of one zone at once');
    await wait(Math.random() * mostMilliseconds);
  }
}

/** Null when another was first. */
async function tryNextSerial({ session, clock }: CassandraContext, name: string): Promise<number | null> {
  const known = await session.claimed<{ serial: bigint }>('select serial from zone_serial where name = ?', [
    name,
  ]);
  const serial = known ? serialAfter(Number(known.serial)) : firstSerial(clock.now());
  const { applied } = known
    ? await session.claim('update zone_serial set serial = ? where name = ? if serial = ?', [
        BigInt(serial),
        name,
        known.serial,
      ])
    : await session.claim('insert into zone_serial (name, serial) values (?, ?) if not exists', [
        name,
        BigInt(serial),
      ]);
  return applied ? serial : null;
}
