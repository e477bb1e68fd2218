import { doorConfig } from './context.ts';
import { type HookAnswer, refusal } from './hook.ts';

/** Errors of each connection since its last stored message. */
const errors = new WeakMap<HarakaConnection, number>();

/**
 * Counts one more error of a client: an address guessed wrong, a command that does not exist. The reply that ends the
 * connection once there were `smtp.maxErrors` of them; undefined before.
 */
export function whenOutOfPatience(connection: HarakaConnection): HookAnswer | undefined {
  const count = (errors.get(connection) ?? 0) + 1;
  errors.set(connection, count);
  const limit = doorConfig()['smtp.maxErrors'];
  return limit > 0 && count > limit ? refusal('tooManyErrors', { disconnect: true }) : undefined;
}

/** A client that delivers mail may err anew. */
export function forgiveErrors(connection: HarakaConnection): void {
  errors.delete(connection);
}
