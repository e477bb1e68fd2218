import type { Store } from './store/store.ts';
import { untilUndisturbed } from './store/version-mismatch.ts';

/** Reads one of an account's states, keeping what it read until the version changes. */
export interface StateReader<T> {
  /** `version` is that of `OwnerContext.stateVersions`; undefined: there is none. */
  read(accountId: string, version: number | undefined): Promise<T>;
}

/** Octets of states, as they are stored, whose reading is kept. */
const maxKept = 4_000_000;

/**
 * A reader of the states of this name for one process. `parse` gives what null octets, no state, mean, and never
 * throws.
 */
export function openStateReader<T>(
  name: string,
  parse: (octets: Uint8Array | null) => T,
  { store }: { readonly store: Pick<Store, 'getAccountState'> },
): StateReader<T> {
  const none = parse(null);
  const kept = new Map<string, { readonly version: number; readonly size: number; readonly value: T }>();
  let total = 0;
  const drop = (accountId: string): void => {
    total -= kept.get(accountId)?.size ?? 0;
    kept.delete(accountId);
  };
  return {
    async read(accountId, version) {
      if (version === undefined) return none;
      const known = kept.get(accountId);
      if (known?.version === version) return known.value;
      const state = await store.getAccountState(accountId, name);
      if (state === null) return none;
      const value = parse(state.octets);
      drop(accountId);
      const size = state.octets.byteLength;
      kept.set(accountId, { version: state.version, size, value });
      total += size;
      for (const oldest of kept.keys()) if (total > maxKept) drop(oldest);
      return value;
    },
  };
}

/**
 * Changes one of an account's states as it is at that moment. `change` gives the new octets, or null to leave it; it may
 * be called several times. Throws `badRequest` when others are always faster, and what the store throws.
 */
export async function changeAccountState(
  asked: { readonly accountId: string; readonly name: string },
  change: (octets: Uint8Array | null) => Uint8Array | null,
  { store }: { readonly store: Pick<Store, 'getAccountState' | 'putAccountState'> },
): Promise<void> {
  const { accountId, name } = asked;
  await untilUndisturbed(async () => {
    const state = await store.getAccountState(accountId, name);
    const octets = change(state?.octets ?? null);
    if (octets !== null) await store.putAccountState(accountId, name, octets, state?.version ?? null);
  });
}

/** How the items of a list are kept in a state: as JSON. */
export interface ListForm<T> {
  kept(item: T): unknown;
  /** What octets that `kept` made hold; nothing where there is no state. */
  read(octets: Uint8Array | null): T[];
}

/**
 * Changes the list that one of an account's states holds, as it is at that moment; a list of nothing is no state.
 * `change` may be called several times, and leaves the state as it is by giving the same items. Throws as
 * `changeAccountState`.
 */
export async function changeListState<T>(
  {
    accountId,
    name,
    form,
  }: { readonly accountId: string; readonly name: string; readonly form: ListForm<T> },
  change: (items: T[]) => T[],
  { store }: { readonly store: Pick<Store, 'getAccountState' | 'putAccountState'> },
): Promise<void> {
  await untilUndisturbed(async () => {
    const state = await store.getAccountState(accountId, name);
    const before = form.read(state?.octets ?? null);
    const after = change(before);
    if (after.length === before.length && after.every((item, at) => item === before[at])) return;
    const octets = after.length > 0 ? Buffer.from(JSON.stringify(after.map(form.kept))) : null;
    await store.putAccountState(accountId, name, octets, state?.version ?? null);
  });
}
