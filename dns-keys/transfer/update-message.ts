import { classes, newMessage, opcodes, type ResourceRecord, writeMessage } from '../message.ts';
import type { Name } from '../name.ts';
import { rrTypes } from '../rr/type-name.ts';
import type { RecordSet } from '../zone/record-set.ts';

/** Records of one name and type that an update puts somewhere; signatures are the server's business. */
export type UpdateSet = Omit<RecordSet, 'signatures'>;

/** What must be so for an update to be made at all (RFC 2136 §2.4). */
export type Prerequisite =
  | { readonly kind: 'nameInUse' | 'nameUnused'; readonly owner: Name }
  | { readonly kind: 'setExists' | 'setAbsent'; readonly owner: Name; readonly type: number }
  /** Exactly these records, whatever their TTL. */
  | { readonly kind: 'setIs'; readonly set: UpdateSet };

/** What an update does (RFC 2136 §2.5), all of it or nothing. */
export type UpdateChange =
  /** In place of whatever was of the name and type. */
  | { readonly kind: 'replace'; readonly set: UpdateSet }
  | { readonly kind: 'remove'; readonly owner: Name; readonly type: number };

export interface Update {
  readonly prerequisites: readonly Prerequisite[];
  readonly changes: readonly UpdateChange[];
}

/** Octets of an update of a zone. */
export function writeUpdate(id: number, zone: Name, { prerequisites, changes }: Update): Buffer {
  return writeMessage(
    newMessage({
      id,
      opcode: opcodes.UPDATE,
      questions: [{ name: zone, type: rrTypes.SOA, class: classes.IN }],
      answers: prerequisites.flatMap(prerequisiteRecords),
      authorities: changes.flatMap(changeRecords),
    }),
  );
}

function prerequisiteRecords(prerequisite: Prerequisite): ResourceRecord[] {
  switch (prerequisite.kind) {
    case 'nameInUse':
      return [emptyRecord(prerequisite.owner, rrTypes.ANY, classes.ANY)];
    case 'nameUnused':
      return [emptyRecord(prerequisite.owner, rrTypes.ANY, classes.NONE)];
    case 'setExists':
      return [emptyRecord(prerequisite.owner, prerequisite.type, classes.ANY)];
    case 'setAbsent':
      return [emptyRecord(prerequisite.owner, prerequisite.type, classes.NONE)];
    case 'setIs':
      return setRecords({ ...prerequisite.set, ttlSeconds: 0 });
  }
}

function changeRecords(change: UpdateChange): ResourceRecord[] {
  if (change.kind === 'remove') return [emptyRecord(change.owner, change.type, classes.ANY)];
  const { owner, type } = change.set;
  return [emptyRecord(owner, type, classes.ANY), ...setRecords(change.set)];
}

function emptyRecord(name: Name, type: number, recordClass: number): ResourceRecord {
  return { name, type, class: recordClass, ttlSeconds: 0, rdata: new Uint8Array(0) };
}

function setRecords({ owner: name, type, ttlSeconds, rdatas }: UpdateSet): ResourceRecord[] {
  return rdatas.map(rdata => ({ name, type, class: classes.IN, ttlSeconds, rdata }));
}
