import { quoted, SyntaxFault } from './fault.ts';
import type { Place } from './shape.ts';

export type TokenKind = 'identifier' | 'tag' | 'number' | 'string' | 'mark' | 'end';

/** A token (RFC 5228 §8.1). */
export interface Token extends Place {
  readonly kind: TokenKind;
  /** Identifiers and tags lower-case, tags without the colon; the content of a string; empty for numbers. */
  readonly text: string;
  /** Of a number with its quantifier applied, else 0. */
  readonly value: number;
}

interface Row {
  /** Sticky, and linear in what it passes over. */
  readonly pattern: RegExp;
  /** Null for what has no meaning. */
  read(found: string, place: Place): Pick<Token, 'kind' | 'text'> & { value?: number };
}

const quantifiers: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

const blanks: readonly RegExp[] = [/[ \t\r\n]+/y, /#[^\n]*/y, /\/\*[\s\S]*?\*\//y];

const rows: readonly Row[] = [
  { pattern: /[A-Za-z_][A-Za-z0-9_]*/y, read: found => ({ kind: 'identifier', text: found.toLowerCase() }) },
  {
    pattern: /:[A-Za-z_][A-Za-z0-9_]*/y,
    read: found => ({ kind: 'tag', text: found.slice(1).toLowerCase() }),
  },
  {
    pattern: /[0-9]+[KMGkmg]?/y,
    read: (found, place) => ({ kind: 'number', text: '', value: numberOf(found, place) }),
  },
  { pattern: /"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y, read: found => ({ kind: 'string', text: unquote(found) }) },
  { pattern: /[;,(){}[\]]/y, read: found => ({ kind: 'mark', text: found }) },
];

/** `text:` up to its line's end, behind which a multi-line string begins. */
const multiLineStart = /text:[ \t]*(?:#[^\n]*)?\r?\n/iy;

/** The tokens of a script, an `end` last. Throws `SyntaxFault` where none can begin. Linear in the script's length. */
export function tokensOf(script: string): Token[] {
  const nul = script.indexOf('\0');
  if (nul !== -1) {
    const before = script.slice(0, nul);
    const place = { line: before.split('\n').length, column: nul - before.lastIndexOf('\n') };
    throw new SyntaxFault(place, 'a script holds no NUL');
  }
  const reader = new TokenReader(script);
  const tokens: Token[] = [];
  for (;;) {
    const token = reader.next();
    tokens.push(token);
    if (token.kind === 'end') return tokens;
  }
}

class TokenReader {
  readonly #script: string;
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(script: string) {
    this.#script = script;
  }

  next(): Token {
    while (blanks.some(pattern => this.#take(pattern) !== null));
    const place = { line: this.#line, column: this.#at - this.#lineStart + 1 };
    if (this.#at >= this.#script.length) return { kind: 'end', text: '', value: 0, ...place };
    if (this.#take(multiLineStart) !== null) {
      return { kind: 'string', text: this.#multiLine(place), value: 0, ...place };
    }
    for (const { pattern, read } of rows) {
      const found = this.#take(pattern);
      if (found !== null) return { value: 0, ...read(found, place), ...place };
    }
    throw new SyntaxFault(place, whyNone(this.#script, this.#at));
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#script)?.[0] ?? null;
    if (found !== null) this.#pass(found.length);
    return found;
  }

  #pass(length: number): void {
    const end = this.#at + length;
    for (let at = this.#script.indexOf('\n', this.#at); at !== -1 && at < end; ) {
      this.#line++;
      this.#lineStart = at + 1;
      at = this.#script.indexOf('\n', at + 1);
    }
    this.#at = end;
  }

  /** The lines up to one that is a lone dot (RFC 5228 §2.4.2), dots unstuffed, line ends CRLF. */
  #multiLine(place: Place): string {
    const lines: string[] = [];
    for (;;) {
      const end = this.#script.indexOf('\n', this.#at);
      if (end === -1)
        throw new SyntaxFault(place, 'this multi-line string has no line with a lone dot behind it');
      const line = this.#script.slice(this.#at, end).replace(/\r$/, '');
      this.#pass(end + 1 - this.#at);
      if (line === '.') return lines.map(each => `${each}\r\n`).join('');
      lines.push(line.startsWith('..') ? line.slice(1) : line);
    }
  }
}

function whyNone(script: string, at: number): string {
  if (script[at] === '"') return 'this string has no end';
  if (script.startsWith('/*', at)) return 'this comment has no end';
  return `unexpected ${quoted(String.fromCodePoint(script.codePointAt(at) ?? 0))}`;
}

function numberOf(found: string, place: Place): number {
  const quantifier = quantifiers[found.slice(-1).toLowerCase()];
  const value = Number.parseInt(found, 10) * (quantifier ?? 1);
  if (!Number.isSafeInteger(value)) throw new SyntaxFault(place, 'this number is too large');
  return value;
}

/** A backslash stands for what is behind it (RFC 5228 §2.4.2); line ends become CRLF. */
function unquote(found: string): string {
  return found
    .slice(1, -1)
    .replace(/\\([\s\S])/g, '$1')
    .replace(/\r?\n/g, '\r\n');
}
