/** What the tag stage decided. Tag ids are those of the owner's account; system tags are named by role. */
export interface TagFindings {
  readonly roles: readonly ('inbox' | 'junk' | 'sent' | 'drafts' | 'archive' | 'trash')[];
  readonly tagIds: readonly string[];
  readonly keywords: readonly string[];
  /** Why each tag is there. */
  readonly reasons: readonly TagReason[];
}

/** Why a message has a tag. */
export interface TagReason {
  /** A tag id, a keyword, or the role `junk`. */
  readonly tag: string;
  /** What gave it: id of a rule of the owner's, of a row of a table here. */
  readonly rule: string;
  /** The same in English words; empty beside sealed mail. */
  readonly text: string;
  /** In French words, where they are others. */
  readonly french?: string;
  /** What of the message said so, where the owner's examples gave it. */
  readonly evidence?: readonly { readonly kind: EvidenceKind; readonly text: string }[];
}

/** What speaks for a learned tag. */
export type EvidenceKind = 'sender' | 'domain' | 'list' | 'recipient' | 'word';

export const ruleSubjects = [
  'sender',
  'recipient',
  'list',
  'field',
  'text',
  'tag',
  'level',
  'importance',
  'attachment',
  'size',
] as const;
export type RuleSubject = (typeof ruleSubjects)[number];

export const ruleOperators = [
  'is',
  'contains',
  'startsWith',
  'endsWith',
  'exists',
  'atLeast',
  'atMost',
] as const;
export type RuleOperator = (typeof ruleOperators)[number];

/** Subjects of the short form of a rule. */
export const shortSubjects = ['sender', 'list', 'field', 'level'] as const;

/** One condition of a rule; `delivery/tags/conditions.ts` says what each subject and operator means. */
export interface RuleCondition {
  readonly subject: RuleSubject;
  readonly operator: RuleOperator;
  /** Name of the header field, with the subject `field` alone. */
  readonly field?: string;
  /** Text, level, or a number as text; empty with `exists`. */
  readonly value: string;
  /** True: the condition holds where it would not. */
  readonly isNegated?: boolean;
}

/** What a rule does with a message that meets it. */
export interface RuleActions {
  /** Tags of the owner's. */
  readonly tagIds: readonly string[];
  /** Ids of tags, and keywords, that what came before gave: they are taken off. */
  readonly untagIds: readonly string[];
  readonly keywords: readonly string[];
  /** Puts it into the archive in place of the inbox. */
  readonly archive: boolean;
  /** Keeps it out of the inbox. */
  readonly skipInbox: boolean;
  readonly markRead: boolean;
  /** -10..10; null leaves it as it is. */
  readonly importance: number | null;
}

/** A rule as it is tried. */
export interface RuleForm {
  /** As its owner calls it; may be empty. */
  readonly name: string;
  /** Whether all conditions must hold, or one. */
  readonly match: 'all' | 'any';
  /** At least one. */
  readonly conditions: readonly RuleCondition[];
  readonly actions: RuleActions;
  /** Rules behind it are not tried when it is met. */
  readonly stop: boolean;
  readonly isEnabled: boolean;
}

/**
 * One rule of the owner's as it is stored. The short form, one condition and one tag, is what processes of version 0.1
 * read; a rule that says more has `form`, and a short form that never holds, so that they leave it alone.
 */
export interface TagRule {
  readonly id: string;
  /** `sender`: addr-spec or @domain; `list`: list id; `field`: header field named by `field` contains `value`; `level`: A..E. */
  readonly subject: (typeof shortSubjects)[number];
  readonly field?: string;
  readonly value: string;
  readonly tagId: string;
  readonly keywords?: readonly string[];
  /** True: the message does not go to the inbox when this rule matches. */
  readonly skipInbox?: boolean;
  readonly form?: RuleForm;
}
