import type { ListEntry } from '../dns-lists/findings.ts';
import type { FilterFindings } from '../hand-off/findings.ts';

/** What was known of a sender when a message came; JSON values, so that a score is computed from it again. */
export interface ReputationFindings {
  /**
   * By the verdicts of owners here: -1 (nobody wanted what came from there) to 1 (everybody did), 0 in between; null
   * where nothing is known.
   */
  readonly standing: number | null;
  /** Verdicts that it rests on, old ones counting less. */
  readonly verdicts: number;
  /** Entries of DNS lists. */
  readonly lists: readonly ListEntry[];
  /** What another filter said; null where none was asked or none answered. */
  readonly filter: FilterFindings | null;
}
