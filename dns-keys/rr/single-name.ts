import { lowerName, type Name, nameText, parseName } from '../name.ts';
import type { WireReader, WireWriter } from '../wire.ts';
import { exactly, wordAt } from './words.ts';

export interface TargetData {
  readonly target: Name;
}

/** A type of RFC 1035 whose RDATA is one name. */
export function singleName<Type extends number>(type: Type, name: string) {
  return {
    type,
    name,
    names: { octetsBefore: 0, count: 1, mayBeCompressed: true },
    decode: (reader: WireReader): TargetData => ({ target: reader.name({ isPlain: true }) }),
    encode: (data: TargetData, writer: WireWriter) => void writer.name(lowerName(data.target)),
    toText: (data: TargetData) => nameText(data.target),
    fromText: (words: readonly string[]): TargetData => ({
      target: lowerName(parseName(wordAt(exactly(words, 1), 0))),
    }),
  };
}
