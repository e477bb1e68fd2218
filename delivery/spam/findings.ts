export const verdicts = ['ham', 'spam', 'reject', 'unknown'] as const;
export type Verdict = (typeof verdicts)[number];

/** One reason in the reader's reach: `id` is a row of `spam/rules.ts` or a feature class, weight in log-odds. */
export interface Reason {
  readonly id: string;
  readonly weight: number;
  readonly detail?: string;
}

/** What the score stage found, for one owner. */
export interface ScoreFindings {
  /** Probability of spam, 0..1; null when unknown. */
  readonly score: number | null;
  readonly verdict: Verdict;
  /** Phishing or malware verdict. */
  readonly harmful: boolean;
  readonly importance: 'high' | 'normal' | 'low';
  readonly reasons: readonly Reason[];
  /** Which model judged: version and number of messages it had learned. */
  readonly model: string;
}
