import type { Clock } from '../../delivery/clock.ts';
import type { Account, AuditEntry, Store } from '../../delivery/store/store.ts';
import type { Caller } from './caller.ts';
import { networkOf } from './throttle.ts';

/** Entries of the day that are remembered, so that each is written once. */
const maxRemembered = 50_000;
const dayMilliseconds = 86_400_000;

/**
 * Writes into the audit of an account who came in by a password or token, and how often it was tried in vain
 * (DESIGN.md, promise 6). Clients sign in with every request: a means is written once a day for each network.
 */
export class SignInJournal {
  readonly #counts = new Map<string, number>();
  readonly #parts: { readonly store: Store; readonly clock: Clock };

  constructor(parts: { readonly store: Store; readonly clock: Clock }) {
    this.#parts = parts;
  }

  /** A good sign-in by a client; `id` names the app password or token, null for the account password. */
  async good(
    account: Account,
    { means, id }: { means: Caller['means']; id: string | null },
    remoteAddress: string,
  ): Promise<void> {
    const network = networkOf(remoteAddress);
    const names = [account.id, means, id, network];
    if (this.#count(names) > 1) return;
    const detail = { means, network, ...(id === null ? {} : { secretId: id }) };
    try {
      await this.#write(account, { action: 'signIn', detail });
    } catch (error) {
      // Nobody comes in unseen: the next request tries to write it again.
      this.#counts.delete(this.#keyOf(names));
      throw error;
    }
  }

  /** A failed try: the first of the day is written, then the tenth, the hundredth and so on. */
  async failed(account: Account, remoteAddress: string): Promise<void> {
    const network = networkOf(remoteAddress);
    const tries = this.#count([account.id, 'failed', network]);
    if (!/^10*$/.test(String(tries))) return;
    await this.#write(account, { action: 'signInFailed', detail: { network, tries } });
  }

  #count(names: readonly (string | null)[]): number {
    const key = this.#keyOf(names);
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.delete(key);
    this.#counts.set(key, count);
    for (const oldest of this.#counts.keys()) {
      if (this.#counts.size <= maxRemembered) break;
      this.#counts.delete(oldest);
    }
    return count;
  }

  #keyOf(names: readonly (string | null)[]): string {
    const day = Math.floor(this.#parts.clock.now().getTime() / dayMilliseconds);
    return JSON.stringify([day, ...names]);
  }

  #write(account: Account, entry: Pick<AuditEntry, 'action' | 'detail'>): Promise<void> {
    const { store, clock } = this.#parts;
    const actor = entry.action === 'signIn' ? account.address : 'unknown';
    return store.appendAudit(account.id, { at: clock.now(), actor, ...entry });
  }
}
