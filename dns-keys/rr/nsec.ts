import { type Name, nameText, parseName } from '../name.ts';
import type { RecordType } from './record-type.ts';
import { readTypes, typesFrom, typesText, writeTypes } from './type-bitmap.ts';
import { rrTypes } from './type-name.ts';
import { wordAt } from './words.ts';

export interface NsecData {
  readonly next: Name;
  /** Ascending. */
  readonly types: readonly number[];
}

/** Next name, and the types that its owner has (RFC 4034 §4). The name keeps its case (RFC 6840 §5.1). */
export const nsec = {
  type: rrTypes.NSEC,
  name: 'NSEC',
  decode: reader => ({ next: reader.name({ isPlain: true }), types: readTypes(reader) }),
  encode: (data, writer) => writeTypes(data.types, writer.name(data.next)),
  toText: data => nameText(data.next) + typesText(data.types),
  fromText: words => ({ next: parseName(wordAt(words, 0)), types: typesFrom(words, 1) }),
} satisfies RecordType<NsecData>;
