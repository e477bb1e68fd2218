import * as v from 'valibot';
import { foldText } from '../../../delivery/search/terms.ts';
import { addressBookId } from './address-book.ts';
import {
  type Comparator,
  queryChangesEntries,
  queryEntries,
  readArguments,
  utcDateSchema,
} from './arguments.ts';
import { type Card, cardOf } from './card.ts';
import { checkCollation, collate } from './collation.ts';
import { allContacts } from './contact-card.ts';
import { MethodError } from './errors.ts';
import { badFilter, matches, readFilter } from './filter-tree.ts';
import type { Handler } from './method.ts';
import { isRecord } from './request.ts';
import { cut } from './window.ts';

type Test = (card: Card) => boolean;

const querySchema = v.strictObject(queryEntries);
const queryChangesSchema = v.strictObject(queryChangesEntries);

/** ContactCard/query (RFC 9610 §3.3): an account's contacts are few enough to be looked through. */
export const contactCardQuery: Handler = async (args, context) => {
  const { filter, sort, calculateTotal, ...window } = readArguments(querySchema, args);
  const tree = readFilter(filter, readCondition);
  const compare = readSort(sort ?? []);
  const queryState = await context.store.getState(context.account.id, 'ContactCard');
  const cards = (await allContacts(context)).map(cardOf);
  const found = cards.filter(card => matches(tree, test => test(card))).sort(compare);
  const ids = found.map(({ id }) => String(id));
  const page = cut(ids, window);
  return {
    accountId: context.account.id,
    queryState,
    canCalculateChanges: false,
    position: page.position,
    ids: page.ids,
    ...(page.limit === undefined ? {} : { limit: page.limit }),
    ...(calculateTotal ? { total: ids.length } : {}),
  };
};

/** ContactCard/queryChanges: asking again costs no more (RFC 8620 §5.6 allows this answer). */
export const contactCardQueryChanges: Handler = async args => {
  readArguments(queryChangesSchema, args);
  throw new MethodError('cannotCalculateChanges');
};

/** Conditions on text (RFC 9610 §3.3.1) and where they look. */
const texts: Readonly<Record<string, (card: Card) => readonly unknown[]>> = {
  text: card =>
    Object.entries(card)
      .filter(([name]) => name !== 'uid')
      .map(([, value]) => value),
  name: ({ name }) => [name],
  'name/given': ({ name }) => components(name, 'given'),
  'name/surname': ({ name }) => components(name, 'surname'),
  'name/surname2': ({ name }) => components(name, 'surname2'),
  nickname: ({ nicknames }) => [nicknames],
  organization: ({ organizations }) => [organizations],
  email: ({ emails }) => [emails],
  phone: ({ phones }) => [phones],
  onlineService: ({ onlineServices }) => [onlineServices],
  address: ({ addresses }) => [addresses],
  note: ({ notes }) => [notes],
};

const dates: Readonly<
  Record<string, readonly [property: string, isWanted: (at: number, bound: number) => boolean]>
> = {
  createdBefore: ['created', (at, bound) => at < bound],
  createdAfter: ['created', (at, bound) => at >= bound],
  updatedBefore: ['updated', (at, bound) => at < bound],
  updatedAfter: ['updated', (at, bound) => at >= bound],
};

const equals: Readonly<Record<string, (card: Card, wanted: string) => boolean>> = {
  inAddressBook: (_card, wanted) => wanted === addressBookId,
  uid: ({ uid }, wanted) => uid === wanted,
  hasMember: ({ members }, wanted) => isRecord(members) && members[wanted] === true,
  kind: ({ kind }, wanted) => (kind ?? 'individual') === wanted,
};

/** Several properties of one condition must all hold (RFC 8620 §5.5). */
function readCondition(condition: Record<string, unknown>): Test {
  const tests = Object.entries(condition).map(([name, value]) => testOf(name, value));
  return card => tests.every(test => test(card));
}

function testOf(name: string, value: unknown): Test {
  if (typeof value !== 'string') throw badFilter(`${name} is a text`);
  const equal = Object.hasOwn(equals, name) ? equals[name] : undefined;
  if (equal) return card => equal(card, value);
  const date = Object.hasOwn(dates, name) ? dates[name] : undefined;
  if (date) return dateTest(date, value);
  const text = Object.hasOwn(texts, name) ? texts[name] : undefined;
  if (!text) throw new MethodError('unsupportedFilter', `no condition ${name.slice(0, 40)}`);
  const words = foldText(value).split(' ').filter(Boolean);
  return card => {
    const folded = foldText(stringsIn(text(card)).join(' '));
    return words.every(word => folded.includes(word));
  };
}

function dateTest([property, isWanted]: NonNullable<(typeof dates)[string]>, value: string): Test {
  const date = v.safeParse(utcDateSchema, value);
  if (!date.success) throw badFilter('a date is written 2026-01-31T00:00:00Z');
  const bound = date.output.getTime();
  return card => {
    const at = Date.parse(String(card[property] ?? ''));
    return !Number.isNaN(at) && isWanted(at, bound);
  };
}

/** All texts within a value, the names of types left out. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => (name === '@type' ? [] : stringsIn(member)));
}

function components(name: unknown, kind: string): string[] {
  if (!isRecord(name) || !Array.isArray(name.components)) return [];
  return name.components.flatMap(part => (isRecord(part) && part.kind === kind ? String(part.value) : []));
}

/** Sort properties of RFC 9610 §3.3.2. */
const sortTexts: Readonly<Record<string, (card: Card) => string>> = {
  created: ({ created }) => String(created ?? ''),
  updated: ({ updated }) => String(updated ?? ''),
  'name/given': ({ name }) => components(name, 'given').join(' '),
  'name/surname': ({ name }) => components(name, 'surname').join(' '),
  'name/surname2': ({ name }) => components(name, 'surname2').join(' '),
};

/** Equals are in the order of their ids, so that a query has one answer. */
function readSort(sort: readonly Comparator[]): (one: Card, other: Card) => number {
  const keys = sort.map(({ property, isAscending, collation }) => {
    const read = Object.hasOwn(sortTexts, property) ? sortTexts[property] : undefined;
    if (!read) throw new MethodError('unsupportedSort', `cannot sort by ${property.slice(0, 40)}`);
    checkCollation(collation);
    return { read, sign: isAscending ? 1 : -1 };
  });
  return (one, other) => {
    for (const { read, sign } of keys) {
      const order = collate(read(one), read(other));
      if (order !== 0) return order * sign;
    }
    return String(one.id) < String(other.id) ? -1 : 1;
  };
}
