import type { Scale, Text, Whys, WordValue } from './table.ts';

/** The value of one known fact, as `checkFacts` lets it through. */
export type FactValue = string | number | boolean | readonly string[];

type ScaleOf<K extends Scale['kind']> = Extract<Scale, { kind: K }>;

/** What there is to know about one kind of scale. All points are hundredths. */
interface Kind<K extends Scale['kind']> {
  /** Points possible. */
  possible(scale: ScaleOf<K>): number;
  /** Points won by a value that `allows` accepted. */
  worth(scale: ScaleOf<K>, value: FactValue): number;
  /** A value with all points. */
  best(scale: ScaleOf<K>): FactValue;
  allows(scale: ScaleOf<K>, value: unknown): boolean;
  /** What is allowed, for the error. */
  allowed(scale: ScaleOf<K>): string;
  /** The value as people write it. */
  written(scale: ScaleOf<K>, value: FactValue): Text;
  whys(scale: ScaleOf<K>): Pick<Whys, 'yes' | 'no'> & Partial<Whys>;
}

const noWhys: Whys = { yes: { fr: '', en: '' }, partly: { fr: '', en: '' }, no: { fr: '', en: '' } };

const kinds: { readonly [K in Scale['kind']]: Kind<K> } = {
  word: {
    possible: scale => bestWord(scale.words).points * 100,
    worth: (scale, value) => pointsOf(scale.words, value) ?? 0,
    best: scale => bestWord(scale.words).word,
    allows: (scale, value) => value === 'unknown' || hasWord(scale.words, value),
    allowed: scale => wordsOf([...Object.keys(scale.words), 'unknown']),
    written: (_scale, value) => same(String(value)),
    whys: () => noWhys,
  },
  share: {
    possible: scale => scale.of * 100,
    worth: (scale, value) => scale.of * shareHundredths(Number(value)),
    best: () => 1,
    allows: (_scale, value) => typeof value === 'number' && value >= 0 && value <= 1,
    allowed: () => 'a number from 0 to 1',
    written: (_scale, value) => {
      const percent = shareHundredths(Number(value));
      return { fr: `${percent} %`, en: `${percent}%` };
    },
    whys: scale => scale.why,
  },
  index: {
    possible: scale => scale.of * 100,
    worth: (scale, value) => scale.of * Number(value),
    best: () => 100,
    allows: (_scale, value) => isInteger(value, 100),
    allowed: () => 'an integer from 0 to 100',
    written: (_scale, value) => same(String(value)),
    whys: scale => scale.why,
  },
  count: {
    possible: scale => Math.max(...scale.bands.map(band => band.points)) * 100,
    worth: (scale, value) =>
      pointsOf(scale.words, value) ??
      (scale.bands.find(band => Number(value) <= band.upTo)?.points ?? 0) * 100,
    best: () => 0,
    allows: (scale, value) => isInteger(value, Number.MAX_SAFE_INTEGER) || hasWord(scale.words, value),
    allowed: scale => wordsOf(Object.keys(scale.words), 'a count (0, 1, 2 ...)'),
    written: (_scale, value) => same(String(value)),
    whys: scale => scale.why,
  },
  grade: {
    possible: scale => scale.of * 100,
    worth: (scale, value) =>
      pointsOf(scale.words, value) ?? Math.floor((scale.of * 100 * Number(value)) / scale.highest),
    best: scale => scale.highest,
    allows: (scale, value) => isInteger(value, scale.highest) || hasWord(scale.words, value),
    allowed: scale => wordsOf(Object.keys(scale.words), `an integer from 0 to ${scale.highest}`),
    written: (_scale, value) => same(String(value)),
    whys: scale => scale.why,
  },
  set: {
    possible: scale => setHundredths(scale.words, Object.keys(scale.words)),
    worth: (scale, value) => setHundredths(scale.words, asList(value)),
    best: scale => Object.keys(scale.words),
    allows: (scale, value) => Array.isArray(value) && value.every(word => hasWord(scale.words, word)),
    allowed: scale => `a list of ${wordsOf(Object.keys(scale.words))}`,
    written: (scale, value) => listed(scale.words, asList(value)),
    whys: scale => scale.why,
  },
  flag: {
    possible: scale => scale.of * 100,
    worth: (scale, value) => (value === true ? scale.of * 100 : 0),
    best: () => true,
    allows: (_scale, value) => typeof value === 'boolean',
    allowed: () => 'true or false',
    written: (_scale, value) => same(String(value)),
    whys: scale => scale.why,
  },
};

/** The row of `kinds` for a scale. */
function kindOf(scale: Scale): Kind<Scale['kind']> {
  // The mapped type ties each row to its scale; the compiler can't follow that through a lookup.
  return kinds[scale.kind] as unknown as Kind<Scale['kind']>;
}

/** Points possible, in hundredths. */
export function possibleHundredths(scale: Scale): number {
  return kindOf(scale).possible(scale);
}

/** Points that a known value wins, in hundredths. */
export function wonHundredths(scale: Scale, value: FactValue): number {
  return kindOf(scale).worth(scale, value);
}

/** A value that wins all points. */
export function bestValue(scale: Scale): FactValue {
  return kindOf(scale).best(scale);
}

/** Whether PRIVACY-INDEX.md allows this value for a fact of this scale. */
export function isAllowed(scale: Scale, value: unknown): boolean {
  return kindOf(scale).allows(scale, value);
}

/** What is allowed, in words for an error. */
export function allowedValues(scale: Scale): string {
  return kindOf(scale).allowed(scale);
}

/** One sentence why a known value wins what it wins, in both languages. */
export function sentence(scale: Scale, value: FactValue): Text {
  const word = 'words' in scale && typeof value === 'string' ? scale.words[value] : undefined;
  if (word !== undefined) return word.why;
  const kind = kindOf(scale);
  const whys = kind.whys(scale);
  const why = whys[stateOf(kind.worth(scale, value), kind.possible(scale))] ?? whys.no;
  const written = kind.written(scale, value);
  return { fr: why.fr.replace('{value}', written.fr), en: why.en.replace('{value}', written.en) };
}

/** `yes` for full points, `partly` for some, `no` for none. */
export function stateOf(won: number, possible: number): 'yes' | 'partly' | 'no' {
  if (won === 0) return 'no';
  return won === possible ? 'yes' : 'partly';
}

/**
 * A share of 0..1 rounded half up to hundredths, as an integer 0..100. It works on the decimal digits as
 * written, because 0.145 times 100 is a little less than 14.5 in binary.
 */
export function shareHundredths(share: number): number {
  const written = String(share);
  if (written.includes('e')) return 0;
  const [whole, fraction = ''] = written.split('.');
  const hundredths = Number(whole) * 100 + Number(fraction.slice(0, 2).padEnd(2, '0'));
  return hundredths + (fraction.charAt(2) >= '5' ? 1 : 0);
}

function bestWord(words: Readonly<Record<string, WordValue>>): { word: string; points: number } {
  let best = { word: 'unknown', points: -1 };
  for (const [word, { points }] of Object.entries(words)) if (points > best.points) best = { word, points };
  return best;
}

function hasWord(words: Readonly<Record<string, WordValue>>, value: unknown): boolean {
  return typeof value === 'string' && Object.hasOwn(words, value);
}

function pointsOf(words: Readonly<Record<string, WordValue>>, value: FactValue): number | null {
  if (typeof value !== 'string') return null;
  return (words[value]?.points ?? 0) * 100;
}

function setHundredths(words: Readonly<Record<string, WordValue>>, list: readonly string[]): number {
  let sum = 0;
  for (const [word, { points }] of Object.entries(words)) if (list.includes(word)) sum += points * 100;
  return sum;
}

function asList(value: FactValue): readonly string[] {
  return Array.isArray(value) ? value : [];
}

function listed(words: Readonly<Record<string, WordValue>>, list: readonly string[]): Text {
  const rows = Object.entries(words).filter(([word]) => list.includes(word));
  return {
    fr: rows.map(([, row]) => row.name.fr).join(', '),
    en: rows.map(([, row]) => row.name.en).join(', '),
  };
}

function isInteger(value: unknown, highest: number): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= highest;
}

function wordsOf(words: readonly string[], first?: string): string {
  return [...(first === undefined ? [] : [first]), ...words.map(word => `"${word}"`)].join(', ');
}

function same(text: string): Text {
  return { fr: text, en: text };
}
