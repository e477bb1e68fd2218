import { maxPage } from '../../page.ts';
import type { OwnerContext, PublicKey } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import { ofAccount } from '../directory/rows.ts';
import { contactsOf } from './contacts.ts';
import { readDocuments } from './documents.ts';
import { byName, ownKeysOf, privateKeysOf, publicKeysOf } from './keys.ts';

/** As `Mail.discussionHabit`. */
export type Habit = (accountId: string, discussionKey: string) => Promise<number | null>;

/** `Keys.getOwnerContext`: all at once, but the contacts, which need two requests one after the other. */
export async function getOwnerContext(
  { session }: CassandraContext,
  {
    accountId,
    asked,
  }: {
    readonly accountId: string;
    readonly asked: { readonly addresses: readonly string[]; readonly discussionKey: string };
  },
  habitOf: Habit,
): Promise<OwnerContext> {
  const addresses = asked.addresses.slice(0, maxPage).map(address => address.toLowerCase());
  const [documents, contacts, others, own, privateKeys, habit] = await ofAccount(session, accountId, () =>
    Promise.all([
      readDocuments(session, accountId),
      contactsOf(
        session,
        accountId,
        addresses.map(address => `email:${address}`),
      ),
      publicKeysOf(session, accountId, addresses),
      ownKeysOf(session, accountId),
      privateKeysOf(session, accountId),
      habitOf(accountId, asked.discussionKey),
    ]),
  );
  const { settings, tagRules: rules, stateVersions } = documents;
  return {
    rules,
    contacts,
    publicKeys: joinedKeys(own, others),
    privateKeys,
    habit,
    settings,
    stateVersions,
  };
}

function joinedKeys(own: readonly PublicKey[], others: readonly PublicKey[]): PublicKey[] {
  return [...own, ...others.filter(({ source }) => source !== 'own')].sort(byName);
}
