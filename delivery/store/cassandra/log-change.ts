/** A change of what is an account's own besides mail. */
export interface PersonalChange {
  readonly class: 'contact' | 'settings';
  readonly kind: 'created' | 'updated' | 'destroyed';
  /** Id of the contact, or the name of the document. */
  readonly object: string;
}

/** Notes a change, behind it, so that `getChanges` tells it. */
export type LogChange = (accountId: string, change: PersonalChange) => Promise<void>;
