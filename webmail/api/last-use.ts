import { describeError } from '../../delivery/describe-error.ts';
import { asDeliveryError } from '../../delivery/errors.ts';
import type { Secret } from '../../delivery/store/store.ts';
import type { WebParts } from './parts.ts';

/**
 * Notes that a session or token was used now. Where the store can read and not write, as on a full disk, the log says
 * so and the owner goes on reading. Throws what is not temporary.
 */
export async function noteUse(
  { accountId, id }: Pick<Secret, 'accountId' | 'id'>,
  { store, clock, log }: Pick<WebParts, 'store' | 'clock' | 'log'>,
): Promise<void> {
  try {
    await store.touchSecret(accountId, id, clock.now());
  } catch (error) {
    if (!asDeliveryError(error).row.temporary) throw error;
    log.warn({ accountId, ...describeError(error) }, 'lastUseNotNoted');
  }
}
