export const subjects = ['message', 'contact', 'device', 'account', 'discussion'] as const;
export type Subject = (typeof subjects)[number];

export const levels = ['A', 'B', 'C', 'D', 'E'] as const;
export type Level = (typeof levels)[number];

export const parts = ['technical', 'behaviour', 'context'] as const;
export type Part = (typeof parts)[number];

export type FactState = 'yes' | 'partly' | 'no' | 'unknown';
export type Who = 'you' | 'them' | 'operator';

/** Values as PRIVACY-INDEX.md allows them, by fact id; a missing key is unknown. */
export type Facts = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface IndexedFact {
  readonly id: string;
  readonly part: Part;
  /** Points won and possible; decimals of at most two places. */
  readonly points: number;
  readonly of: number;
  readonly state: FactState;
  /** The value that was given (`unknown` when missing) and one sentence why, in both languages. */
  readonly evidence: {
    readonly value: unknown;
    readonly source?: string;
    readonly fr: string;
    readonly en: string;
  };
}

export interface NextStep {
  readonly steps: readonly string[];
  readonly gain: number;
  readonly who: Who;
}

/** The privacy index of one subject, version 1 (PRIVACY-INDEX.md, "Shape and arithmetic"). */
export interface PrivacyIndex {
  readonly subject: Subject;
  readonly version: 1;
  readonly value: number;
  readonly level: Level;
  readonly parts: Readonly<Record<Part, number>>;
  readonly facts: readonly IndexedFact[];
  readonly ceiling?: { readonly id: string; readonly at: number };
  readonly upTo: number;
  readonly next: readonly NextStep[];
}

/**
 * An index as it is kept beside the facts it was computed from: what lists show of it, and what only its making knew.
 * `computeIndex` gives the rest again, fact by fact, from the same facts and sources.
 */
export interface KeptIndex
  extends Pick<PrivacyIndex, 'subject' | 'version' | 'value' | 'level' | 'ceiling' | 'upTo'> {
  /** Where the evidence came from, by fact id, when it isn't the table's usual source. */
  readonly sources?: Readonly<Record<string, string>>;
}

/** What a discussion is judged by: the facts of its messages, newest first. */
export interface DiscussionFacts {
  readonly messages: readonly Facts[];
  /** Positions from 0 of messages that are spam, forged or harmful; they are left out. */
  readonly marked: readonly number[];
}

/** The index of a reply as it would leave now; with several recipients the lowest counts. */
export interface Forecast {
  readonly index: PrivacyIndex;
  /** The participant who lowers it most, null when nobody else takes part. */
  readonly participant: string | null;
}

/**
 * The privacy index of a discussion: that of its lowest recent message. Null values when no message is left.
 * `upTo` and `next` tell what would raise the discussion, all its recent messages considered.
 */
export interface DiscussionIndex extends Omit<PrivacyIndex, 'subject' | 'value' | 'level' | 'upTo'> {
  readonly subject: 'discussion';
  readonly value: number | null;
  readonly level: Level | null;
  readonly upTo: number | null;
  /** Position from 0 of the message whose facts these are, in the list given. */
  readonly message: number | null;
  readonly forecast?: Forecast;
}
