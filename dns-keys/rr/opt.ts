import type { WireReader } from '../wire.ts';
import { noText } from './no-text.ts';
import type { RecordType } from './record-type.ts';
import { rrTypes } from './type-name.ts';

export interface EdnsOption {
  readonly code: number;
  readonly data: Uint8Array;
}

export interface OptData {
  readonly options: readonly EdnsOption[];
}

/** Options of EDNS (RFC 6891 §6.1.2); the rest of OPT is in its class and TTL, see `edns.ts`. */
export const opt = {
  type: rrTypes.OPT,
  name: 'OPT',
  decode(reader: WireReader): OptData {
    const options: EdnsOption[] = [];
    while (reader.left > 0) options.push({ code: reader.uint16(), data: reader.bytes(reader.uint16()) });
    return { options };
  },
  encode(data, writer) {
    for (const option of data.options)
      writer.uint16(option.code).uint16(option.data.length).bytes(option.data);
  },
  toText: noText,
  fromText: noText,
} satisfies RecordType<OptData>;
