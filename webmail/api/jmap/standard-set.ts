import type { ChangeType } from '../../../delivery/store/store.ts';
import { asSetError, MethodError, SetError, type SetErrorBody } from './errors.ts';
import { coreLimits } from './limits.ts';
import type { MethodContext } from './method.ts';

/** The three maps that a /set answers with, filled record by record. */
export interface SetResults {
  readonly created: Map<string, Record<string, unknown>>;
  readonly notCreated: Map<string, SetErrorBody>;
  readonly updated: Map<string, Record<string, unknown> | null>;
  readonly notUpdated: Map<string, SetErrorBody>;
  readonly destroyed: string[];
  readonly notDestroyed: Map<string, SetErrorBody>;
}

export function emptyResults(): SetResults {
  return {
    created: new Map(),
    notCreated: new Map(),
    updated: new Map(),
    notUpdated: new Map(),
    destroyed: [],
    notDestroyed: new Map(),
  };
}

/** The response of a /set (RFC 8620 §5.3); empty maps are null. */
export function setResponse(
  results: SetResults,
  states: { oldState: string; newState: string },
  accountId: string,
): Record<string, unknown> {
  return {
    accountId,
    ...states,
    created: mapOrNull(results.created),
    updated: mapOrNull(results.updated),
    destroyed: results.destroyed.length > 0 ? results.destroyed : null,
    notCreated: mapOrNull(results.notCreated),
    notUpdated: mapOrNull(results.notUpdated),
    notDestroyed: mapOrNull(results.notDestroyed),
  };
}

/** The map as an object, null when it is empty. */
export function mapOrNull<T>(map: ReadonlyMap<string, T>): Record<string, T> | null {
  return map.size > 0 ? Object.fromEntries(map) : null;
}

/** The state before the changes; throws `stateMismatch` when the caller expected another, `requestTooLarge`. */
export async function beginSet(
  type: ChangeType,
  asked: {
    readonly ifInState: string | null;
    readonly create?: Readonly<Record<string, unknown>> | null;
    readonly update?: Readonly<Record<string, unknown>> | null;
    readonly destroy?: readonly string[] | null;
  },
  context: MethodContext,
): Promise<string> {
  const records =
    Object.keys(asked.create ?? {}).length +
    Object.keys(asked.update ?? {}).length +
    (asked.destroy?.length ?? 0);
  if (records > coreLimits.maxObjectsInSet) throw new MethodError('requestTooLarge');
  const state = await context.store.getState(context.account.id, type);
  if (asked.ifInState !== null && asked.ifInState !== state) throw new MethodError('stateMismatch');
  return state;
}

/** Works on one record: its SetError goes to `failed`, anything that isn't one is thrown on. */
export async function tryRecord(
  key: string,
  failed: Map<string, SetErrorBody>,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const body = asSetError(error);
    if (!body) throw error;
    failed.set(key, body);
  }
}

/** Splits a PatchObject (RFC 8620 §5.3) into whole properties and pointers below them; throws `invalidPatch`. */
export function readPatch(patch: Readonly<Record<string, unknown>>): {
  whole: Map<string, unknown>;
  below: Map<string, Map<string, unknown>>;
} {
  const whole = new Map<string, unknown>();
  const below = new Map<string, Map<string, unknown>>();
  for (const [pointer, value] of Object.entries(patch)) {
    const [property, member, ...deeper] = pointer.split('/').map(unescapeToken);
    if (property === undefined || property === '' || deeper.length > 0) {
      throw new SetError('invalidPatch', `nothing to set at ${pointer.slice(0, 80)}`);
    }
    if (member === undefined) whole.set(property, value);
    else below.set(property, (below.get(property) ?? new Map<string, unknown>()).set(member, value));
  }
  for (const property of below.keys()) {
    if (whole.has(property)) throw new SetError('invalidPatch', `${property} is set as a whole and in part`);
  }
  return { whole, below };
}

function unescapeToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
