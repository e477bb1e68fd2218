/** One text in both languages. */
export interface Text {
  readonly en: string;
  readonly fr: string;
}

type Texts = Readonly<Record<string, Text>>;

/** What `index-words.ts` holds. */
export interface ScreenWords {
  readonly parts: Readonly<Record<'technical' | 'behaviour' | 'context', Text>>;
  readonly who: Readonly<Record<'you' | 'them' | 'operator', Text>>;
  readonly sources: Texts;
  /** What no index can know. */
  readonly notKnown: readonly Text[];
  readonly facts: Readonly<Record<string, { readonly name: Text; readonly values: Texts }>>;
  /** Why the index can't be above the ceiling. */
  readonly ceilings: Texts;
  readonly steps: Readonly<Record<string, { readonly name: Text; readonly why: Text }>>;
  /** Reasons of a spam verdict by rule. */
  readonly reasons: Texts;
}
