import type { EmailFilter, SearchTerm } from '../store/query.ts';
import { foldWords } from './terms.ts';

type Field = SearchTerm['field'];

/** Bounds of a query: longer ones are cut, deeper parentheses ignored. */
const maxQuery = 2000;
const maxTerms = 64;
const maxDepth = 10;

const everything: EmailFilter = { all: [] };
const nothing: EmailFilter = { any: [] };

/** Names of fields in a query, English and French, folded. */
const fieldNames: Readonly<Record<string, Field>> = {
  from: 'originators',
  de: 'originators',
  to: 'destinations',
  cc: 'destinations',
  bcc: 'destinations',
  a: 'destinations',
  subject: 'subject',
  objet: 'subject',
  sujet: 'subject',
  body: 'body',
  corps: 'body',
  attachment: 'attachments',
  filename: 'attachments',
  fichier: 'attachments',
};

type Reader = (value: string, tagsNamed: TagsNamed) => EmailFilter | null;

/** Ids of the owner's tags that have this name, folded by `foldName`. */
export type TagsNamed = (name: string) => readonly string[];

/** Names of the tags that everybody has, which are their ids, English and French, folded. */
const systemTags: Readonly<Record<string, string>> = {
  inbox: 'inbox',
  reception: 'inbox',
  archive: 'archive',
  archives: 'archive',
  drafts: 'drafts',
  brouillons: 'drafts',
  sent: 'sent',
  envoyes: 'sent',
  junk: 'junk',
  spam: 'junk',
  indesirables: 'junk',
  trash: 'trash',
  corbeille: 'trash',
};

const states: Readonly<Record<string, EmailFilter>> = {
  unread: { noKeyword: '$seen' },
  read: { keyword: '$seen' },
  flagged: { keyword: '$flagged' },
  starred: { keyword: '$flagged' },
  answered: { keyword: '$answered' },
  forwarded: { keyword: '$forwarded' },
  draft: { keyword: '$draft' },
  sealed: { sealed: true },
  lu: { keyword: '$seen' },
  'non-lu': { noKeyword: '$seen' },
  suivi: { keyword: '$flagged' },
  ...automatic({ list: 'liste', notification: '', receipt: 'recu', invitation: '' }),
  ...automatic({ social: '', newsletter: 'lettre', travel: 'voyage' }),
};

/** Tags by structure (`delivery/tags/kinds`) with their French names. */
function automatic(names: Readonly<Record<string, string>>): Record<string, EmailFilter> {
  const rows = Object.entries(names).flatMap(([kind, french]) =>
    [kind, french].filter(Boolean).map(name => [name, { keyword: `auto-${kind}` }] as const),
  );
  return Object.fromEntries(rows);
}

/** Conditions that are no words of the message; null: the value is not understood and is looked for as text. */
const conditions: Readonly<Record<string, Reader>> = {
  has: value =>
    ['attachment', 'attachments', 'piece-jointe'].includes(value) ? { hasAttachment: true } : null,
  is: value => (Object.hasOwn(states, value) ? (states[value] ?? null) : null),
  before: value => withDay(value, start => ({ before: start })),
  avant: value => withDay(value, start => ({ before: start })),
  after: value => withDay(value, start => ({ after: start })),
  since: value => withDay(value, start => ({ after: start })),
  apres: value => withDay(value, start => ({ after: start })),
  on: value => withDay(value, (start, end) => ({ all: [{ after: start }, { before: end }] })),
  level: readLevel,
  niveau: readLevel,
  larger: value => withSize(value, minSizeOctets => ({ minSizeOctets })),
  smaller: value => withSize(value, maxSizeOctets => ({ maxSizeOctets })),
  in: readTag,
  tag: readTag,
  dans: readTag,
  etiquette: readTag,
  keyword: value => ({ keyword: value }),
  list: value => ({ fieldName: 'List-Id', contains: value }),
};

/**
 * What the owner typed into the search field: words (all must be there), `"phrases"`, `prefix*`, `from:` `to:`
 * `subject:` `body:` `attachment:`, `has:attachment`, `is:unread`, `before:2026-01-31`, `after:2026`, `level:A`,
 * `larger:1M`, `in:inbox`, `-negation`, `OR`, parentheses. Never throws: what makes no sense as syntax is looked for as
 * text. Null when nothing is asked.
 */
export function parseQuery(text: string, tagsNamed: TagsNamed = () => []): EmailFilter | null {
  const reader = new QueryReader(tokenize(text.slice(0, maxQuery)), tagsNamed);
  const filters: EmailFilter[] = [];
  while (!reader.isAtEnd()) {
    const filter = reader.readAny(0);
    if (filter) filters.push(filter);
  }
  return joined('all', filters);
}

/**
 * A text condition of RFC 8621 §4.4.1: words that must all be there, phrases in `"` or `'` with backslash escapes,
 * a final `*` for a prefix. A text without any word finds nothing, the empty text everything.
 */
export function termsOf(field: Field | 'from' | 'to' | 'cc' | 'bcc' | 'text', text: string): EmailFilter {
  if (text.trim() === '') return everything;
  const searched = field === 'text' ? 'any' : (fieldNames[field] ?? (field as Field));
  const filters: EmailFilter[] = [];
  for (const [, double, single, bare] of text
    .slice(0, maxQuery)
    .matchAll(/"((?:[^"\\]|\\.)*)"?|(?<!\S)'((?:[^'\\]|\\.)*)'(?!\S)|([^\s"]+)/gs)) {
    if (filters.length >= maxTerms) break;
    const phrase = double ?? single;
    const filter =
      phrase === undefined ? termOf(searched, bare ?? '') : phraseOf(searched, withoutEscapes(phrase));
    if (filter) filters.push(filter);
  }
  // Who got it as a copy stands among the destinations; that there is such a field at all narrows it down.
  if ((field === 'cc' || field === 'bcc') && filters.length > 0) filters.push({ fieldName: field });
  return joined('all', filters) ?? nothing;
}

interface Token {
  readonly kind: 'open' | 'close' | 'or' | 'not' | 'term';
  /** Folded name before the colon, null when there is none. */
  readonly name: string | null;
  readonly value: string;
  readonly isPhrase: boolean;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /([()])|(-)(?=[^\s-])|(?:([\p{L}]{1,20}):(?=[^\s)]))?(?:"([^"]*)"?|([^\s()"]+))/gu;
  for (const [whole, parenthesis, minus, name, phrase, word] of text.matchAll(pattern)) {
    if (tokens.length >= maxTerms * 4) break;
    if (parenthesis) tokens.push(mark(parenthesis === '(' ? 'open' : 'close'));
    else if (minus) tokens.push(mark('not'));
    else if (whole === 'OR' || whole === 'OU') tokens.push(mark('or'));
    else if (whole === 'NOT' || whole === 'SAUF') tokens.push(mark('not'));
    else if (whole !== 'AND' && whole !== 'ET') {
      tokens.push({
        kind: 'term',
        name: name ? foldWords(name).join('') : null,
        value: phrase ?? word ?? '',
        isPhrase: phrase !== undefined,
      });
    }
  }
  return tokens;
}

function mark(kind: Token['kind']): Token {
  return { kind, name: null, value: '', isPhrase: false };
}

/** Reads `a b OR c -d (e f)`: OR binds what stands directly beside it, as search fields have it. */
class QueryReader {
  readonly #tokens: readonly Token[];
  readonly #tagsNamed: TagsNamed;
  #position = 0;
  #terms = 0;

  constructor(tokens: readonly Token[], tagsNamed: TagsNamed) {
    this.#tokens = tokens;
    this.#tagsNamed = tagsNamed;
  }

  isAtEnd(): boolean {
    return this.#position >= this.#tokens.length;
  }

  /** Alternatives joined by OR. */
  readAny(depth: number): EmailFilter | null {
    const filters: EmailFilter[] = [];
    for (;;) {
      const filter = this.#readOne(depth);
      if (filter) filters.push(filter);
      if (this.#tokens[this.#position]?.kind !== 'or') return joined('any', filters);
      this.#position++;
    }
  }

  #readOne(depth: number): EmailFilter | null {
    const token = this.#tokens[this.#position];
    if (!token || token.kind === 'or') return null;
    this.#position++;
    if (token.kind === 'not') return negated(this.#readOne(depth));
    if (token.kind === 'open') return depth < maxDepth ? this.#readGroup(depth + 1) : null;
    if (token.kind === 'close' || ++this.#terms > maxTerms) return null;
    return filterOf(token, this.#tagsNamed);
  }

  #readGroup(depth: number): EmailFilter | null {
    const filters: EmailFilter[] = [];
    while (!this.isAtEnd() && this.#tokens[this.#position]?.kind !== 'close') {
      const filter = this.readAny(depth);
      if (filter) filters.push(filter);
    }
    this.#position++;
    return joined('all', filters);
  }
}

function negated(filter: EmailFilter | null): EmailFilter | null {
  return filter && { none: [filter] };
}

function joined(kind: 'all' | 'any', filters: readonly EmailFilter[]): EmailFilter | null {
  const [only] = filters;
  if (!only) return null;
  if (filters.length === 1) return only;
  return kind === 'all' ? { all: filters } : { any: filters };
}

function filterOf({ name, value, isPhrase }: Token, tagsNamed: TagsNamed): EmailFilter | null {
  const read = name !== null && Object.hasOwn(conditions, name) ? conditions[name] : undefined;
  const condition = read?.(foldName(value), tagsNamed);
  if (condition) return condition;
  const field = name !== null && Object.hasOwn(fieldNames, name) ? fieldNames[name] : undefined;
  // `http://…`, `note:todo`: no field of ours, so all of it is text.
  const text = name === null || field || read ? value : `${name} ${value}`;
  return isPhrase ? phraseOf(field ?? 'any', text) : termOf(field ?? 'any', text);
}

/** Lower case without accents. */
export function foldName(name: string): string {
  return name.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
}

function readTag(value: string, tagsNamed: TagsNamed): EmailFilter | null {
  const system = Object.hasOwn(systemTags, value) ? systemTags[value] : undefined;
  const ids = new Set([...(system === undefined ? [] : [system]), ...tagsNamed(value)]);
  return joined(
    'any',
    [...ids].map(tag => ({ tag })),
  );
}

function phraseOf(field: Field, text: string): EmailFilter | null {
  const words = foldWords(text);
  return words.length === 0 ? null : { search: { field, words, prefix: isLoneCharacter(words) } };
}

function termOf(field: Field, text: string): EmailFilter | null {
  const words = foldWords(text);
  const prefix = /[^*]\*+$/.test(text) || isLoneCharacter(words);
  return words.length === 0 ? null : { search: { field, words, prefix } };
}

/** One character of an unspaced script begins the pairs that it is part of. */
function isLoneCharacter(words: readonly string[]): boolean {
  const last = words.at(-1) ?? '';
  return (
    words.length === 1 &&
    /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]$/u.test(last)
  );
}

function withoutEscapes(text: string): string {
  return text.replace(/\\(.)/gs, '$1');
}

/** A year, a month or a day, as its first instant and the first one behind it (UTC). */
function withDay(value: string, make: (start: Date, end: Date) => EmailFilter): EmailFilter | null {
  const match = /^(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?$/.exec(value);
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1)];
  if (month < 1 || month > 12 || day < 1 || day > 31) return null;
  const start = new Date(Date.UTC(year, month - 1, day));
  const end = match[3]
    ? Date.UTC(year, month - 1, day + 1)
    : match[2]
      ? Date.UTC(year, month, 1)
      : Date.UTC(year + 1, 0, 1);
  return make(start, new Date(end));
}

type Level = Extract<EmailFilter, { readonly level: unknown }>['level'];

function readLevel(value: string): EmailFilter | null {
  return /^[a-e]$/.test(value) ? { level: value.toUpperCase() as Level } : null;
}

const units: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1_048_576, g: 1_073_741_824 };

function withSize(value: string, make: (octets: number) => EmailFilter): EmailFilter | null {
  const match = /^(\d{1,12})(k|m|g)?[bo]?$/.exec(value);
  return match ? make(Number(match[1]) * (units[match[2] ?? ''] ?? 1)) : null;
}
