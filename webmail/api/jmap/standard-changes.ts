import type { Changes, ChangeType } from '../../../delivery/store/store.ts';
import { changesSchema, readArguments } from './arguments.ts';
import { coreLimits } from './limits.ts';
import type { MethodContext } from './method.ts';

/**
 * A standard /changes (RFC 8620 §5.2). Throws `cannotCalculateChanges` for a state that is too old or was never given.
 * The store's own answer comes along for what a type adds to it.
 */
export async function changesOf(
  type: ChangeType,
  args: Readonly<Record<string, unknown>>,
  context: MethodContext,
): Promise<{ response: Record<string, unknown>; changes: Changes }> {
  const { sinceState, maxChanges } = readArguments(changesSchema, args);
  const limit = Math.min(maxChanges ?? coreLimits.maxObjectsInGet, coreLimits.maxObjectsInGet);
  const changes = await context.store.getChanges(context.account.id, type, sinceState, limit);
  const response = {
    accountId: context.account.id,
    oldState: sinceState,
    newState: changes.newState,
    hasMoreChanges: changes.hasMore,
    created: changes.created,
    updated: changes.updated,
    destroyed: changes.destroyed,
  };
  return { response, changes };
}

/** Most pages of changes that are read for one queryChanges. */
const maxChangePages = 20;

/** What changed since a state; `changed` are those that were there before and may still be. */
export interface AllChanges {
  readonly created: ReadonlySet<string>;
  readonly changed: ReadonlySet<string>;
  readonly destroyed: ReadonlySet<string>;
  readonly newState: string;
  readonly onlyCounts: boolean;
}

/** All changes since a state, or null when there are more than a query's changes are worth calculating from. */
export async function allChanges(
  type: ChangeType,
  since: string,
  context: MethodContext,
): Promise<AllChanges | null> {
  const created = new Set<string>();
  const changed = new Set<string>();
  const destroyed = new Set<string>();
  let state = since;
  let onlyCounts = true;
  for (let page = 0; page < maxChangePages; page++) {
    const changes = await context.store.getChanges(context.account.id, type, state, 500);
    for (const id of changes.created) created.add(id);
    for (const id of changes.updated) if (!created.has(id)) changed.add(id);
    for (const id of changes.destroyed) {
      // What came and went in between was never seen.
      if (!created.delete(id)) destroyed.add(id);
      changed.delete(id);
    }
    onlyCounts &&= changes.onlyCounts ?? false;
    state = changes.newState;
    if (!changes.hasMore) return { created, changed, destroyed, newState: state, onlyCounts };
  }
  return null;
}
