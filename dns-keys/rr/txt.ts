import type { WireReader, WireWriter } from '../wire.ts';
import { WireError } from '../wire-error.ts';
import type { RecordType } from './record-type.ts';
import { rrTypes } from './type-name.ts';
import { quoted, unquoted } from './words.ts';

export interface TxtData {
  /** At least one, each of at most 255 octets. */
  readonly strings: readonly Uint8Array[];
}

/** Text (RFC 1035 §3.3.14). */
export const txt = {
  type: rrTypes.TXT,
  name: 'TXT',
  decode(reader: WireReader): TxtData {
    const strings: Uint8Array[] = [];
    do strings.push(reader.characterString());
    while (reader.left > 0);
    return { strings };
  },
  encode(data: TxtData, writer: WireWriter) {
    if (data.strings.length === 0) throw new WireError('TXT without a character-string');
    for (const string of data.strings) writer.characterString(string);
  },
  toText: data => data.strings.map(quoted).join(' '),
  fromText(words): TxtData {
    if (words.length === 0) throw new WireError('TXT without a character-string');
    return { strings: words.map(unquoted) };
  },
} satisfies RecordType<TxtData>;
