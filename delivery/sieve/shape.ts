/** A place in a script, both from 1; columns count UTF-16 code units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with a script, in words for its author. */
export interface ScriptFault extends Place {
  readonly text: string;
}

/** A reference inside a string (RFC 5229 §3): a variable by its lower-case name, or a piece of the last match. */
export type Reference = { readonly variable: string } | { readonly match: number };

/** A string as it is used: text and references, joined when the script runs. */
export interface Template {
  /** The whole string where nothing in it depends on a run, else null. */
  readonly constant: string | null;
  readonly parts: readonly (string | Reference)[];
}

/** A checked argument. */
export type Value = number | readonly Template[];

/** A checked command or test with its arguments by name and place. */
export interface Clause extends Place {
  /** Lower-case. */
  readonly name: string;
  /** Given tags by their lower-case names without the colon; null for a tag that takes no value. */
  readonly tags: ReadonlyMap<string, Value | null>;
  /** Positional arguments; a place is undefined where an optional one was left out. */
  readonly positional: readonly (Value | undefined)[];
  readonly tests: readonly Clause[];
  readonly block: readonly Clause[];
}

/** A script that keeps every rule of RFC 5228 and of the extensions that it requires. */
export interface Script {
  readonly clauses: readonly Clause[];
  /** What it requires. */
  readonly extensions: ReadonlySet<string>;
}

/** What a script decided, in its order; `line` is null for what it left to the implicit keep (RFC 5228 §2.10.2). */
export type ScriptAction =
  | { readonly kind: 'keep'; readonly flags: readonly string[]; readonly line: number | null }
  | {
      readonly kind: 'fileinto';
      readonly mailbox: string;
      /** A special-use attribute that is tried before the name (RFC 8579), null when none is given. */
      readonly specialUse: string | null;
      readonly create: boolean;
      readonly flags: readonly string[];
      readonly line: number;
    }
  | { readonly kind: 'discard'; readonly line: number };

/** One step of a run: a test with its result, or a command. */
export interface TraceStep {
  readonly line: number;
  readonly name: string;
  /** Of a test; null for a command. */
  readonly result: boolean | null;
}

/** How a run ended. */
export interface ScriptOutcome {
  /** Never empty: where nothing else was done, the implicit keep. */
  readonly actions: readonly ScriptAction[];
  /** Why the run ended early; then `actions` is the implicit keep alone. */
  readonly failure: { readonly line: number; readonly text: string } | null;
  /** The first steps, in their order. */
  readonly trace: readonly TraceStep[];
}
