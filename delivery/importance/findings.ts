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
}
