import type { Account, Secret } from '../../delivery/store/store.ts';

/** What a request stands on: a secret of the account by its id, or its password by a digest of the stored hash. */
export interface Grant {
  readonly kind: Exclude<Secret['kind'], 'ticket'> | 'password';
  readonly id: string;
}

/** Who makes a request, and by what. */
export interface Caller {
  readonly account: Account;
  readonly means: 'password' | 'appPassword' | 'bearer' | 'session' | 'ticket';
  /** Id of the web session (means `session`, or a ticket made by one), null otherwise. */
  readonly sessionId: string | null;
  /** When it is taken back, all that was opened by it ends. A ticket stands on what its maker stood on. */
  readonly grant: Grant;
}
