import * as v from 'valibot';
import { changesSchema, checkProperties, getEntries, readArguments } from './arguments.ts';
import { MethodError } from './errors.ts';
import type { Handler } from './method.ts';
import { askedIds, gathered, pick } from './standard-get.ts';

/** The one address book that an account has. */
export const addressBookId = 'default';

/** It never changes. */
const state = '1';

const addressBook = {
  id: addressBookId,
  name: 'Contacts',
  description: null,
  sortOrder: 0,
  isDefault: true,
  isSubscribed: true,
  shareWith: null,
  myRights: { mayRead: true, mayWrite: true, mayShare: false, mayDelete: false },
};

const getSchema = v.strictObject(getEntries);

/** AddressBook/get (RFC 9610 §2.1). */
export const addressBookGet: Handler = async (args, context) => {
  const { ids, properties } = readArguments(getSchema, args);
  checkProperties(properties, name => Object.hasOwn(addressBook, name));
  const { list, notFound } = gathered(ids === null ? [addressBookId] : askedIds(ids, context), [addressBook]);
  return { accountId: context.account.id, state, list: list.map(book => pick(book, properties)), notFound };
};

/** AddressBook/changes (RFC 9610 §2.2). */
export const addressBookChanges: Handler = async (args, context) => {
  const { sinceState } = readArguments(changesSchema, args);
  if (sinceState !== state) throw new MethodError('cannotCalculateChanges');
  const nothing = { created: [], updated: [], destroyed: [] };
  return {
    accountId: context.account.id,
    oldState: state,
    newState: state,
    hasMoreChanges: false,
    ...nothing,
  };
};
