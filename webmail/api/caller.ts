import type { Account } from '../../delivery/store/store.ts';

/** Who makes a request, and by what. */
export interface Caller {
  readonly account: Account;
  readonly means: 'password' | 'appPassword' | 'bearer' | 'session' | 'ticket';
  /** Id of the web session (means `session`, or a ticket made by one), null otherwise. */
  readonly sessionId: string | null;
}
