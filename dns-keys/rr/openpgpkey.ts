import type { RecordType } from './record-type.ts';
import { someRest } from './some-rest.ts';
import { rrTypes } from './type-name.ts';
import { base64From, base64Text } from './words.ts';

export interface OpenpgpkeyData {
  /** One transferable public key, binary. */
  readonly certificate: Uint8Array;
}

/** OpenPGP certificate of a mailbox (RFC 7929 §2). */
export const openpgpkey = {
  type: rrTypes.OPENPGPKEY,
  name: 'OPENPGPKEY',
  decode: reader => ({ certificate: someRest(reader, 'certificate') }),
  encode: (data, writer) => void writer.bytes(data.certificate),
  toText: data => base64Text(data.certificate),
  fromText: words => ({ certificate: base64From(words, 0) }),
} satisfies RecordType<OpenpgpkeyData>;
