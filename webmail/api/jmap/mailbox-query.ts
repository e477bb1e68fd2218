import * as v from 'valibot';
import type { Tag } from '../../../delivery/store/store.ts';
import { type Comparator, queryChangesEntries, queryEntries, readArguments } from './arguments.ts';
import { checkCollation, collate } from './collation.ts';
import { MethodError } from './errors.ts';
import { badFilter, type FilterTree, matches, readFilter } from './filter-tree.ts';
import { type Handler, type MethodContext, resolveId } from './method.ts';
import { atOneState } from './one-state.ts';
import { type AllChanges, allChanges } from './standard-changes.ts';
import { cut } from './window.ts';

const treeEntries = {
  sortAsTree: v.optional(v.nullable(v.boolean()), false),
  filterAsTree: v.optional(v.nullable(v.boolean()), false),
};
const querySchema = v.strictObject({ ...queryEntries, ...treeEntries });
const queryChangesSchema = v.strictObject({ ...queryChangesEntries, ...treeEntries });

type Test = (tag: Tag) => boolean;

/** Mailbox/query (RFC 8621 §2.3). */
export const mailboxQuery: Handler = async (args, context) => {
  const asked = readArguments(querySchema, args);
  const { result } = await atOneState(
    'Mailbox',
    async () => ({
      queryState: await context.store.getState(context.account.id, 'Mailbox'),
      ids: await results(asked, context),
    }),
    context,
  );
  const { queryState, ids } = result;
  const anchor = asked.anchor === null ? null : (resolveId(asked.anchor, context) ?? asked.anchor);
  const part = cut(ids, { ...asked, anchor });
  return {
    accountId: context.account.id,
    queryState,
    canCalculateChanges: true,
    ...part,
    ...(asked.calculateTotal ? { total: ids.length } : {}),
  };
};

/** Mailbox/queryChanges (RFC 8621 §2.4). */
export const mailboxQueryChanges: Handler = async (args, context) => {
  const asked = readArguments(queryChangesSchema, args);
  const { result, isSettled } = await atOneState(
    'Mailbox',
    async () => ({
      ids: await results(asked, context),
      changes: await allChanges('Mailbox', asked.sinceQueryState, context),
    }),
    context,
  );
  const { ids, changes } = result;
  if (!changes || !isSettled) throw new MethodError('cannotCalculateChanges');
  const { removed, added } = differences(ids, changes, asked);
  if (asked.maxChanges !== null && removed.length + added.length > asked.maxChanges) {
    throw new MethodError('tooManyChanges');
  }
  return {
    accountId: context.account.id,
    oldQueryState: asked.sinceQueryState,
    newQueryState: changes.newState,
    removed,
    added,
    ...(asked.calculateTotal ? { total: ids.length } : {}),
  };
};

function differences(
  ids: readonly string[],
  changes: AllChanges,
  asked: { sortAsTree: boolean | null; filterAsTree: boolean | null },
): { removed: string[]; added: { id: string; index: number }[] } {
  // No filter and no sort key looks at counts.
  if (changes.onlyCounts && changes.destroyed.size === 0) return { removed: [], added: [] };
  // In a tree a moved parent moves children that did not change themselves: all are told anew.
  const asTree = asked.sortAsTree || asked.filterAsTree;
  const touched = asTree ? new Set([...ids, ...changes.changed]) : changes.changed;
  const added = ids
    .map((id, index) => ({ id, index }))
    .filter(({ id }) => touched.has(id) || changes.created.has(id));
  const removed = [...new Set([...touched, ...changes.destroyed])].filter(id => !changes.created.has(id));
  return { removed, added };
}

async function results(
  asked: {
    filter: unknown;
    sort: readonly Comparator[] | null;
    sortAsTree: boolean | null;
    filterAsTree: boolean | null;
  },
  context: MethodContext,
): Promise<string[]> {
  const filter = readFilter(asked.filter, condition => readCondition(condition, context));
  const compare = readSort(asked.sort ?? []);
  const tags = await context.store.listTags(context.account.id);
  const found = withMatchingParents(
    tags.filter(tag => matches(filter, test => test(tag))),
    tags,
    asked.filterAsTree ?? false,
  );
  const sorted = [...found].sort(compare);
  return (asked.sortAsTree ? asTree(sorted) : sorted).map(tag => tag.id);
}

/** With `filterAsTree` a mailbox counts only when all its parents match, too. */
function withMatchingParents(found: readonly Tag[], all: readonly Tag[], filterAsTree: boolean): Tag[] {
  if (!filterAsTree) return [...found];
  const byId = new Map(all.map(tag => [tag.id, tag]));
  const foundIds = new Set(found.map(tag => tag.id));
  return found.filter(tag => {
    for (let parent = tag.parentId; parent !== null; parent = byId.get(parent)?.parentId ?? null) {
      if (!foundIds.has(parent)) return false;
    }
    return true;
  });
}

/** Parents before their children, each level in the order given; a mailbox whose parent is not here stands at the top. */
function asTree(sorted: readonly Tag[]): Tag[] {
  const here = new Set(sorted.map(tag => tag.id));
  const below = Map.groupBy(sorted, tag => (tag.parentId && here.has(tag.parentId) ? tag.parentId : null));
  const walk = (parentId: string | null): Tag[] =>
    (below.get(parentId) ?? []).flatMap(tag => [tag, ...walk(tag.id)]);
  return walk(null);
}

const conditionReaders: Readonly<Record<string, (value: unknown, context: MethodContext) => Test | null>> = {
  parentId(value, context) {
    if (value !== null && typeof value !== 'string') return null;
    const parentId = value === null ? null : (resolveId(value, context) ?? value);
    return tag => tag.parentId === parentId;
  },
  name(value) {
    if (typeof value !== 'string') return null;
    const wanted = value.toLowerCase();
    return tag => tag.name.toLowerCase().includes(wanted);
  },
  role: value => (value === null || typeof value === 'string' ? tag => tag.role === value : null),
  hasAnyRole: value => (typeof value === 'boolean' ? tag => (tag.role !== null) === value : null),
  isSubscribed: value => (typeof value === 'boolean' ? tag => tag.isSubscribed === value : null),
};

function readCondition(condition: Record<string, unknown>, context: MethodContext): Test {
  const tests = Object.entries(condition).map(([name, value]) => {
    const reader = Object.hasOwn(conditionReaders, name) ? conditionReaders[name] : undefined;
    if (!reader) throw new MethodError('unsupportedFilter', `unknown condition ${name.slice(0, 40)}`);
    const test = reader(value, context);
    if (!test) throw badFilter(`${name} has a wrong value`);
    return test;
  });
  return tag => tests.every(test => test(tag));
}

type Compare = (a: Tag, b: Tag) => number;

function readSort(sort: readonly Comparator[]): Compare {
  const compares = [
    ...sort,
    { property: 'sortOrder', isAscending: true },
    { property: 'name', isAscending: true },
  ]
    .map(comparator => compareBy(comparator))
    .concat((a, b) => (a.id < b.id ? -1 : 1));
  return (a, b) => {
    for (const compare of compares) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function compareBy({ property, isAscending, ...others }: Comparator): Compare {
  const sign = isAscending ? 1 : -1;
  checkCollation(others.collation);
  if (property === 'sortOrder') return (a, b) => sign * (a.sortOrder - b.sortOrder);
  if (property !== 'name')
    throw new MethodError('unsupportedSort', `cannot sort by ${property.slice(0, 40)}`);
  return (a, b) => sign * collate(a.name, b.name);
}

export type MailboxFilter = FilterTree<Test>;
