import { MethodError } from './errors.ts';
import { coreLimits } from './limits.ts';
import { type MethodContext, resolveId } from './method.ts';

/** The asked ids without repetition, creation references resolved where they can be; throws `requestTooLarge`. */
export function askedIds(ids: readonly string[], context: Pick<MethodContext, 'createdIds'>): string[] {
  const unique = [...new Set(ids.map(id => resolveId(id, context) ?? id))];
  if (unique.length > coreLimits.maxObjectsInGet) throw new MethodError('requestTooLarge');
  return unique;
}

/** The members of a record that were asked for; `id` is always among them (RFC 8620 §5.1). */
export function pick(
  record: Readonly<Record<string, unknown>>,
  properties: readonly string[] | null,
): Record<string, unknown> {
  if (!properties) return { ...record };
  const names = [...new Set(['id', ...properties])];
  return Object.fromEntries(
    names.filter(name => Object.hasOwn(record, name)).map(name => [name, record[name]]),
  );
}

/** `list` and `notFound` of a /get, in the order of the ids that were asked for. */
export function gathered<T extends { readonly id: string }>(
  ids: readonly string[],
  found: readonly T[],
): { list: T[]; notFound: string[] } {
  const byId = new Map(found.map(record => [record.id, record]));
  const list: T[] = [];
  const notFound: string[] = [];
  for (const id of ids) {
    const record = byId.get(id);
    if (record) list.push(record);
    else notFound.push(id);
  }
  return { list, notFound };
}
