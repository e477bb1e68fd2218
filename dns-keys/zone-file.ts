import { classes } from './header.ts';
import type { ResourceRecord } from './message.ts';
import { nameText, parseName } from './name.ts';
import { dataText, rdataFromText, typeName, typeNumber } from './rr/table.ts';
import { numberAt, splitWords, wordAt } from './rr/words.ts';
import { WireError } from './wire-error.ts';

/** The record as one line of a zone file, without its line end: owner, TTL, class, type, RDATA (RFC 1035 §5.1). */
export function zoneFileLine(record: ResourceRecord): string {
  const { name, ttlSeconds, type, rdata } = record;
  return `${nameText(name)} ${ttlSeconds} ${className(record.class)} ${typeName(type)} ${dataText(type, rdata)}`;
}

/** A record of class IN of what an administrator writes; `words` are those behind the type. Throws `WireError`. */
export function recordFromText(text: {
  owner: string;
  ttlSeconds: number;
  /** Mnemonic or `TYPE61234`. */
  type: string;
  words: readonly string[];
}): ResourceRecord {
  const type = typeNumber(text.type);
  const rdata = rdataFromText(type, text.words);
  return { name: parseName(text.owner), type, class: classes.IN, ttlSeconds: text.ttlSeconds, rdata };
}

/**
 * The record of a line as `zoneFileLine` writes it, nothing left out and every name whole; it may go on over several
 * lines in parentheses, and have comments. Throws `WireError`.
 */
export function recordFromLine(line: string): ResourceRecord {
  const words = splitWords(line);
  const record = recordFromText({
    owner: wordAt(words, 0),
    ttlSeconds: numberAt(words, 1, 32),
    type: wordAt(words, 3),
    words: words.slice(4),
  });
  return { ...record, class: classNumber(wordAt(words, 2)) };
}

const classNames = new Map<number, string>(Object.entries(classes).map(([name, number]) => [number, name]));

/** Mnemonic of a class, `CLASS32` where it has none here (RFC 3597 §5). */
function className(number: number): string {
  return classNames.get(number) ?? `CLASS${number}`;
}

function classNumber(text: string): number {
  const name = text.toUpperCase();
  for (const [number, known] of classNames) if (known === name) return number;
  const number = /^CLASS(\d{1,5})$/.exec(name)?.[1];
  if (number === undefined || Number(number) > 0xffff)
    throw new WireError(`unknown class ${JSON.stringify(text)}`);
  return Number(number);
}
