import type { WireReader, WireWriter } from '../wire.ts';
import { someRest } from './some-rest.ts';
import { hexFrom, hexText, numberAt } from './words.ts';

export interface DsData {
  readonly keyTag: number;
  readonly algorithm: number;
  readonly digestType: number;
  readonly digest: Uint8Array;
}

/** A type with the RDATA of DS (RFC 4034 §5.1). */
export function delegationDigest<Type extends number>(type: Type, name: string) {
  return {
    type,
    name,
    decode: (reader: WireReader): DsData => ({
      keyTag: reader.uint16(),
      algorithm: reader.uint8(),
      digestType: reader.uint8(),
      digest: someRest(reader, 'digest'),
    }),
    encode(data: DsData, writer: WireWriter) {
      writer.uint16(data.keyTag).uint8(data.algorithm).uint8(data.digestType).bytes(data.digest);
    },
    toText: (data: DsData) => [data.keyTag, data.algorithm, data.digestType, hexText(data.digest)].join(' '),
    fromText: (words: readonly string[]): DsData => ({
      keyTag: numberAt(words, 0, 16),
      algorithm: numberAt(words, 1, 8),
      digestType: numberAt(words, 2, 8),
      digest: hexFrom(words, 3),
    }),
  };
}
