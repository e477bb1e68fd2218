import { maxPage } from '../../page.ts';
import type { OwnerContext, OwnerQuestion, PublicKey, TagName } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import { ofAccount } from '../directory/rows.ts';
import { contactsOf } from './contacts.ts';
import { readDocuments } from './documents.ts';
import { byName, ownKeysOf, privateKeysOf, publicKeysOf } from './keys.ts';

/** What an owner's context holds of mail. */
export interface ContextOfMail {
  /** As `Mail.discussionHabit`. */
  readonly habit: (accountId: string, discussionKey: string) => Promise<number | null>;
  readonly tagNames: (accountId: string) => Promise<TagName[]>;
}

/** `Keys.getOwnerContext`: all at once, but the contacts, which need two requests one after the other. */
export async function getOwnerContext(
  context: CassandraContext,
  { accountId, asked }: { readonly accountId: string; readonly asked: OwnerQuestion },
  mail: ContextOfMail,
): Promise<OwnerContext> {
  const { session } = context;
  const addresses = asked.addresses.slice(0, maxPage).map(address => address.toLowerCase());
  const [[documents, tags], contacts, others, own, privateKeys, habit] = await ofAccount(
    session,
    accountId,
    () =>
      Promise.all([
        readDocuments(session, accountId).then(
          async found => [found, await tagsOf(context, { accountId, asked, found }, mail)] as const,
        ),
        contactsOf(
          session,
          accountId,
          addresses.map(address => `email:${address}`),
        ),
        publicKeysOf(session, accountId, addresses),
        ownKeysOf(session, accountId),
        privateKeysOf(session, accountId),
        mail.habit(accountId, asked.discussionKey),
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
    tags,
  };
}

/** Null, too, where they can't be read: mail comes in all the same. */
async function tagsOf(
  { log }: CassandraContext,
  {
    accountId,
    asked,
    found,
  }: {
    readonly accountId: string;
    readonly asked: OwnerQuestion;
    readonly found: Pick<OwnerContext, 'stateVersions'>;
  },
  { tagNames }: ContextOfMail,
): Promise<TagName[] | null> {
  if (found.stateVersions[asked.tagsWithState ?? ''] === undefined) return null;
  try {
    return await tagNames(accountId);
  } catch (error) {
    log.warn({ accountId, cause: String(error) }, 'tagsUnreadable');
    return null;
  }
}

function joinedKeys(own: readonly PublicKey[], others: readonly PublicKey[]): PublicKey[] {
  return [...own, ...others.filter(({ source }) => source !== 'own')].sort(byName);
}
