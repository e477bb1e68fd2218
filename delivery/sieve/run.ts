import type { HeaderField, Message } from '../message/shape.ts';
import { lowerAscii } from './comparators.ts';
import { scriptLimits } from './limits.ts';
import type { Script, ScriptAction, Template, TraceStep, Value } from './shape.ts';

/** The message that a script decides on. */
export interface ScriptInput {
  readonly message: Message;
  /** Size of the message as it came, which `size` asks for. */
  readonly sizeOctets: number;
  readonly envelope: {
    /** Without angle brackets, empty for the null reverse-path. */
    readonly reversePath: string;
    /** Of the owner whose script it is; null where nobody is named. */
    readonly forwardPath: string | null;
  };
}

/** What a script may know besides the message. */
export interface ScriptContext {
  readonly now: Date;
  /** Minutes east of UTC of the server's own zone at that time. */
  readonly localOffsetMinutes: (at: Date) => number;
  /** Whether `fileinto` of this name files into a mailbox that is there. */
  readonly mailboxExists: (name: string) => boolean;
  /** Whether the mailbox, or any with null, has this special use (RFC 6154), such as `\Junk`. */
  readonly hasSpecialUse: (name: string | null, attribute: string) => boolean;
  /** 0..1; null where the message was not judged. */
  readonly spamProbability: number | null;
  /** Items of RFC 5183 by their lower-case names; one that is left out is unknown. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Why a run can't go on. */
export const runFailures = {
  work: 'the script takes too long on this message',
  actions: `more than ${scriptLimits.actions} actions`,
  variables: `more than ${scriptLimits.variables} variables`,
  length: 'a string with its variables is too long',
  mailbox: 'fileinto names no mailbox',
  tags: 'the tags could not be read',
  broken: 'the script could not be run',
} as const;

/** Work of holding one item of a list, whatever its length: it takes memory. */
export const itemWork = 20;

/** Thrown where a run can't go on; `runScript` makes it the implicit keep. */
export class RunFailure extends Error {
  constructor(why: keyof typeof runFailures) {
    super(runFailures[why]);
    this.name = 'RunFailure';
  }
}

/** One run of a script: what it has set, decided and spent. */
export class Run {
  readonly input: ScriptInput;
  readonly context: ScriptContext;
  readonly actions: ScriptAction[] = [];
  readonly trace: TraceStep[] = [];
  /** The internal variable of RFC 5232 §2. */
  flags: readonly string[] = [];
  /** True until an action cancels the implicit keep (RFC 5228 §2.10.2). */
  keepsImplicitly = true;
  isStopped = false;
  /** Of the clause that runs. */
  line = 1;
  readonly #knowsVariables: boolean;
  readonly #variables = new Map<string, string>();
  #matches: readonly string[] = [];
  #work = 0;
  #fields: ReadonlyMap<string, readonly HeaderField[]> | null = null;
  readonly #bodies = new Map<string, readonly string[]>();
  readonly #readings = new Map<(value: string) => unknown, Map<HeaderField, unknown>>();

  constructor(script: Script, input: ScriptInput, context: ScriptContext) {
    this.#knowsVariables = script.extensions.has('variables');
    this.input = input;
    this.context = context;
  }

  /** Notes how many characters are looked at. Throws `RunFailure` when the run has had its share. */
  spend(work: number): void {
    this.#work += work;
    if (this.#work > scriptLimits.work) throw new RunFailure('work');
  }

  step(step: Omit<TraceStep, 'line'>, line: number): void {
    if (this.trace.length < scriptLimits.trace) this.trace.push({ line, ...step });
  }

  act(action: ScriptAction): void {
    if (this.actions.length >= scriptLimits.actions) {
      throw new RunFailure('actions');
    }
    this.actions.push(action);
  }

  /** The strings of an argument with their references filled in; none where it was left out. */
  strings(value: Value | null | undefined): string[] {
    return typeof value === 'object' && value !== null ? value.map(template => this.#fill(template)) : [];
  }

  /** The first of them, empty where there is none. */
  string(value: Value | null | undefined): string {
    return this.strings(value)[0] ?? '';
  }

  #fill({ constant, parts }: Template): string {
    if (constant !== null) return constant;
    let text = '';
    for (const part of parts) {
      if (typeof part === 'string') text += part;
      else text += 'match' in part ? (this.#matches[part.match] ?? '') : this.variable(part.variable);
      if (text.length > scriptLimits.expandedLength) throw new RunFailure('length');
    }
    this.spend(text.length);
    return text;
  }

  /** Empty where it was never set. */
  variable(name: string): string {
    return this.#variables.get(lowerAscii(name)) ?? '';
  }

  setVariable(name: string, value: string): void {
    const key = lowerAscii(name);
    if (!this.#variables.has(key) && this.#variables.size >= scriptLimits.variables) {
      throw new RunFailure('variables');
    }
    this.#variables.set(key, cut(value));
  }

  /** What the last `:matches` that held has matched (RFC 5229 §3.2). */
  keepMatches(matches: readonly string[]): void {
    if (this.#knowsVariables) this.#matches = matches.slice(0, scriptLimits.matches).map(cut);
  }

  /** Header fields of that name, in the order of the header. */
  fieldsNamed(name: string): readonly HeaderField[] {
    this.#fields ??= Map.groupBy(this.input.message.root.fields, field => lowerAscii(field.name));
    const found = this.#fields.get(lowerAscii(name)) ?? [];
    this.spend(found.length * itemWork + 1);
    return found;
  }

  /** What `read` gives for a field's value; read once for a run, however many tests look at it. */
  reading<T>(field: HeaderField, read: (value: string) => T): T {
    const known = (this.#readings.get(read) ?? new Map()) as Map<HeaderField, T>;
    this.#readings.set(read, known);
    const found = known.get(field);
    if (found !== undefined) return found;
    this.spend(field.value.length);
    const fresh = read(field.value);
    known.set(field, fresh);
    return fresh;
  }

  /** Texts of the body by a name for how they are read; made once for a run. */
  bodies(key: string, read: () => readonly string[]): readonly string[] {
    const found = this.#bodies.get(key) ?? read();
    this.#bodies.set(key, found);
    return found;
  }
}

/** As much as a variable holds, no character cut in two. */
function cut(value: string): string {
  if (value.length <= scriptLimits.variableLength) return value;
  const text = value.slice(0, scriptLimits.variableLength);
  return text.isWellFormed() ? text : text.slice(0, -1);
}
