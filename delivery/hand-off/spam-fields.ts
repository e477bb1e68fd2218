import { type FilterFindings, maxSymbols } from './findings.ts';
import { markShare } from './rspamd.ts';

/** A header field, folded or not. */
export interface SpamField {
  readonly name: string;
  readonly value: string;
}

/**
 * What header fields of SpamAssassin (`X-Spam-Status` and the like; amavis and Exim write them, too) or Rspamd
 * (`X-Spamd-Result`, `X-Rspamd-Score`) say; null when they say nothing. Of fields with one name the topmost counts. Whoever
 * calls has seen to it that a trusted server wrote them.
 */
export function readSpamFields(fields: readonly SpamField[]): FilterFindings | null {
  const values = new Map<string, string>();
  for (const { name, value } of fields) {
    const known = name.toLowerCase();
    if (fieldNames.has(known) && !values.has(known)) {
      values.set(
        known,
        value
          .slice(0, maxCharacters)
          .replace(/[\s\0]+/g, ' ')
          .trim(),
      );
    }
  }
  if (values.size === 0) return null;
  const isRspamd = [...values.keys()].some(name => /spamd|^x-spam-action$/.test(name));
  const filter = isRspamd ? 'rspamd' : 'spamassassin';
  const said = readings.map(read => read(values)).find(found => found !== null);
  return said ? findingsOf(filter, said) : null;
}

/** A longer field is read so far. */
const maxCharacters = 8192;

type Values = ReadonlyMap<string, string>;

/** What one field says. */
interface Said {
  /** Null: only whether it is spam. */
  readonly score: number | null;
  readonly required: number | null;
  readonly isSpam: boolean | null;
  readonly symbols: readonly string[];
}

/** From what says most to what says least; the first that says anything counts. */
const readings: readonly ((values: Values) => Said | null)[] = [
  values => rspamdResult(values.get('x-spamd-result')),
  values => status(values.get('x-spam-status')),
  values => scoreAlone(values, ['x-rspamd-score', 'x-spam-score']),
  values => flagAlone(values),
  values => scoreOfMarks(values, ['x-spamd-bar', 'x-spam-level', 'x-spam-bar']),
];

const fieldNames: ReadonlySet<string> = new Set([
  ...['x-spamd-result', 'x-spamd-bar', 'x-rspamd-score', 'x-rspamd-action', 'x-spam'],
  ...['x-spam-action', 'x-spam-symbols'],
  ...['x-spam-status', 'x-spam-flag', 'x-spam-score', 'x-spam-level', 'x-spam-bar'],
]);

/** Of any number of digits. */
const number = String.raw`([-+]?(?:\d+(?:\.\d*)?|\.\d+))`;

/** `default: False [-2.10 / 15.00]; BAYES_HAM(-3.00)[99.99%]; ...`: behind the slash is where it would refuse. */
function rspamdResult(value: string | undefined): Said | null {
  const found = new RegExp(
    String.raw`^[\w.-]{1,100}: (True|False) \[ ?${number} ?/ ?${number} ?\]`,
    'i',
  ).exec(value ?? '');
  if (!found) return null;
  const rejectAt = numberOf(found[3]);
  return {
    score: numberOf(found[2]),
    required: rejectAt === null ? null : rejectAt * markShare,
    // "True" is said of what would be refused: less may be marked, and be spam.
    isSpam: /true/i.test(found[1] ?? '') ? true : null,
    symbols: symbolsIn((value ?? '').slice(found[0].length), /(?:^|[;\s])([A-Z][A-Z0-9_]{1,99})\(/g),
  };
}

/** `Yes, score=15.3 required=5.0 tests=BAYES_99,HTML_MESSAGE autolearn=no`; amavis: `tests=[BAYES_00=-1.9, ...]`. */
function status(value: string | undefined): Said | null {
  const word = /^(yes|no)\b/i.exec(value ?? '')?.[1]?.toLowerCase();
  if (value === undefined || !word) return null;
  const part = (names: string) =>
    numberOf(new RegExp(String.raw`(?:^|[\s,])(?:${names}) ?= ?${number}(?![\d.])`, 'i').exec(value)?.[1]);
  const tests = /\btests ?= ?\[?([^\]]*)/i.exec(value)?.[1]?.split(/ [a-z_]+=/)[0] ?? '';
  return {
    score: part('score|hits'),
    required: part('required|required_hits'),
    isSpam: word === 'yes',
    symbols: symbolsIn(tests, /(?:^|[,\s])([A-Z][A-Z0-9_]{1,99})/g),
  };
}

/**
 * A score without a threshold, `8.40`, is on the scale of the filter as it comes; `8.40 / 15.00` of rspamc names where Rspamd
 * would refuse. A flag beside it says what it came to.
 */
function scoreAlone(values: Values, names: readonly string[]): Said | null {
  const pattern = new RegExp(String.raw`^${number}(?![\d.])(?: ?/ ?${number}(?![\d.]))?`);
  const found = names.map(name => pattern.exec(values.get(name) ?? '')).find(match => match !== null);
  if (!found) return null;
  const rejectAt = numberOf(found[2]);
  return {
    score: numberOf(found[1]),
    required: rejectAt === null ? null : rejectAt * markShare,
    isSpam: flagOf(values),
    symbols: symbolsIn(values.get('x-spam-symbols') ?? '', /(?:^|[,\s])([A-Z][A-Z0-9_]{1,99})/g),
  };
}

function flagAlone(values: Values): Said | null {
  const isSpam = flagOf(values);
  return isSpam === null ? null : { score: null, required: null, isSpam, symbols: [] };
}

/** Of Rspamd's actions, `greylist` and `no action` let a message in as it is; `soft reject` says nothing of it. */
function flagOf(values: Values): boolean | null {
  const action = values.get('x-rspamd-action') ?? values.get('x-spam-action') ?? '';
  if (/^(?:add header|rewrite subject|reject)\b/i.test(action)) return true;
  const word = /^(?:(yes|true)|no|false)\b/i.exec(values.get('x-spam-flag') ?? values.get('x-spam') ?? '');
  if (word) return word[1] !== undefined;
  return /^(?:no action|greylist)\b/i.test(action) ? false : null;
}

/** `+++++` or `*****`, one for each point, `---` below 0, `/` for none. */
function scoreOfMarks(values: Values, names: readonly string[]): Said | null {
  const marks = names
    .map(name => /^(?:\++|\*+|(-+)|\/)/.exec(values.get(name) ?? ''))
    .find(found => found !== null);
  if (!marks) return null;
  const points = marks[0] === '/' ? 0 : marks[0].length;
  return { score: marks[1] ? -points : points, required: null, isSpam: null, symbols: [] };
}

function symbolsIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].slice(0, maxSymbols).flatMap(([, name]) => (name ? [name] : []));
}

/** No filter's score is larger. */
const largest = 1e6;

function numberOf(text: string | undefined): number | null {
  return text === undefined ? null : Math.max(-largest, Math.min(largest, Number(text)));
}

/** Thresholds of filters as they come. */
const usual = { spamassassin: 5, rspamd: 6 } as const;

/** Its word counts more than its number: shortcuts and lists of senders decide without one. */
function findingsOf(filter: FilterFindings['filter'], said: Said): FilterFindings | null {
  const { isSpam, symbols } = said;
  const required = said.required !== null && said.required > 0 ? said.required : null;
  // A threshold that is no middle of a scale leaves only the word.
  const isScale = said.score !== null && (said.required === null || required !== null);
  if (!isScale) return isSpam === null ? null : { filter, score: isSpam ? 1 : 0, required: 1, symbols };
  const threshold = required ?? usual[filter];
  const score = said.score ?? 0;
  if (isSpam === null) return { filter, score, required: threshold, symbols };
  return {
    filter,
    score: isSpam ? Math.max(score, threshold) : Math.min(score, threshold),
    required: threshold,
    symbols,
  };
}
