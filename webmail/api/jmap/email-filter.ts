import { type Level, levels } from '../../../delivery/privacy/shape.ts';
import { foldName, parseQuery, type TagsNamed, termsOf } from '../../../delivery/search/query.ts';
import type { EmailFilter } from '../../../delivery/store/query.ts';
import { capabilities } from '../../wire.ts';
import { MethodError } from './errors.ts';
import { badFilter, type FilterTree, readFilter } from './filter-tree.ts';
import { type MethodContext, resolveId } from './method.ts';

/** A filter of Email/query in the words of the store, and what kind of conditions it holds. */
export interface ReadFilter {
  readonly filter: EmailFilter | null;
  /** It looks at words: results follow the search index, which is filled after the delivery. */
  readonly hasSearch: boolean;
  /** It looks at other emails of the thread, so that an email may come or go without a change of its own. */
  readonly hasThreadCondition: boolean;
  /** The search conditions, for the snippets. */
  readonly searches: readonly EmailFilter[];
}

/** What conditions are read against. */
interface ReadingContext extends MethodContext {
  readonly tagsNamed: TagsNamed;
}

type Reader = (value: unknown, context: ReadingContext) => EmailFilter | null;

/** Every condition of RFC 8621 §4.4.1, then ours. Null: the value is of the wrong type. */
const conditionReaders: Readonly<Record<string, Reader>> = {
  inMailbox: (value, context) =>
    typeof value === 'string' ? { tag: resolveId(value, context) ?? value } : null,
  inMailboxOtherThan: (value, context) =>
    isStrings(value) ? { tagOtherThan: value.map(id => resolveId(id, context) ?? id) } : null,
  before: value => withDate(value, before => ({ before })),
  after: value => withDate(value, after => ({ after })),
  minSize: value => (isUnsigned(value) ? { minSizeOctets: value } : null),
  maxSize: value => (isUnsigned(value) ? { maxSizeOctets: value } : null),
  allInThreadHaveKeyword: value => withKeyword(value, keyword => ({ threadKeyword: 'all', keyword })),
  someInThreadHaveKeyword: value => withKeyword(value, keyword => ({ threadKeyword: 'some', keyword })),
  noneInThreadHaveKeyword: value => withKeyword(value, keyword => ({ threadKeyword: 'none', keyword })),
  hasKeyword: value => withKeyword(value, keyword => ({ keyword })),
  notKeyword: value => withKeyword(value, noKeyword => ({ noKeyword })),
  hasAttachment: value => (typeof value === 'boolean' ? { hasAttachment: value } : null),
  text: value => withText(value, 'any'),
  from: value => withText(value, 'from'),
  to: value => withText(value, 'to'),
  cc: value => withText(value, 'cc'),
  bcc: value => withText(value, 'bcc'),
  subject: value => withText(value, 'subject'),
  body: value => withText(value, 'body'),
  header: value => headerCondition(value),
};

/** Conditions of our own, each behind its capability. */
const extensionReaders: Readonly<Record<string, { capability: string; read: Reader }>> = {
  discussion: {
    capability: capabilities.discussion,
    read: value => (typeof value === 'string' ? { discussion: value } : null),
  },
  level: {
    capability: capabilities.privacy,
    read: value => (isLevel(value) ? { level: value } : null),
  },
  isSealed: {
    capability: capabilities.privacy,
    read: value => (typeof value === 'boolean' ? { sealed: value } : null),
  },
  /** The webmail's search field: words, "phrases", prefix*, from: to: subject: is:unread in:inbox before: … */
  query: {
    capability: capabilities.discussion,
    read: (value, { tagsNamed }) =>
      typeof value === 'string' ? (parseQuery(value, tagsNamed) ?? { all: [] }) : null,
  },
};

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string');
}

function isUnsigned(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isLevel(value: unknown): value is Level {
  return levels.some(level => level === value);
}

function withDate(value: unknown, make: (date: Date) => EmailFilter): EmailFilter | null {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(value)) return null;
  const date = new Date(value);
  return Number.isFinite(date.getTime()) ? make(date) : null;
}

function withKeyword(value: unknown, make: (keyword: string) => EmailFilter): EmailFilter | null {
  return typeof value === 'string' && value !== '' ? make(value.toLowerCase()) : null;
}

function withText(value: unknown, field: Parameters<typeof termsOf>[0]): EmailFilter | null {
  return typeof value === 'string' ? termsOf(field, value) : null;
}

function headerCondition(value: unknown): EmailFilter | null {
  if (!isStrings(value) || value.length < 1 || value.length > 2) return null;
  const [fieldName = '', contains] = value;
  if (fieldName === '') return null;
  return contains === undefined || contains === '' ? { fieldName } : { fieldName, contains };
}

/** Reads a filter; throws `unsupportedFilter` for an unknown condition, `invalidArguments` for a wrong value. */
export async function readEmailFilter(filter: unknown, context: MethodContext): Promise<ReadFilter> {
  const reading = { ...context, tagsNamed: await tagsFor(filter, context) };
  const tree = readFilter(filter, condition => readCondition(condition, reading));
  const searches: EmailFilter[] = [];
  let hasThreadCondition = false;
  visit(tree, leaf => {
    if ('search' in leaf || 'fieldName' in leaf) searches.push(leaf);
    if ('threadKeyword' in leaf) hasThreadCondition = true;
  });
  return {
    filter: tree ? simplified(tree) : null,
    hasSearch: searches.length > 0,
    hasThreadCondition,
    searches,
  };
}

/** Where a tag may be named in what was typed. */
const tagField = /\b(?:in|tag|dans|[eé]tiquette):/iu;

/** The owner's tags by name, read where the filter may name some. */
async function tagsFor(filter: unknown, { store, account }: MethodContext): Promise<TagsNamed> {
  if (!tagField.test(JSON.stringify(filter) ?? '')) return () => [];
  const tags = await store.listTags(account.id);
  const byName = Map.groupBy(tags, ({ name }) => foldName(name));
  return name => (byName.get(name) ?? []).map(({ id }) => id);
}

function readCondition(condition: Record<string, unknown>, context: ReadingContext): EmailFilter {
  const filters = Object.entries(condition).map(([name, value]) => {
    const reader = readerOf(name, context);
    if (!reader) throw new MethodError('unsupportedFilter', `unknown condition ${name.slice(0, 40)}`);
    const filter = reader(value, context);
    if (!filter) throw badFilter(`${name} has a wrong value`);
    return filter;
  });
  const [first] = filters;
  return first && filters.length === 1 ? first : { all: filters };
}

function readerOf(name: string, context: ReadingContext): Reader | null {
  if (Object.hasOwn(conditionReaders, name)) return conditionReaders[name] ?? null;
  const extension = Object.hasOwn(extensionReaders, name) ? extensionReaders[name] : undefined;
  return extension && context.using.has(extension.capability) ? extension.read : null;
}

function simplified(tree: FilterTree<EmailFilter>): EmailFilter {
  if ('condition' in tree) return tree.condition;
  const inner = tree.conditions.map(simplified);
  if (tree.operator === 'AND') return { all: inner };
  return tree.operator === 'OR' ? { any: inner } : { none: inner };
}

function visit(tree: FilterTree<EmailFilter> | null, leaf: (filter: EmailFilter) => void): void {
  if (!tree) return;
  if ('condition' in tree) visitFilter(tree.condition, leaf);
  else for (const inner of tree.conditions) visit(inner, leaf);
}

function visitFilter(filter: EmailFilter, leaf: (filter: EmailFilter) => void): void {
  if ('all' in filter) for (const inner of filter.all) visitFilter(inner, leaf);
  else if ('any' in filter) for (const inner of filter.any) visitFilter(inner, leaf);
  else if ('none' in filter) for (const inner of filter.none) visitFilter(inner, leaf);
  else leaf(filter);
}
