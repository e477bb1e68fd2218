import type { WireReader, WireWriter } from './wire.ts';

export const opcodes = { QUERY: 0, STATUS: 2, NOTIFY: 4, UPDATE: 5 } as const;

export const classes = { IN: 1, CH: 3, NONE: 254, ANY: 255 } as const;

/** Response codes; those above 15 stand in OPT or TSIG in part or whole (RFC 6895 §2.3). */
export const rcodes = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  /** In OPT (RFC 6891 §9); the same number is BADSIG in TSIG. */
  BADVERS: 16,
  BADSIG: 16,
  BADKEY: 17,
  BADTIME: 18,
  BADTRUNC: 22,
  BADCOOKIE: 23,
} as const;

/** Octets of a header. */
export const headerOctets = 12;

/** What the front of a message says (RFC 1035 §4.1.1), the counts of its sections left aside. */
export interface Header {
  readonly id: number;
  readonly opcode: number;
  readonly isResponse: boolean;
  readonly isAuthoritative: boolean;
  readonly isTruncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  /** AD (RFC 4035 §3.2.3). */
  readonly authenticData: boolean;
  /** CD (RFC 4035 §3.2.2). */
  readonly checkingDisabled: boolean;
  /** The lower four bits; OPT may hold more of it, see `fullRcode`. */
  readonly rcode: number;
}

/** Numbers of questions, answers, authorities and additionals, as claimed. */
export type Counts = readonly [questions: number, answers: number, authorities: number, additionals: number];

const flags = {
  isResponse: 0x8000,
  isAuthoritative: 0x0400,
  isTruncated: 0x0200,
  recursionDesired: 0x0100,
  recursionAvailable: 0x0080,
  authenticData: 0x0020,
  checkingDisabled: 0x0010,
} as const;

/** Header and counts. Throws `WireError` when there are less than 12 octets. */
export function readHeader(reader: WireReader): { header: Header; counts: Counts } {
  const id = reader.uint16();
  const word = reader.uint16();
  const header = {
    id,
    opcode: (word >> 11) & 0xf,
    isResponse: (word & flags.isResponse) !== 0,
    isAuthoritative: (word & flags.isAuthoritative) !== 0,
    isTruncated: (word & flags.isTruncated) !== 0,
    recursionDesired: (word & flags.recursionDesired) !== 0,
    recursionAvailable: (word & flags.recursionAvailable) !== 0,
    authenticData: (word & flags.authenticData) !== 0,
    checkingDisabled: (word & flags.checkingDisabled) !== 0,
    rcode: word & 0xf,
  };
  return { header, counts: [reader.uint16(), reader.uint16(), reader.uint16(), reader.uint16()] };
}

/** Writes header and counts. Of a longer rcode only what fits here: the rest belongs in OPT. */
export function writeHeader(header: Header, counts: Counts, writer: WireWriter): void {
  let word = ((header.opcode & 0xf) << 11) | (header.rcode & 0xf);
  for (const [name, bit] of flagBits) if (header[name]) word |= bit;
  writer.uint16(header.id).uint16(word);
  for (const count of counts) writer.uint16(count);
}

const flagBits = Object.entries(flags) as [keyof typeof flags, number][];
