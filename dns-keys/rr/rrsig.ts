import { lowerName, type Name, nameText, parseName } from '../name.ts';
import { WireError } from '../wire-error.ts';
import type { RecordType } from './record-type.ts';
import { someRest } from './some-rest.ts';
import { rrTypes, typeName, typeNumber } from './type-name.ts';
import { base64From, base64Text, numberAt, wordAt } from './words.ts';

export interface RrsigData {
  readonly typeCovered: number;
  readonly algorithm: number;
  /** Of the owner, `*` and the root left out. */
  readonly labels: number;
  readonly originalTtlSeconds: number;
  /** Unix seconds of 32 bits, compared by RFC 1982 (RFC 4034 §3.1.5). */
  readonly expiration: number;
  /** As `expiration`. */
  readonly inception: number;
  readonly keyTag: number;
  readonly signer: Name;
  readonly signature: Uint8Array;
}

/** Signature over a record set (RFC 4034 §3). */
export const rrsig = {
  type: rrTypes.RRSIG,
  name: 'RRSIG',
  names: { octetsBefore: 18, count: 1, mayBeCompressed: false },
  decode: reader => ({
    typeCovered: reader.uint16(),
    algorithm: reader.uint8(),
    labels: reader.uint8(),
    originalTtlSeconds: reader.uint32(),
    expiration: reader.uint32(),
    inception: reader.uint32(),
    keyTag: reader.uint16(),
    signer: reader.name({ isPlain: true }),
    signature: someRest(reader, 'signature'),
  }),
  encode(data, writer) {
    writer.uint16(data.typeCovered).uint8(data.algorithm).uint8(data.labels);
    writer.uint32(data.originalTtlSeconds).uint32(data.expiration).uint32(data.inception);
    writer.uint16(data.keyTag).name(lowerName(data.signer)).bytes(data.signature);
  },
  toText: data =>
    [
      ...[typeName(data.typeCovered), data.algorithm, data.labels, data.originalTtlSeconds],
      ...[timeText(data.expiration), timeText(data.inception), data.keyTag],
      ...[nameText(data.signer), base64Text(data.signature)],
    ].join(' '),
  fromText: words => ({
    typeCovered: typeNumber(wordAt(words, 0)),
    algorithm: numberAt(words, 1, 8),
    labels: numberAt(words, 2, 8),
    originalTtlSeconds: numberAt(words, 3, 32),
    expiration: timeAt(words, 4),
    inception: timeAt(words, 5),
    keyTag: numberAt(words, 6, 16),
    signer: lowerName(parseName(wordAt(words, 7))),
    signature: base64From(words, 8),
  }),
} satisfies RecordType<RrsigData>;

/** `YYYYMMDDHHmmSS` in UTC (RFC 4034 §3.2). */
function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z|\D/g, '');
}

/** A time in either form of RFC 4034 §3.2: 14 digits, or seconds. */
function timeAt(words: readonly string[], index: number): number {
  const word = wordAt(words, index);
  const fields = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(word);
  if (fields === null) return numberAt(words, index, 32);
  const [, year, month, day, hour, minute, second] = fields;
  const milliseconds = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (!(milliseconds >= 0 && milliseconds < 2 ** 32 * 1000)) throw new WireError(`${word} is no time`);
  return milliseconds / 1000;
}
