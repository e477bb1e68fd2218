import { quoted, SyntaxFault } from './fault.ts';
import { scriptLimits } from './limits.ts';
import type { Place } from './shape.ts';
import { type Token, tokensOf } from './tokens.ts';

/** An argument as it is written (RFC 5228 §8.2). */
export type Argument = Place &
  (
    | { readonly kind: 'tag'; readonly name: string }
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'strings'; readonly values: readonly string[]; readonly isList: boolean }
  );

/** A command or a test as it is written: nothing is known of what its name means. */
export interface RawClause extends Place {
  readonly name: string;
  readonly arguments: readonly Argument[];
  readonly tests: readonly RawClause[];
  /** True when the tests stand in parentheses. */
  readonly isTestList: boolean;
  /** Null when a semicolon ends the command, and for tests. */
  readonly block: readonly RawClause[] | null;
}

/** The commands of a script by its grammar (RFC 5228 §8.2). Throws `SyntaxFault` at the first place that breaks it. */
export function clausesOf(script: string): RawClause[] {
  return new ClauseReader(tokensOf(script)).whole();
}

class ClauseReader {
  readonly #tokens: readonly Token[];
  #next = 0;
  #count = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): RawClause[] {
    const commands = this.#commands(0);
    if (this.#peek().kind !== 'end') throw unexpected(this.#peek(), 'a command');
    return commands;
  }

  #commands(depth: number): RawClause[] {
    const commands: RawClause[] = [];
    while (this.#peek().kind === 'identifier') commands.push(this.#command(depth));
    return commands;
  }

  #command(depth: number): RawClause {
    const { head, ...rest } = this.#head(depth);
    const { line, column, text: name } = head;
    if (this.#accept(';')) return { name, line, column, ...rest, block: null };
    if (!this.#accept('{')) throw unexpected(this.#peek(), '";" or "{"');
    checkDepth(depth + 1, head);
    const block = this.#commands(depth + 1);
    if (!this.#accept('}')) throw unexpected(this.#peek(), 'a command or "}"');
    return { name, line, column, ...rest, block };
  }

  #test(depth: number): RawClause {
    if (this.#peek().kind !== 'identifier') throw unexpected(this.#peek(), 'a test');
    checkDepth(depth, this.#peek());
    const { head, ...rest } = this.#head(depth);
    return { name: head.text, line: head.line, column: head.column, ...rest, block: null };
  }

  /** A name with its arguments and the tests behind them. */
  #head(depth: number): Pick<RawClause, 'arguments' | 'tests' | 'isTestList'> & { head: Token } {
    const head = this.#take();
    if (++this.#count > scriptLimits.clauses) {
      throw new SyntaxFault(head, `more than ${scriptLimits.clauses} commands and tests`);
    }
    return { head, arguments: this.#arguments(), ...this.#tests(depth + 1) };
  }

  #tests(depth: number): Pick<RawClause, 'tests' | 'isTestList'> {
    if (this.#peek().kind === 'identifier') return { tests: [this.#test(depth)], isTestList: false };
    if (!this.#accept('(')) return { tests: [], isTestList: false };
    const tests = [this.#test(depth)];
    while (this.#accept(',')) tests.push(this.#test(depth));
    if (!this.#accept(')')) throw unexpected(this.#peek(), '"," or ")"');
    return { tests, isTestList: true };
  }

  #arguments(): Argument[] {
    const found: Argument[] = [];
    for (;;) {
      const argument = this.#argument();
      if (!argument) return found;
      found.push(argument);
    }
  }

  #argument(): Argument | null {
    const token = this.#peek();
    const { line, column } = token;
    if (this.#accept('[')) {
      const values = [this.#string()];
      while (this.#accept(',')) values.push(this.#string());
      if (!this.#accept(']')) throw unexpected(this.#peek(), '"," or "]"');
      return { kind: 'strings', values, isList: true, line, column };
    }
    if (token.kind !== 'string' && token.kind !== 'number' && token.kind !== 'tag') return null;
    this.#next++;
    if (token.kind === 'number') return { kind: 'number', value: token.value, line, column };
    if (token.kind === 'tag') return { kind: 'tag', name: token.text, line, column };
    return { kind: 'strings', values: [token.text], isList: false, line, column };
  }

  #string(): string {
    const token = this.#take();
    if (token.kind !== 'string') throw unexpected(token, 'a string');
    return token.text;
  }

  #accept(mark: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'mark' || token.text !== mark) return false;
    this.#next++;
    return true;
  }

  #take(): Token {
    const token = this.#peek();
    if (token.kind !== 'end') this.#next++;
    return token;
  }

  #peek(): Token {
    const token = this.#tokens[this.#next];
    // The list ends with an `end`, which is never passed.
    if (!token) throw new Error('tokens without an end');
    return token;
  }
}

function checkDepth(depth: number, place: Place): void {
  if (depth <= scriptLimits.nesting) return;
  throw new SyntaxFault(place, `nested more than ${scriptLimits.nesting} deep`);
}

const kindWords = {
  identifier: '',
  tag: 'the tag ',
  number: 'a number',
  string: 'a string',
  mark: '',
} as const;

function unexpected(token: Token, wanted: string): SyntaxFault {
  if (token.kind === 'end') return new SyntaxFault(token, `the script ends where ${wanted} is due`);
  const word = token.kind === 'tag' ? `:${token.text}` : token.text;
  const found = token.kind === 'number' || token.kind === 'string' ? '' : quoted(word);
  return new SyntaxFault(token, `expected ${wanted}, found ${kindWords[token.kind]}${found}`);
}
