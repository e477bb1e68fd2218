import type { WireReader } from '../wire.ts';
import { WireError } from '../wire-error.ts';
import type { RecordType } from './record-type.ts';
import { rrTypes } from './type-name.ts';
import { exactly, numberAt, quoted, unquoted, wordAt } from './words.ts';

export interface CaaData {
  /** 128 is "issuer critical". */
  readonly flags: number;
  /** ASCII letters and digits, one at least. */
  readonly tag: string;
  readonly value: Uint8Array;
}

/** Who may issue certificates for the name (RFC 8659 §4.1). */
export const caa = {
  type: rrTypes.CAA,
  name: 'CAA',
  decode: (reader: WireReader): CaaData => ({
    flags: reader.uint8(),
    tag: checkedTag(String.fromCharCode(...reader.characterString())),
    value: reader.rest(),
  }),
  encode(data, writer) {
    writer
      .uint8(data.flags)
      .characterString(Buffer.from(checkedTag(data.tag), 'latin1'))
      .bytes(data.value);
  },
  toText: data => `${data.flags} ${data.tag} ${quoted(data.value)}`,
  fromText(words): CaaData {
    exactly(words, 3);
    return {
      flags: numberAt(words, 0, 8),
      tag: checkedTag(wordAt(words, 1)),
      value: unquoted(wordAt(words, 2)),
    };
  },
} satisfies RecordType<CaaData>;

function checkedTag(tag: string): string {
  if (!/^[0-9A-Za-z]+$/.test(tag)) throw new WireError('bad tag of a CAA record');
  return tag;
}
