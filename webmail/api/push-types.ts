import { type ChangeType, changeTypes } from '../../delivery/store/store.ts';
import { scriptState } from './jmap/sieve-script.ts';
import type { RouteTools } from './route.ts';
import { loadScripts } from './script-blob.ts';

/** Types whose changes clients are told. The store knows those of scripts as changes of the settings. */
export const pushTypes = [...changeTypes, 'SieveScript'] as const;
export type PushType = (typeof pushTypes)[number];

export type PushStates = Partial<Record<PushType, string>>;

/** The state of a type now. */
export async function pushState(
  type: PushType,
  accountId: string,
  { store }: Pick<RouteTools, 'store'>,
): Promise<string> {
  if (type !== 'SieveScript') return store.getState(accountId, type);
  return scriptState((await loadScripts(accountId, { store })).state);
}

/** What changed, with the state of the scripts where it may be theirs and somebody asked for it. */
export async function withScripts(
  changed: Partial<Record<ChangeType, string>>,
  { accountId, types }: { readonly accountId: string; readonly types: readonly PushType[] },
  tools: Pick<RouteTools, 'store'>,
): Promise<PushStates> {
  if (changed.Settings === undefined || !types.includes('SieveScript')) return changed;
  return { ...changed, SieveScript: await pushState('SieveScript', accountId, tools) };
}
