import { lowerName, type Name, nameText, parseName } from '../name.ts';
import type { RecordType } from './record-type.ts';
import { rrTypes } from './type-name.ts';
import { exactly, numberAt, wordAt } from './words.ts';

export interface SrvData {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: Name;
}

/** Where a service is found (RFC 2782). */
export const srv = {
  type: rrTypes.SRV,
  name: 'SRV',
  names: { octetsBefore: 6, count: 1, mayBeCompressed: false },
  decode: reader => ({
    priority: reader.uint16(),
    weight: reader.uint16(),
    port: reader.uint16(),
    target: reader.name({ isPlain: true }),
  }),
  encode(data, writer) {
    writer.uint16(data.priority).uint16(data.weight).uint16(data.port).name(lowerName(data.target));
  },
  toText: data => [data.priority, data.weight, data.port, nameText(data.target)].join(' '),
  fromText(words) {
    exactly(words, 4);
    return {
      priority: numberAt(words, 0, 16),
      weight: numberAt(words, 1, 16),
      port: numberAt(words, 2, 16),
      target: lowerName(parseName(wordAt(words, 3))),
    };
  },
} satisfies RecordType<SrvData>;
