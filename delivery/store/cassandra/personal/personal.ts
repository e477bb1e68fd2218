import type { AccountStates, Keys } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import type { ChangeLog } from '../log-change.ts';
import { statePart } from './account-states.ts';
import * as contacts from './contacts.ts';
import { exchangeDocument, getSettings, listTagRules, putDocument } from './documents.ts';
import * as keys from './keys.ts';
import { type ContextOfMail, getOwnerContext } from './owner-context.ts';

/** What keys and contacts ask of the rest of the store. */
export interface PersonalHooks {
  readonly changes: ChangeLog;
  readonly mail: ContextOfMail;
}

/** Keys, contacts, documents and states of the contract. */
export function personalPart(context: CassandraContext, hooks: PersonalHooks): Keys & AccountStates {
  return {
    ...keyPart(context),
    ...contactPart(context, hooks),
    ...documentPart(context, hooks),
    ...statePart(context),
  };
}

function keyPart(context: CassandraContext) {
  return {
    putPrivateKey: (accountId, key) => keys.putPrivateKey(context, accountId, key),
    listPrivateKeys: accountId => keys.listPrivateKeys(context, accountId),
    removePrivateKey: (accountId, fingerprint) => keys.removePrivateKey(context, accountId, fingerprint),
    putPublicKey: (accountId, key) => keys.putPublicKey(context, accountId, key),
    listPublicKeys: (accountId, addresses) => keys.listPublicKeys(context, accountId, addresses),
    removePublicKey: (accountId, address, fingerprint) =>
      keys.removePublicKey(context, accountId, { address, fingerprint }),
  } satisfies Partial<Keys>;
}

function contactPart(context: CassandraContext, { changes }: PersonalHooks) {
  return {
    putContact: (accountId, contact) => contacts.putContact(context, { accountId, contact }, changes),
    putContactIndex: (accountId, id, computed) =>
      contacts.putContactIndex(context, { accountId, id, computed }, changes),
    getContact: (accountId, id) => contacts.getContact(context, accountId, id),
    listContacts: (accountId, page) => contacts.listContacts(context, accountId, page),
    findContacts: (accountId, addresses) => contacts.findContacts(context, accountId, addresses),
    removeContact: (accountId, id) => contacts.removeContact(context, { accountId, id }, changes),
  } satisfies Partial<Keys>;
}

function documentPart(context: CassandraContext, { mail, changes }: PersonalHooks) {
  return {
    getOwnerContext: (accountId, asked) => getOwnerContext(context, { accountId, asked }, mail),
    getSettings: accountId => getSettings(context, accountId),
    putSettings: (accountId, value, ifUnchanged) =>
      ifUnchanged === undefined
        ? putDocument(context, { accountId, name: 'settings', value }, changes)
        : exchangeDocument(context, { accountId, name: 'settings', value, ifUnchanged }, changes),
    listTagRules: accountId => listTagRules(context, accountId),
    putTagRules: (accountId, rules, ifUnchanged) => {
      const document = { accountId, name: 'tagRules', value: [...rules] } as const;
      return ifUnchanged === undefined
        ? putDocument(context, document, changes)
        : exchangeDocument(context, { ...document, ifUnchanged }, changes);
    },
  } satisfies Partial<Keys>;
}
