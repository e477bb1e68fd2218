/** How much a message matters to its owner, and why. */
export interface ImportanceFindings {
  /** Whole number, -10 (least) to 10 (most). */
  readonly value: number;
  /** What said so: the model here, a rule of the owner's, the owner's own hand. */
  readonly by: 'model' | 'rule' | 'owner';
  /** Of the model: the heaviest features, by `id` of `delivery/importance/features.ts`; weight in log-odds. */
  readonly reasons: readonly { readonly id: string; readonly weight: number }[];
  /** Id of the rule. */
  readonly rule?: string;
  /** What it was before the owner set it by hand, or tried a rule on it later; left out where there was none. */
  readonly before?: Omit<ImportanceFindings, 'before'>;
}

/** The new importance of a message that has been judged before, with what it was. */
export function changedImportance(
  importance: ImportanceFindings,
  known: ImportanceFindings | undefined,
): ImportanceFindings {
  if (!known) return importance;
  const { before, ...last } = known;
  // What was never the owner's word is what can be gone back to.
  const kept = last.by === 'owner' ? before : last;
  return kept ? { ...importance, before: kept } : importance;
}
