import type { WireReader, WireWriter } from '../wire.ts';
import { WireError } from '../wire-error.ts';
import type { RecordType } from './record-type.ts';
import { rrTypes } from './type-name.ts';
import { exactly, hexOctets, hexText, numberAt, wordAt } from './words.ts';

export interface Nsec3ParamData {
  /** 1 is SHA-1. */
  readonly hashAlgorithm: number;
  /** In NSEC3, 1 is opt-out. */
  readonly flags: number;
  readonly iterations: number;
  /** At most 255 octets. */
  readonly salt: Uint8Array;
}

/** How the zone hashes the owners of NSEC3 (RFC 5155 §4). */
export const nsec3param = {
  type: rrTypes.NSEC3PARAM,
  name: 'NSEC3PARAM',
  decode: readParameters,
  encode: writeParameters,
  toText: textOfParameters,
  fromText: words => parametersOf(exactly(words, 4)),
} satisfies RecordType<Nsec3ParamData>;

/** The fields that NSEC3 begins with too. */
export function readParameters(reader: WireReader): Nsec3ParamData {
  return {
    hashAlgorithm: reader.uint8(),
    flags: reader.uint8(),
    iterations: reader.uint16(),
    salt: reader.characterString(),
  };
}

export function writeParameters(data: Nsec3ParamData, writer: WireWriter): void {
  writer.uint8(data.hashAlgorithm).uint8(data.flags).uint16(data.iterations).characterString(data.salt);
}

export function textOfParameters(data: Nsec3ParamData): string {
  return [data.hashAlgorithm, data.flags, data.iterations, hexText(data.salt) || '-'].join(' ');
}

/** The first four words; `-` is no salt (RFC 5155 §3.3). */
export function parametersOf(words: readonly string[]): Nsec3ParamData {
  const salt = wordAt(words, 3);
  if (salt.length > 510) throw new WireError('salt over 255 octets');
  return {
    hashAlgorithm: numberAt(words, 0, 8),
    flags: numberAt(words, 1, 8),
    iterations: numberAt(words, 2, 16),
    salt: hexOctets(salt === '-' ? '' : salt),
  };
}
