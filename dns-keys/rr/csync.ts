import type { RecordType } from './record-type.ts';
import { readTypes, typesFrom, typesText, writeTypes } from './type-bitmap.ts';
import { rrTypes } from './type-name.ts';
import { numberAt } from './words.ts';

export interface CsyncData {
  readonly serial: number;
  /** 1: at once; 2: not before the zone has this serial. */
  readonly flags: number;
  /** Ascending. */
  readonly types: readonly number[];
}

/** Types that a zone asks its parent to take over (RFC 7477 §2). */
export const csync = {
  type: rrTypes.CSYNC,
  name: 'CSYNC',
  decode: reader => ({ serial: reader.uint32(), flags: reader.uint16(), types: readTypes(reader) }),
  encode: (data, writer) => writeTypes(data.types, writer.uint32(data.serial).uint16(data.flags)),
  toText: data => `${data.serial} ${data.flags}${typesText(data.types)}`,
  fromText: words => ({
    serial: numberAt(words, 0, 32),
    flags: numberAt(words, 1, 16),
    types: typesFrom(words, 2),
  }),
} satisfies RecordType<CsyncData>;
