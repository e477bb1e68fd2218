import type { Name } from '../name.ts';
import type { WireReader } from '../wire.ts';
import { noText } from './no-text.ts';
import type { RecordType } from './record-type.ts';
import { rrTypes } from './type-name.ts';

export interface TsigData {
  readonly algorithm: Name;
  /** Unix seconds, 48 bits. */
  readonly timeSigned: number;
  readonly fudgeSeconds: number;
  readonly mac: Uint8Array;
  readonly originalId: number;
  readonly error: number;
  /** The server's time, 48 bits, where the error is BADTIME. */
  readonly otherData: Uint8Array;
}

/** Signature of a message with a shared secret (RFC 8945 §4.2). */
export const tsig = {
  type: rrTypes.TSIG,
  name: 'TSIG',
  decode: (reader: WireReader): TsigData => ({
    algorithm: reader.name({ isPlain: true }),
    timeSigned: reader.uint48(),
    fudgeSeconds: reader.uint16(),
    mac: reader.bytes(reader.uint16()),
    originalId: reader.uint16(),
    error: reader.uint16(),
    otherData: reader.bytes(reader.uint16()),
  }),
  encode(data, writer) {
    writer.name(data.algorithm).uint48(data.timeSigned).uint16(data.fudgeSeconds);
    writer.uint16(data.mac.length).bytes(data.mac).uint16(data.originalId).uint16(data.error);
    writer.uint16(data.otherData.length).bytes(data.otherData);
  },
  toText: noText,
  fromText: noText,
} satisfies RecordType<TsigData>;
