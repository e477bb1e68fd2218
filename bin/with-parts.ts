import { DeliveryError } from '../delivery/errors.ts';
import { openLog } from '../delivery/log.ts';
import { openParts, type Parts } from '../delivery/open.ts';
import type { Account } from '../delivery/store/store.ts';
import type { CommandContext } from './command.ts';

/** Opens the store for one command and closes it after, whatever happened. Logs warnings and errors only. */
export async function withParts<T>(context: CommandContext, act: (parts: Parts) => Promise<T>): Promise<T> {
  const parts = await openParts(context.config(), { log: openLog('warn') });
  try {
    return await act(parts);
  } finally {
    await parts.close();
  }
}

/** The account by its address; throws `notFound` with what to do. */
export async function findAccount({ store }: Parts, address: string): Promise<Account> {
  const found = await store.getAccountByAddress(address);
  if (found) return found;
  throw new DeliveryError('notFound', `no account ${address}; caliopen account list shows what there is`);
}
