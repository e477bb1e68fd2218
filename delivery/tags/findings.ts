/** What the tag stage decided. Tag ids are those of the owner's account; system tags are named by role. */
export interface TagFindings {
  readonly roles: readonly ('inbox' | 'junk' | 'sent' | 'drafts' | 'archive' | 'trash')[];
  readonly tagIds: readonly string[];
  readonly keywords: readonly string[];
  /** Why, one per tag: rule id and the words of the rule. */
  readonly reasons: ReadonlyArray<{ readonly tag: string; readonly rule: string; readonly text: string }>;
}

export const ruleSubjects = ['sender', 'list', 'field', 'level'] as const;

/** One rule of the owner's: when it matches, the message gets `tagId` (and `keywords`). */
export interface TagRule {
  readonly id: string;
  /** `sender`: addr-spec or @domain; `list`: list id; `field`: header field named by `field` contains `value`; `level`: A..E. */
  readonly subject: (typeof ruleSubjects)[number];
  readonly field?: string;
  readonly value: string;
  readonly tagId: string;
  readonly keywords?: readonly string[];
  /** True: the message does not go to the inbox when this rule matches. */
  readonly skipInbox?: boolean;
}
