import type { RecordType } from './record-type.ts';
import { rrTypes } from './type-name.ts';
import { exactly, quoted, unquoted, wordAt } from './words.ts';

export interface HinfoData {
  readonly cpu: Uint8Array;
  readonly os: Uint8Array;
}

/** About a host (RFC 1035 §3.3.2); now the minimal answer to a question for ANY (RFC 8482 §4.2). */
export const hinfo = {
  type: rrTypes.HINFO,
  name: 'HINFO',
  decode: reader => ({ cpu: reader.characterString(), os: reader.characterString() }),
  encode: (data, writer) => void writer.characterString(data.cpu).characterString(data.os),
  toText: data => `${quoted(data.cpu)} ${quoted(data.os)}`,
  fromText(words) {
    exactly(words, 2);
    return { cpu: unquoted(wordAt(words, 0)), os: unquoted(wordAt(words, 1)) };
  },
} satisfies RecordType<HinfoData>;
