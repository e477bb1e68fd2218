import type { Part, Subject, Who } from './shape.ts';

/** The same words in both languages of the product, reading level B1. */
export interface Text {
  readonly fr: string;
  readonly en: string;
}

/** One word a fact may have: its points, its short name, and one sentence why. */
export interface WordValue {
  readonly points: number;
  readonly name: Text;
  readonly why: Text;
}

/** One sentence for full, some and no points; `{value}` is replaced by the value as people write it. */
export interface Whys {
  readonly yes: Text;
  readonly partly: Text;
  readonly no: Text;
}

/** How the value of a fact is written and what it is worth (PRIVACY-INDEX.md, "Given facts"). */
export type Scale =
  /** One of the words. */
  | { readonly kind: 'word'; readonly words: Readonly<Record<string, WordValue>> }
  /** 0..1, rounded half up to hundredths; worth that share of `of`. */
  | { readonly kind: 'share'; readonly of: number; readonly why: Whys }
  /** Index of others, an integer 0..100; worth that many hundredths of `of`. */
  | { readonly kind: 'index'; readonly of: number; readonly why: Whys }
  /** A count: the first band that reaches it gives the points (0 above all); or one of the words. */
  | {
      readonly kind: 'count';
      readonly bands: ReadonlyArray<{ readonly upTo: number; readonly points: number }>;
      readonly words: Readonly<Record<string, WordValue>>;
      readonly why: Whys;
    }
  /** An integer 0..`highest`, worth that share of `of`; or one of the words. */
  | {
      readonly kind: 'grade';
      readonly highest: number;
      readonly of: number;
      readonly words: Readonly<Record<string, WordValue>>;
      readonly why: Whys;
    }
  /** A list of words, each worth its points once. */
  | { readonly kind: 'set'; readonly words: Readonly<Record<string, WordValue>>; readonly why: Whys }
  /** True or false. */
  | { readonly kind: 'flag'; readonly of: number; readonly why: Omit<Whys, 'partly'> };

/** Where the evidence of a fact comes from when nothing else is said. */
export const sources = [
  'session',
  'relay',
  'trace',
  'authentication',
  'cryptography',
  'content',
  'contacts',
  'history',
  'custody',
  'store',
  'dns',
  'deliveries',
  'owner',
  'signIn',
  'settings',
  'device',
] as const;
export type Source = (typeof sources)[number];

/** One fact of a subject. Points stand here and nowhere else. */
export interface FactRow {
  readonly id: string;
  readonly part: Part;
  readonly name: Text;
  readonly source: Source;
  readonly scale: Scale;
  /** The sentence for a missing key or the word `unknown`. */
  readonly unknown: Text;
}

/** Holds when every named fact or flag has one of the values; `unknown` stands for a missing fact. */
export type Condition = Readonly<Record<string, readonly (string | boolean)[]>>;

/** A ceiling; the order of the table decides between equals. */
export interface CeilingRow {
  readonly id: string;
  readonly at: number;
  /** The * of the page: an unknown fact of the condition counts as met. */
  readonly holdsWhileUnknown: boolean;
  readonly when: Condition;
  readonly name: Text;
  readonly why: Text;
}

/** One value that a step sets; with `where` only while the fact has one of these values. */
export interface Setting {
  readonly fact: string;
  readonly to: string | number | boolean | readonly string[];
  readonly where?: readonly string[];
}

/** Something people can do. */
export interface StepRow {
  readonly id: string;
  readonly who: Who;
  readonly sets: readonly Setting[];
  /** Offered only when this holds; without it always. */
  readonly offered?: Condition;
  readonly name: Text;
  readonly why: Text;
}

/** Everything about one subject. */
export interface SubjectTable {
  readonly subject: Exclude<Subject, 'discussion'>;
  readonly name: Text;
  /** Weights of the parts in hundredths. */
  readonly weights: Readonly<Record<Part, number>>;
  readonly facts: readonly FactRow[];
  /** Ceilings that no fact implies: booleans under their own name, false when missing. */
  readonly flags: readonly string[];
  /** A flag that needs a fact to have a value, and what is wrong otherwise. */
  readonly needs: ReadonlyArray<{ readonly flag: string; readonly fact: string; readonly value: string }>;
  readonly ceilings: readonly CeilingRow[];
  readonly steps: readonly StepRow[];
}
