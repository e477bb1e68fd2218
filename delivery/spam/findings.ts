export const verdicts = ['ham', 'spam', 'reject', 'unknown'] as const;
export type Verdict = (typeof verdicts)[number];

/** One reason in the reader's reach: `id` is a row of `spam/rules.ts` or a feature class, weight in log-odds. */
export interface Reason {
  readonly id: string;
  readonly weight: number;
  readonly detail?: string;
}

/**
 * One input of a judgement: its name (a view of the learners, `bias`, `prior`, a row of `spam/rules.ts`, `knownSender`,
 * `personal`, `shared`), its value as the fusion saw it, and what it added to the log-odds.
 */
export type Evidence = readonly [id: string, value: number, weight: number];

/** What the score stage found, for one owner. */
export interface ScoreFindings {
  /** Probability of spam, 0..1; null when unknown. */
  readonly score: number | null;
  readonly verdict: Verdict;
  /** Phishing or malware verdict. */
  readonly harmful: boolean;
  readonly importance: 'high' | 'normal' | 'low';
  /** The heaviest, rounded. */
  readonly reasons: readonly Reason[];
  /**
   * Every input that added anything: the score is the logistic function of the sum of their weights, in this order
   * (`scoreOf`). Missing where it was judged before this was kept.
   */
  readonly evidence?: readonly Evidence[];
  /** A budget ran out: what was read is scored. */
  readonly isPartial?: boolean;
  /** What the owner has said since. */
  readonly marked?: 'spam' | 'ham';
  /** Which model judged: version and number of messages it had learned. */
  readonly model: string;
}
