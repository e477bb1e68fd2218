import { base32hexOctets, base32hexText } from '../base32hex.ts';
import { WireError } from '../wire-error.ts';
import {
  type Nsec3ParamData,
  parametersOf,
  readParameters,
  textOfParameters,
  writeParameters,
} from './nsec3param.ts';
import type { RecordType } from './record-type.ts';
import { readTypes, typesFrom, typesText, writeTypes } from './type-bitmap.ts';
import { rrTypes } from './type-name.ts';
import { wordAt } from './words.ts';

export interface Nsec3Data extends Nsec3ParamData {
  /** Hash of the next owner, binary. */
  readonly nextHash: Uint8Array;
  /** Ascending. */
  readonly types: readonly number[];
}

/** Next hash of an owner, and the types that the owner of this one has (RFC 5155 §3). */
export const nsec3 = {
  type: rrTypes.NSEC3,
  name: 'NSEC3',
  decode: reader => ({
    ...readParameters(reader),
    nextHash: someHash(reader.characterString()),
    types: readTypes(reader),
  }),
  encode(data, writer) {
    writeParameters(data, writer);
    writeTypes(data.types, writer.characterString(someHash(data.nextHash)));
  },
  toText: data => `${textOfParameters(data)} ${base32hexText(data.nextHash)}${typesText(data.types)}`,
  fromText: words => ({
    ...parametersOf(words),
    nextHash: someHash(base32hexOctets(wordAt(words, 4))),
    types: typesFrom(words, 5),
  }),
} satisfies RecordType<Nsec3Data>;

/** RFC 5155 §3.2: a hash has 1 to 255 octets. */
function someHash(hash: Uint8Array): Uint8Array {
  if (hash.length === 0) throw new WireError('next hash is empty');
  return hash;
}
