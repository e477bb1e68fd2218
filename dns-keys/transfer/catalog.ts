import { createHash } from 'node:crypto';
import { childName, lowerName, type Name, nameKey, parseName } from '../name.ts';
import { encodeData, rrTypes } from '../rr/table.ts';
import type { RecordSet } from '../zone/record-set.ts';
import { type ZoneChange, zoneChangeOf } from './zone-change.ts';

/** A zone that secondaries are to fetch. */
export interface CatalogMember {
  readonly apex: Name;
  /**
   * A word that stays as long as the zone does. A zone that went and came again has another, so that secondaries forget
   * what they knew of it (RFC 9432 §5.4).
   */
  readonly incarnation: string;
  /** By which secondaries choose their settings for it (RFC 9432 §4.3.2); at most 255 octets. */
  readonly group?: string;
}

const invalid = parseName('invalid.');
/** TTLs mean nothing in a catalog (RFC 9432 §4.1). */
const ttlSeconds = 0;
/** Secondaries ask this often when no NOTIFY came through, and keep members for ever when we are gone. */
const soaTimings = {
  refreshSeconds: 3600,
  retrySeconds: 600,
  expireSeconds: 2 ** 31 - 1,
  minimumSeconds: 0,
};

/** SOA set of a catalog. */
export function catalogSoa(catalog: Name, serial: number): RecordSet {
  const data = { primary: invalid, mailbox: invalid, serial, ...soaTimings };
  return setOf(lowerName(catalog), rrTypes.SOA, encodeData(rrTypes.SOA, data));
}

/** NS set of a catalog, which nobody is delegated to (RFC 9432 §4.1). */
export function catalogNs(catalog: Name): RecordSet {
  return setOf(lowerName(catalog), rrTypes.NS, encodeData(rrTypes.NS, { target: invalid }));
}

/** All sets of a catalog zone (RFC 9432 §4), the SOA first. Not signed. */
export function catalogSets(catalog: Name, serial: number, members: Iterable<CatalogMember>): RecordSet[] {
  const apex = lowerName(catalog);
  return [
    catalogSoa(apex, serial),
    catalogNs(apex),
    textSet(childName('version', apex), '2'),
    ...[...members].flatMap(member => memberSets(apex, member)),
  ];
}

/** The change of a catalog when members come and go; one that stays with another group is in both lists. */
export function catalogChange(
  catalog: Name,
  { fromSerial, serial }: { fromSerial: number; serial: number },
  { come, gone }: { come: Iterable<CatalogMember>; gone: Iterable<CatalogMember> },
): ZoneChange {
  const apex = lowerName(catalog);
  const removed = [...gone].flatMap(member => memberSets(apex, member));
  const added = [...come].flatMap(member => memberSets(apex, member));
  return zoneChangeOf([
    { before: catalogSoa(apex, fromSerial), after: catalogSoa(apex, serial) },
    ...removed.map(before => ({ before, after: null })),
    ...added.map(after => ({ before: null, after })),
  ]);
}

/** The sets of one member: its name, and its group where it has one. */
export function memberSets(catalog: Name, member: CatalogMember): RecordSet[] {
  const owner = childName(memberLabel(member), childName('zones', catalog));
  const sets = [setOf(owner, rrTypes.PTR, encodeData(rrTypes.PTR, { target: lowerName(member.apex) }))];
  if (member.group !== undefined) sets.push(textSet(childName('group', owner), member.group));
  return sets;
}

/** The label of a member: the same as long as it stays, another when it comes again (RFC 9432 §4.1, §5.4). */
export function memberLabel({ apex, incarnation }: CatalogMember): string {
  return createHash('sha256').update(nameKey(apex), 'latin1').update(incarnation).digest('hex').slice(0, 32);
}

function textSet(owner: Name, text: string): RecordSet {
  return setOf(owner, rrTypes.TXT, encodeData(rrTypes.TXT, { strings: [Buffer.from(text)] }));
}

function setOf(owner: Name, type: number, rdata: Uint8Array): RecordSet {
  return { owner, type, ttlSeconds, rdatas: [rdata], signatures: [] };
}
