/** What another filter of the same site said of a message. */
export interface FilterFindings {
  readonly filter: 'rspamd' | 'spamassassin';
  /** Its score, in its own scale, which may be below 0. */
  readonly score: number;
  /** The score from which it calls a message spam. */
  readonly required: number;
  /** Its rules that hold, heaviest first where it says so; at most 40. */
  readonly symbols: readonly string[];
}

/** Most symbols that are kept. */
export const maxSymbols = 40;
