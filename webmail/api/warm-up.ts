import { randomBytes } from 'node:crypto';
import type { Store } from '../../delivery/store/store.ts';

/** What no account is called. */
const nobody = 'A-nobody';

/**
 * Asks the store in nobody's name for what each of its threads or connections does at a sign-in, so that the first
 * person after a start does not wait for them to open. Resolves when that is done, whatever comes of it: a store that
 * is away tells those who ask for something.
 */
export async function warmUp(store: Store): Promise<void> {
  const query = { filter: null, sort: [], limit: 1 };
  await Promise.allSettled([
    store.takeSecret('ticket', randomBytes(32)),
    store.getCredentials(nobody),
    store.listDiscussions(nobody, { limit: 1 }),
    store.queryEmails(nobody, query),
  ]);
}
