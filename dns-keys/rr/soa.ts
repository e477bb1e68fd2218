import { lowerName, type Name, nameText, parseName } from '../name.ts';
import type { RecordType } from './record-type.ts';
import { rrTypes } from './type-name.ts';
import { exactly, numberAt, wordAt } from './words.ts';

export interface SoaData {
  /** MNAME: the primary server of the zone. */
  readonly primary: Name;
  /** RNAME: the mailbox of who keeps the zone, its local part as the first label. */
  readonly mailbox: Name;
  /** 32 bits, compared by RFC 1982. */
  readonly serial: number;
  readonly refreshSeconds: number;
  readonly retrySeconds: number;
  readonly expireSeconds: number;
  /** Bounds the TTL of negative answers (RFC 2308 §4). */
  readonly minimumSeconds: number;
}

/** Start of a zone (RFC 1035 §3.3.13). */
export const soa = {
  type: rrTypes.SOA,
  name: 'SOA',
  names: { octetsBefore: 0, count: 2, mayBeCompressed: true },
  decode: reader => ({
    primary: reader.name({ isPlain: true }),
    mailbox: reader.name({ isPlain: true }),
    serial: reader.uint32(),
    refreshSeconds: reader.uint32(),
    retrySeconds: reader.uint32(),
    expireSeconds: reader.uint32(),
    minimumSeconds: reader.uint32(),
  }),
  encode(data, writer) {
    writer.name(lowerName(data.primary)).name(lowerName(data.mailbox));
    for (const value of numbersOf(data)) writer.uint32(value);
  },
  toText: data => [nameText(data.primary), nameText(data.mailbox), ...numbersOf(data)].join(' '),
  fromText(words) {
    exactly(words, 7);
    return {
      primary: lowerName(parseName(wordAt(words, 0))),
      mailbox: lowerName(parseName(wordAt(words, 1))),
      serial: numberAt(words, 2, 32),
      refreshSeconds: numberAt(words, 3, 32),
      retrySeconds: numberAt(words, 4, 32),
      expireSeconds: numberAt(words, 5, 32),
      minimumSeconds: numberAt(words, 6, 32),
    };
  },
} satisfies RecordType<SoaData>;

function numbersOf(data: SoaData): number[] {
  return [data.serial, data.refreshSeconds, data.retrySeconds, data.expireSeconds, data.minimumSeconds];
}
