import type { WireReader, WireWriter } from '../wire.ts';
import { someRest } from './some-rest.ts';
import { hexFrom, hexText, numberAt } from './words.ts';

export interface CertificateAssociationData {
  readonly certificateUsage: number;
  readonly selector: number;
  /** 0: the whole; 1: its SHA-256; 2: its SHA-512. */
  readonly matchingType: number;
  readonly associationData: Uint8Array;
}

/** A type with the RDATA of TLSA (RFC 6698 §2.1). */
export function certificateAssociation<Type extends number>(type: Type, name: string) {
  return {
    type,
    name,
    decode: (reader: WireReader): CertificateAssociationData => ({
      certificateUsage: reader.uint8(),
      selector: reader.uint8(),
      matchingType: reader.uint8(),
      associationData: someRest(reader, 'certificate association data'),
    }),
    encode(data: CertificateAssociationData, writer: WireWriter) {
      writer.uint8(data.certificateUsage).uint8(data.selector).uint8(data.matchingType);
      writer.bytes(data.associationData);
    },
    toText: (data: CertificateAssociationData) =>
      [data.certificateUsage, data.selector, data.matchingType, hexText(data.associationData)].join(' '),
    fromText: (words: readonly string[]): CertificateAssociationData => ({
      certificateUsage: numberAt(words, 0, 8),
      selector: numberAt(words, 1, 8),
      matchingType: numberAt(words, 2, 8),
      associationData: hexFrom(words, 3),
    }),
  };
}
