import type { Statement } from './session.ts';

/** A change of what is an account's own besides mail. */
export interface PersonalChange {
  readonly class: 'contact' | 'settings';
  readonly kind: 'created' | 'updated' | 'destroyed';
  /** Id of the contact, or the name of the document. */
  readonly object: string;
}

/** How a change gets into the change log, so that `getChanges` tells it. */
export interface ChangeLog {
  /** Throws `storeUnavailable` while the clock is too wrong to write: asked before anything is written. */
  require(): void;
  /**
   * The line of the change, carrying this moment: it goes into one logged batch with what it tells, so that both are
   * stored or neither.
   */
  line(accountId: string, change: PersonalChange): Statement;
  /** Tells who watches: behind the write. */
  tell(accountId: string, change: PersonalChange): void;
}
