import { MethodError } from './errors.ts';
import { maxFilterNodes } from './limits.ts';
import { isRecord } from './request.ts';

/** A filter as its tree of operators (RFC 8620 §5.5); the leaves are what `readCondition` made of them. */
export type FilterTree<C> =
  | { readonly operator: 'AND' | 'OR' | 'NOT'; readonly conditions: readonly FilterTree<C>[] }
  | { readonly condition: C };

/**
 * Reads a filter: operators here, conditions by `readCondition`, which throws for what it doesn't know.
 * Throws `invalidArguments` for a malformed tree, `unsupportedFilter` for one of too many nodes.
 */
export function readFilter<C>(
  filter: unknown,
  readCondition: (condition: Record<string, unknown>) => C,
): FilterTree<C> | null {
  if (filter === null || filter === undefined) return null;
  let nodes = 0;
  const read = (node: unknown): FilterTree<C> => {
    if (++nodes > maxFilterNodes) throw new MethodError('unsupportedFilter', 'the filter is too long');
    if (!isRecord(node)) throw badFilter('a filter is an object');
    if (!Object.hasOwn(node, 'operator')) return { condition: readCondition(node) };
    const { operator, conditions, ...others } = node;
    if (operator !== 'AND' && operator !== 'OR' && operator !== 'NOT') throw badFilter('unknown operator');
    if (!Array.isArray(conditions)) throw badFilter('conditions must be a list');
    if (Object.keys(others).length > 0) throw badFilter('an operator has only conditions');
    return { operator, conditions: conditions.map(read) };
  };
  return read(filter);
}

/** An `invalidArguments` about the filter. */
export function badFilter(description: string): MethodError {
  return new MethodError('invalidArguments', description, { arguments: ['filter'] });
}

/** Whether a record matches; no filter matches everything. NOT means: none of its conditions matches. */
export function matches<C>(tree: FilterTree<C> | null, test: (condition: C) => boolean): boolean {
  if (tree === null) return true;
  if ('condition' in tree) return test(tree.condition);
  const results = tree.conditions.map(inner => matches(inner, test));
  if (tree.operator === 'AND') return results.every(Boolean);
  if (tree.operator === 'OR') return results.some(Boolean);
  return !results.some(Boolean);
}
