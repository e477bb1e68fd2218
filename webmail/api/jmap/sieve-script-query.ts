import * as v from 'valibot';
import type { StoredScript } from '../../../delivery/sieve/stored-scripts.ts';
import { loadScripts } from '../script-blob.ts';
import { type Comparator, queryEntries, readArguments } from './arguments.ts';
import { checkCollation, collate } from './collation.ts';
import { MethodError } from './errors.ts';
import { badFilter, matches, readFilter } from './filter-tree.ts';
import { type Handler, resolveId } from './method.ts';
import { scriptState } from './sieve-script.ts';
import { cut } from './window.ts';

type Test = (script: StoredScript) => boolean;

const querySchema = v.strictObject(queryEntries);

/** SieveScript/query (RFC 9661 §2.5). */
export const sieveScriptQuery: Handler = async (args, context) => {
  const { filter, sort, calculateTotal, ...window } = readArguments(querySchema, args);
  const tree = readFilter(filter, readCondition);
  const compare = readSort(sort ?? []);
  const { scripts, state } = await loadScripts(context.account.id, context);
  const ids = scripts
    .filter(script => matches(tree, test => test(script)))
    .sort(compare)
    .map(({ id }) => id);
  const anchor = window.anchor === null ? null : (resolveId(window.anchor, context) ?? window.anchor);
  return {
    accountId: context.account.id,
    queryState: scriptState(state),
    canCalculateChanges: false,
    ...cut(ids, { ...window, anchor }),
    ...(calculateTotal ? { total: ids.length } : {}),
  };
};

/** Several properties of one condition must all hold (RFC 8620 §5.5). */
function readCondition(condition: Record<string, unknown>): Test {
  const tests = Object.entries(condition).map(([name, value]) => testOf(name, value));
  return script => tests.every(test => test(script));
}

function testOf(name: string, value: unknown): Test {
  if (name === 'name') {
    if (typeof value !== 'string') throw badFilter('name is a text');
    const sought = value.normalize('NFC').toLowerCase();
    return script => script.name.toLowerCase().includes(sought);
  }
  if (name !== 'isActive') throw new MethodError('unsupportedFilter', `no condition ${name.slice(0, 40)}`);
  if (typeof value !== 'boolean') throw badFilter('isActive is true or false');
  return script => script.isActive === value;
}

type Compare = (one: StoredScript, other: StoredScript) => number;

const sorts: Readonly<Record<string, Compare>> = {
  name: (one, other) => collate(one.name, other.name),
  isActive: (one, other) => Number(one.isActive) - Number(other.isActive),
};

function readSort(sort: readonly Comparator[]): Compare {
  const comparators = sort.map(({ property, isAscending, collation }) => {
    const compare = Object.hasOwn(sorts, property) ? sorts[property] : undefined;
    if (!compare) throw new MethodError('unsupportedSort', `no sort by ${property.slice(0, 40)}`);
    checkCollation(collation);
    return (one: StoredScript, other: StoredScript) => compare(one, other) * (isAscending ? 1 : -1);
  });
  return (one, other) => {
    for (const compare of comparators) {
      const order = compare(one, other);
      if (order !== 0) return order;
    }
    return 0;
  };
}
