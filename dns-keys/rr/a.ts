import { isIPv4 } from 'node:net';
import { WireError } from '../wire-error.ts';
import type { RecordType } from './record-type.ts';
import { rrTypes } from './type-name.ts';
import { exactly, wordAt } from './words.ts';

export interface AData {
  /** Dotted. */
  readonly address: string;
}

/** An IPv4 address (RFC 1035 §3.4.1). */
export const a = {
  type: rrTypes.A,
  name: 'A',
  decode: reader => ({ address: reader.bytes(4).join('.') }),
  encode: (data, writer) => void writer.bytes(octetsOf(data.address)),
  toText: data => data.address,
  fromText(words) {
    const address = wordAt(exactly(words, 1), 0);
    octetsOf(address);
    return { address };
  },
} satisfies RecordType<AData>;

function octetsOf(address: string): Uint8Array {
  if (!isIPv4(address)) throw new WireError(`${JSON.stringify(address)} is no IPv4 address`);
  return Uint8Array.from(address.split('.').map(Number));
}
