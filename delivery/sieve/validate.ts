import { checks } from './checks.ts';
import { extensions as known, whyNot } from './extensions.ts';
import { faultAt, quoted } from './fault.ts';
import type { Argument, RawClause } from './grammar.ts';
import { scriptLimits } from './limits.ts';
import type { Clause, Place, ScriptFault, Value } from './shape.ts';
import {
  commandSignatures,
  type Signature,
  type TagRow,
  testSignatures,
  type ValueKind,
} from './signatures.ts';
import { templateOf } from './template.ts';

/** Commands by their grammar alone, made into checked ones; with every fault that was found. */
export function validate(raw: readonly RawClause[]): {
  clauses: Clause[];
  extensions: ReadonlySet<string>;
  faults: ScriptFault[];
} {
  const validator = new Validator();
  const clauses = validator.commands(raw, true);
  return { clauses, extensions: validator.extensions, faults: validator.faults };
}

/** What follows of a capability without being named. */
const implied: Readonly<Record<string, readonly string[]>> = { spamtestplus: ['spamtest'] };

class Validator {
  readonly extensions = new Set<string>();
  readonly faults: ScriptFault[] = [];

  commands(raw: readonly RawClause[], isTop: boolean): Clause[] {
    let mayRequire = isTop;
    let before: string | null = null;
    const clauses: Clause[] = [];
    for (const command of raw) {
      const { name } = command;
      if (name !== 'require') mayRequire = false;
      else if (!mayRequire)
        this.#fault(command, 'require stands at the beginning of a script, before all else');
      if ((name === 'elsif' || name === 'else') && before !== 'if' && before !== 'elsif') {
        this.#fault(command, `${name} stands behind if or elsif`);
      }
      const clause = this.#command(command);
      if (clause && name === 'require') this.#require(command);
      else if (clause) clauses.push(clause);
      before = name;
    }
    return clauses;
  }

  #command(raw: RawClause): Clause | null {
    const signature = own(commandSignatures, raw.name);
    if (!signature) {
      const why = own(testSignatures, raw.name) ? 'is a test, not a command' : 'is not a command';
      this.#fault(raw, `${quoted(raw.name)} ${why}`);
      return null;
    }
    if (signature.hasBlock && raw.block === null)
      this.#fault(raw, `${raw.name} needs a block in "{" and "}"`);
    if (!signature.hasBlock && raw.block !== null) this.#fault(raw, `${raw.name} takes no block`);
    return this.#clause(raw, signature);
  }

  #test(raw: RawClause): Clause | null {
    const signature = own(testSignatures, raw.name);
    if (signature) return this.#clause(raw, signature);
    const why = own(commandSignatures, raw.name) ? 'is a command, not a test' : 'is not a test';
    this.#fault(raw, `${quoted(raw.name)} ${why}`);
    return null;
  }

  #clause(raw: RawClause, signature: Signature): Clause {
    const { name, line, column } = raw;
    this.#need(raw, signature.extension, name);
    const clause: Clause = {
      ...{ name, line, column },
      ...this.#bind(raw, signature),
      tests: this.#tests(raw, signature),
      block: this.commands(raw.block ?? [], false),
    };
    for (const group of signature.required ?? []) {
      const names = Object.keys(signature.tags).filter(tag => signature.tags[tag]?.group === group);
      if (!names.some(tag => clause.tags.has(tag))) {
        this.#fault(raw, `${name} needs ${names.map(tag => `:${tag}`).join(' or ')}`);
      }
    }
    for (const check of checks[name] ?? []) {
      for (const text of check(clause, this.extensions)) this.#fault(raw, text);
    }
    return clause;
  }

  #tests(raw: RawClause, { tests }: Signature): Clause[] {
    const { name, isTestList } = raw;
    if (tests === 'none' && raw.tests.length > 0) this.#fault(raw, `${name} takes no test`);
    if (tests === 'one' && (raw.tests.length !== 1 || isTestList)) this.#fault(raw, `${name} takes one test`);
    if (tests === 'list' && !isTestList) this.#fault(raw, `${name} takes a list of tests in "(" and ")"`);
    return raw.tests.flatMap(test => this.#test(test) ?? []);
  }

  #bind(raw: RawClause, signature: Signature): Pick<Clause, 'tags' | 'positional'> {
    const tags = new Map<string, Value | null>();
    const groups = new Map<string, string>();
    let next = 0;
    while (raw.arguments[next]?.kind === 'tag') {
      const tag = raw.arguments[next++];
      if (tag?.kind !== 'tag') break;
      const row = own(signature.tags, tag.name);
      if (!row) {
        this.#fault(tag, `${raw.name} has no tag :${tag.name}`);
        continue;
      }
      const other = groups.get(row.group);
      if (other !== undefined) this.#fault(tag, `:${tag.name} can't stand beside :${other}`);
      groups.set(row.group, tag.name);
      this.#need(tag, row.extension, `:${tag.name}`);
      tags.set(tag.name, row.value ? this.#tagValue(tag, row, raw.arguments[next++]) : null);
    }
    return { tags, positional: this.#positional(raw, signature, raw.arguments.slice(next)) };
  }

  #tagValue(tag: Place & { name: string }, row: TagRow, argument: Argument | undefined): Value | null {
    const value = this.#value(argument, row.value ?? 'string');
    if (value === null)
      this.#fault(argument ?? tag, `:${tag.name} takes ${kindWords[row.value ?? 'string']}`);
    else if (row.isConstant && typeof value === 'object' && value.some(({ constant }) => constant === null)) {
      this.#fault(argument ?? tag, `:${tag.name} takes no variables`);
    }
    return value;
  }

  #positional(raw: RawClause, signature: Signature, given: readonly Argument[]): (Value | undefined)[] {
    const { positional, optional } = signature;
    const misplaced = given.find(argument => argument.kind === 'tag');
    if (misplaced?.kind === 'tag') {
      this.#fault(misplaced, `:${misplaced.name} stands before the arguments without tags`);
      return [];
    }
    const isLeftOut = optional !== undefined && given.length === positional.length;
    const kinds = optional && !isLeftOut ? [optional, ...positional] : positional;
    if (given.length !== kinds.length) {
      this.#fault(raw, `${raw.name} takes ${countWords(signature)}, found ${given.length}`);
      return [];
    }
    const values = kinds.map((kind, place) => {
      const value = this.#value(given[place], kind);
      if (value === null) this.#fault(given[place] ?? raw, `${raw.name} takes ${kindWords[kind]} here`);
      return value ?? undefined;
    });
    return isLeftOut ? [undefined, ...values] : values;
  }

  #value(argument: Argument | undefined, kind: ValueKind): Value | null {
    if (!argument || argument.kind === 'tag') return null;
    if (argument.kind === 'number') return kind === 'number' ? argument.value : null;
    if (kind === 'number' || (kind === 'string' && argument.isList)) return null;
    return argument.values.map(written => {
      const { template, fault } = templateOf(written, this.extensions);
      if (fault !== null) this.#fault(argument, fault);
      return template;
    });
  }

  #need(place: Place, extension: string | undefined, what: string): void {
    if (extension === undefined || this.extensions.has(extension)) return;
    this.#fault(place, `${what} needs require "${extension}"`);
  }

  /** Capabilities stand as they are written: no extension is on yet that could change them. */
  #require(raw: RawClause): void {
    for (const argument of raw.arguments) {
      for (const name of argument.kind === 'strings' ? argument.values : []) {
        if (!known.has(name)) {
          this.#fault(argument, `the extension ${quoted(name)} is not there${whyNot(name)}`);
        }
        // Also where it is not there: what would follow of that alone is no further fault.
        this.extensions.add(name);
        for (const each of own(implied, name) ?? []) this.extensions.add(each);
      }
    }
  }

  #fault(place: Place, text: string): void {
    if (this.faults.length < scriptLimits.faults) this.faults.push(faultAt(place, text));
  }
}

const kindWords: Readonly<Record<ValueKind, string>> = {
  string: 'one string',
  strings: 'a string or a list of strings',
  number: 'a number',
};

function countWords({ positional, optional }: Signature): string {
  const most = positional.length + (optional ? 1 : 0);
  const count = optional ? `${positional.length} or ${most}` : `${most || 'no'}`;
  return `${count} argument${most === 1 ? '' : 's'} without tags`;
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
