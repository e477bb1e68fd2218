import type { Store } from '../../delivery/store/store.ts';
import { untilUndisturbed } from '../../delivery/store/version-mismatch.ts';

type Settings = Record<string, unknown>;

/** What a change makes of the settings; null leaves them. */
export interface ChangedSettings<T> {
  readonly settings: Settings | null;
  readonly result: T;
}

/**
 * Changes a part of the owner's settings; `change` is asked again with what another device has put meanwhile. Gives its
 * result. Throws what the store throws, the mismatch as well when others come in between each time.
 */
export async function changeSettings<T>(
  store: Pick<Store, 'getSettings' | 'putSettings'>,
  accountId: string,
  change: (settings: Settings) => ChangedSettings<T> | Promise<ChangedSettings<T>>,
): Promise<T> {
  return untilUndisturbed(async () => {
    const known = await store.getSettings(accountId);
    const { settings, result } = await change(known);
    if (settings !== null) await store.putSettings(accountId, settings, known);
    return result;
  });
}
