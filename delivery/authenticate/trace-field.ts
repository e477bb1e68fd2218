/** A Received field taken apart (RFC 5321 §4.4): its clauses by keyword, and the comments of each. */
export interface TraceField {
  readonly clauses: ReadonlyMap<string, TraceClause>;
  /** What follows the last semicolon outside comments; empty when there is none. */
  readonly date: string;
}

/** Words and comments of one clause, in order. */
export interface TraceClause {
  readonly words: readonly string[];
  /** Contents of the parentheses, without them; nested ones keep theirs. */
  readonly comments: readonly string[];
}

/**
 * Keywords that open a clause. `tls` is written by Exim and Haraka, `envelope-from` by both and by Dovecot;
 * the others are those of RFC 5321 §4.4. The text before the first keyword is kept under the empty name.
 */
const clauseWords: ReadonlySet<string> = new Set([
  'from',
  'by',
  'via',
  'with',
  'id',
  'for',
  'tls',
  'envelope-from',
]);

/** Longest field body that is read; no server writes a longer one. */
const maxCharacters = 4096;

type Token = { readonly kind: 'word' | 'comment' | 'semicolon'; readonly text: string };

/** Takes the body of a Received field apart. Never throws, in time linear to its length. */
export function readTraceField(value: string): TraceField {
  const tokens = tokenize(value.slice(0, maxCharacters));
  const lastSemicolon = tokens.findLastIndex(token => token.kind === 'semicolon');
  const body = lastSemicolon < 0 ? tokens : tokens.slice(0, lastSemicolon);
  const tail = lastSemicolon < 0 ? [] : tokens.slice(lastSemicolon + 1);
  const date = tail.filter(token => token.kind === 'word').map(token => token.text);
  return { clauses: splitClauses(body), date: date.join(' ') };
}

function splitClauses(tokens: readonly Token[]): Map<string, TraceClause> {
  let words: string[] = [];
  let comments: string[] = [];
  const clauses = new Map<string, TraceClause>([['', { words, comments }]]);
  for (const { kind, text } of tokens) {
    const keyword = text.toLowerCase();
    // The first of each keyword counts: a name such as `by` inside a later clause opens nothing, nor does the first
    // word of a clause, which is the peer's own HELO behind `from`.
    const isValue = clauses.size > 1 && words.length === 0;
    if (kind === 'word' && !isValue && clauseWords.has(keyword) && !clauses.has(keyword)) {
      words = [];
      comments = [];
      clauses.set(keyword, { words, comments });
    } else if (kind === 'word') words.push(text);
    else if (kind === 'comment') comments.push(text);
  }
  return clauses;
}

function tokenize(value: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < value.length) {
    const character = value[position] ?? '';
    let end = position + 1;
    if (character === '(') {
      end = commentEnd(value, position);
      const text = value.slice(position + 1, value[end - 1] === ')' ? end - 1 : end);
      tokens.push({ kind: 'comment', text: text.replace(/\s+/g, ' ').trim() });
    } else if (character === ';') {
      tokens.push({ kind: 'semicolon', text: ';' });
    } else if (!/\s/.test(character)) {
      end = wordEnd(value, position);
      tokens.push({ kind: 'word', text: value.slice(position, end) });
    }
    position = end;
  }
  return tokens;
}

function wordEnd(value: string, start: number): number {
  let end = start;
  while (end < value.length && !/[\s;(]/.test(value[end] ?? '')) end += 1;
  return Math.max(end, start + 1);
}

/** Offset behind the comment that opens at `start`; one that never closes ends at the next semicolon or the end. */
function commentEnd(value: string, start: number): number {
  let depth = 0;
  for (let at = start; at < value.length; at += 1) {
    const character = value[at];
    if (character === '\\') at += 1;
    else if (character === '(') depth += 1;
    else if (character === ')' && --depth === 0) return at + 1;
  }
  const semicolon = value.indexOf(';', start);
  return semicolon < 0 ? value.length : semicolon;
}
