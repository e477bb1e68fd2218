import { requireAddress, requireDomain } from '../../address.ts';
import { type KeptKey, notOwnAddress } from '../../published-key.ts';
import type { PublishedKind, StoredZone, StoreFault } from '../../store.ts';
import { versionMismatch } from '../../version-mismatch.ts';
import { toldMilliseconds } from '../../zone-change.ts';
import { firstSerial, serialAfter } from '../../zone-serial.ts';
import { requireAccount } from '../directory/rows.ts';
import type { WriteContext } from '../threads/context.ts';
import { withoutAddress } from './reads.ts';

/** Triggers write the log of changes (`schema.ts`). */
export function publishKey({ database }: WriteContext, published: KeptKey): void {
  const { number } = requireAccount(database, published.accountId);
  const own = database.get('select 1 from address where key = ? and account = ?', published.key, number);
  if (!own) throw notOwnAddress(published);
  database.run(
    `insert into published_key(key, kind, account, domain, local_part, fingerprint, octets, state, published)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict(key, kind) do update set account = excluded.account, local_part = excluded.local_part,
       fingerprint = excluded.fingerprint, octets = excluded.octets, state = excluded.state,
       published = excluded.published`,
    published.key,
    published.kind,
    number,
    published.domain,
    published.localPart,
    published.fingerprint,
    published.octets,
    published.state,
    published.publishedAt.getTime(),
  );
}

export function unpublishKey({ database }: WriteContext, address: string, kind: PublishedKind): boolean {
  const { key } = requireAddress(address);
  return database.run('delete from published_key where key = ? and kind = ?', key, kind) > 0;
}

/** Takes back published keys whose address is not their account's; gives what was wrong. */
export function mendPublished({ database }: WriteContext, accountId?: string): StoreFault[] {
  return withoutAddress(database, accountId).map(({ id, fault }) => {
    database.run('delete from published_key where id = ?', id);
    return fault;
  });
}

export function putZone(
  { database, now }: WriteContext,
  zone: { readonly name: string; readonly document: string; readonly ifVersion: number | null },
): StoredZone {
  const { name, document, ifVersion } = zone;
  // A zone that comes anew begins behind the versions of an earlier one: who knows those is refused.
  const version = ifVersion === null ? now : ifVersion + 1;
  const put =
    ifVersion === null
      ? database.run(
          'insert or ignore into zone(name, document, version) values (?, ?, ?)',
          name,
          document,
          version,
        )
      : database.run(
          'update zone set document = ?, version = ? where name = ? and version = ?',
          document,
          version,
          name,
          ifVersion,
        );
  if (put === 0) throw versionMismatch({ zone: name });
  return { name, document: JSON.parse(document) as unknown, version };
}

export function removeZone({ database }: WriteContext, name: string): boolean {
  return database.run('delete from zone where name = ?', requireDomain(name)) > 0;
}

export function claimZoneSerial({ database, now }: WriteContext, name: string): number {
  const zone = requireDomain(name);
  const known = database.get<{ serial: number }>('select serial from zone_serial where name = ?', zone);
  const serial = known ? serialAfter(known.serial) : firstSerial(now);
  database.run('insert or replace into zone_serial(name, serial) values (?, ?)', zone, serial);
  return serial;
}

/** Forgets changes that are not told any more: all before the first that is. */
export function sweepZoneChanges({ database, now }: WriteContext): void {
  const since = Math.floor((now - toldMilliseconds) / 1000);
  const kept = database.get<{ seq: number }>(
    'select seq from zone_change where at >= ? order by seq limit 1',
    since,
  );
  database.run('delete from zone_change where seq < ?', kept?.seq ?? Number.MAX_SAFE_INTEGER);
}
