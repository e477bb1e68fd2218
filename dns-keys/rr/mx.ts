import { lowerName, type Name, nameText, parseName } from '../name.ts';
import type { RecordType } from './record-type.ts';
import { rrTypes } from './type-name.ts';
import { exactly, numberAt, wordAt } from './words.ts';

export interface MxData {
  /** The lowest is tried first. */
  readonly preference: number;
  readonly exchange: Name;
}

/** A mail exchange (RFC 1035 §3.3.9). */
export const mx = {
  type: rrTypes.MX,
  name: 'MX',
  names: { octetsBefore: 2, count: 1, mayBeCompressed: true },
  decode: reader => ({ preference: reader.uint16(), exchange: reader.name({ isPlain: true }) }),
  encode: (data, writer) => void writer.uint16(data.preference).name(lowerName(data.exchange)),
  toText: data => `${data.preference} ${nameText(data.exchange)}`,
  fromText(words) {
    exactly(words, 2);
    return { preference: numberAt(words, 0, 16), exchange: lowerName(parseName(wordAt(words, 1))) };
  },
} satisfies RecordType<MxData>;
