import type { WireReader, WireWriter } from '../wire.ts';
import { someRest } from './some-rest.ts';
import { base64From, base64Text, numberAt } from './words.ts';

export interface DnskeyData {
  /** 256 signs the zone, 257 its keys. */
  readonly flags: number;
  /** Always 3 (RFC 4034 §2.1.2). */
  readonly protocol: number;
  readonly algorithm: number;
  readonly publicKey: Uint8Array;
}

/** A type with the RDATA of DNSKEY (RFC 4034 §2.1). */
export function publicKeyType<Type extends number>(type: Type, name: string) {
  return {
    type,
    name,
    decode: (reader: WireReader): DnskeyData => ({
      flags: reader.uint16(),
      protocol: reader.uint8(),
      algorithm: reader.uint8(),
      publicKey: someRest(reader, 'public key'),
    }),
    encode(data: DnskeyData, writer: WireWriter) {
      writer.uint16(data.flags).uint8(data.protocol).uint8(data.algorithm).bytes(data.publicKey);
    },
    toText: (data: DnskeyData) =>
      [data.flags, data.protocol, data.algorithm, base64Text(data.publicKey)].join(' '),
    fromText: (words: readonly string[]): DnskeyData => ({
      flags: numberAt(words, 0, 16),
      protocol: numberAt(words, 1, 8),
      algorithm: numberAt(words, 2, 8),
      publicKey: base64From(words, 3),
    }),
  };
}
