import { indexWords } from '../delivery/privacy/words.ts';
import { reasonWords } from '../delivery/spam/reasons.ts';

/**
 * The text of `webmail/ui/locales/index-words.ts`: the words of the message's index and the reasons of warnings, in
 * both languages, out of the tables that the index and the score are computed from.
 */
export function screenWordsFile(): string {
  const { tables, sources, parts, who, notKnown } = indexWords();
  const { facts, ceilings, steps } = tables.message;
  const words = {
    parts,
    who,
    sources,
    notKnown,
    facts: mapValues(facts, ({ name, values }) => ({ name, values: mapValues(values, value => value.name) })),
    ceilings: mapValues(ceilings, ceiling => ceiling.why),
    steps,
    reasons: reasonWords(),
  };
  return [
    '// Written by bin/write-index-words.ts from the tables of delivery/privacy and delivery/spam.',
    "import type { ScreenWords } from './screen-words.ts';",
    '',
    '/** Words of the index and of warnings, both languages side by side. */',
    '// biome-ignore format: written by a program',
    `export const indexWords: ScreenWords = ${JSON.stringify(words, spaced)};`,
    '',
  ].join('\n');
}

/** The text of `webmail/ui/locales/level-words.ts`: what lists and messages need at once. */
export function levelWordsFile(): string {
  return [
    '// Written by bin/write-index-words.ts from the tables of delivery/privacy.',
    "import type { Level } from '../../wire.ts';",
    "import type { Text } from './screen-words.ts';",
    '',
    '/** The word of each level. */',
    '// biome-ignore format: written by a program',
    `export const levelWords: Readonly<Record<Level, Text>> = ${JSON.stringify(indexWords().levels, spaced)};`,
    '',
  ].join('\n');
}

/** For JSON.stringify, French as it is set: a sign that stands apart from its word stays on its line. */
function spaced(key: string, value: unknown): unknown {
  return key === 'fr' && typeof value === 'string'
    ? value.replace(/ (?=[:»%])|(?<=«) /g, '\u00a0').replace(/ (?=[;!?])/g, '\u202f')
    : value;
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
