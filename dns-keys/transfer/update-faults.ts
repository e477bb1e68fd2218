import { rcodes } from '../message.ts';
import { tsigErrors } from './tsig.ts';

/** What an update failed by. */
export interface UpdateFault {
  /** What the server said, and what to do about it; for people. */
  readonly words: string;
  /** Whether the same update may go through later without anybody doing anything. */
  readonly isTemporary: boolean;
}

/** Names that words speak of. */
export interface FaultNames {
  readonly zone: string;
  readonly key: string;
  readonly server: string;
}

type Row = readonly [words: (names: FaultNames) => string, isTemporary: boolean];

/** Answers to an update (RFC 2136 §2.2, §3.8). */
const faultsByRcode: Readonly<Record<number, Row>> = {
  [rcodes.FORMERR]: [
    ({ server }) => `${server} does not understand the update: it may not know DNS UPDATE`,
    false,
  ],
  [rcodes.SERVFAIL]: [({ server }) => `${server} failed; it is tried again`, true],
  [rcodes.NXDOMAIN]: [
    () => 'a name that was placed before is gone: look at who else changes the zone',
    false,
  ],
  [rcodes.NOTIMP]: [
    ({ server }) => `${server} takes no DNS UPDATE: allow it there, or place the records by hand`,
    false,
  ],
  [rcodes.REFUSED]: [
    ({ server, key, zone }) => `${server} refuses: allow the key ${key} to change these names of ${zone}`,
    false,
  ],
  [rcodes.YXDOMAIN]: [
    () => 'records that we did not place stand at the name: remove them, or leave the name to them',
    false,
  ],
  [rcodes.YXRRSET]: [() => 'records that we did not place are there already: remove them first', false],
  [rcodes.NXRRSET]: [
    () => 'the records there are not those that we placed last: look at who else changes the zone',
    false,
  ],
  [rcodes.NOTAUTH]: [
    ({ server, zone }) =>
      `${server} is not the primary server of ${zone}: give the address of the one that is`,
    false,
  ],
  [rcodes.NOTZONE]: [
    ({ zone }) => `the names are not in the zone ${zone}: give the zone that they are in`,
    false,
  ],
};

/** TSIG errors (RFC 8945 §5.2). */
const faultsByTsigError: Readonly<Record<number, Row>> = {
  // knotd says so of a key, too, that it knows but that its rules do not allow here.
  [tsigErrors.badKey]: [
    ({ server, key, zone }) =>
      `${server} does not know the key ${key}, or does not allow it to change ${zone}: set it there, with the same algorithm`,
    false,
  ],
  [tsigErrors.badSignature]: [({ server, key }) => `${server} has another secret for the key ${key}`, false],
  [tsigErrors.badTime]: [
    ({ server }) => `the clock of ${server} and ours differ by more than 5 minutes`,
    true,
  ],
  [tsigErrors.badTruncation]: [({ server }) => `${server} wants longer signatures than it was sent`, false],
};

export function faultOfRcode(rcode: number, names: FaultNames): UpdateFault {
  return faultOf(faultsByRcode[rcode], `${names.server} answers with RCODE ${rcode}`, names);
}

export function faultOfTsigError(error: number, names: FaultNames): UpdateFault {
  return faultOf(faultsByTsigError[error], `${names.server} answers with TSIG error ${error}`, names);
}

function faultOf(row: Row | undefined, otherwise: string, names: FaultNames): UpdateFault {
  return row ? { words: row[0](names), isTemporary: row[1] } : { words: otherwise, isTemporary: false };
}
