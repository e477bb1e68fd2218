import { invalidProperties, SetError } from './errors.ts';
import { isRecord } from './request.ts';

/** Members of a JSON object; never set by assignment, since a name may be `__proto__`. */
type Members = Readonly<Record<string, unknown>>;

/** Deepest pointer: nothing in a card lies deeper. */
const maxDepth = 16;

/**
 * The record after a PatchObject (RFC 8620 §5.3): each key is a pointer without its leading slash, null removes.
 * Throws the SetError `invalidPatch` when a parent is missing, a pointer goes into an array, or one lies below
 * another.
 */
export function applyPatch(record: Members, patch: Members): Members {
  const paths = Object.keys(patch).map(pointer => ({ pointer, path: pointer.split('/').map(unescapeToken) }));
  for (const { pointer, path } of paths) {
    const isBelow = paths.some(other => other.pointer !== pointer && pointer.startsWith(`${other.pointer}/`));
    if (isBelow || path.length > maxDepth || path.includes('')) {
      throw new SetError('invalidPatch', `nothing to set at ${pointer.slice(0, 80)}`);
    }
  }
  return paths.reduce(
    (result, { pointer, path }) => withMember(result, path, patch[pointer] ?? null),
    record,
  );
}

function withMember(record: Members, path: readonly string[], value: unknown): Members {
  const [name, ...below] = path;
  if (name === undefined) throw new SetError('invalidPatch', 'nothing to set at an empty pointer');
  const members = new Map(Object.entries(record));
  if (below.length === 0) {
    if (value === null) members.delete(name);
    else members.set(name, value);
  } else {
    const inner = members.get(name);
    if (!isRecord(inner)) throw new SetError('invalidPatch', `there is no object ${name.slice(0, 80)}`);
    members.set(name, withMember(inner, below, value));
  }
  return Object.fromEntries(members);
}

function unescapeToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Throws `invalidProperties` for those of the named properties that the patch would change. */
export function refuseChanges(before: Members, after: Members, names: readonly string[]): void {
  const changed = names.filter(name => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (changed.length > 0) throw invalidProperties(changed, 'set by the server');
}
