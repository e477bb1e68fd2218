import { implementation } from '../../../delivery/sieve/extensions.ts';
import type { Account } from '../../../delivery/store/store.ts';
import { capabilities, type JmapSession, paths } from '../../wire.ts';
import { collations } from './collation.ts';
import { sortOptions } from './email-sort.ts';
import { coreLimits, mailLimits } from './limits.ts';
import { sieveLimits } from './sieve-script.ts';
import { maxRules } from './tag-rule.ts';
import { maxViews } from './view.ts';

const mailCapability = {
  ...mailLimits,
  emailQuerySortOptions: Object.keys(sortOptions),
  mayCreateTopLevelMailbox: true,
};

const accountCapabilities = {
  [capabilities.mail]: mailCapability,
  [capabilities.contacts]: { maxAddressBooksPerCard: 1, mayCreateAddressBook: false },
  [capabilities.sieve]: sieveLimits,
  [capabilities.privacy]: { version: 1 },
  [capabilities.discussion]: {},
  [capabilities.tagRules]: { maxRules },
  [capabilities.audit]: {},
  [capabilities.keys]: {},
  [capabilities.pictures]: {},
  [capabilities.views]: { maxViews },
  [capabilities.preferences]: {},
};

/** The Session object (RFC 8620 §2) of an account's owner, without its state. `origin` is what clients reach us by. */
export function sessionObject(account: Account, origin: string): Omit<JmapSession, 'state'> {
  const urns = Object.keys(accountCapabilities);
  return {
    capabilities: {
      [capabilities.core]: { ...coreLimits, collationAlgorithms: collations },
      ...Object.fromEntries(urns.map(urn => [urn, {}])),
      [capabilities.sieve]: { implementation },
    },
    accounts: {
      [account.id]: { name: account.address, isPersonal: true, isReadOnly: false, accountCapabilities },
    },
    primaryAccounts: Object.fromEntries(urns.map(urn => [urn, account.id])),
    username: account.address,
    apiUrl: `${origin}${paths.jmap}`,
    downloadUrl: `${origin}${paths.download}{accountId}/{blobId}/{name}?type={type}`,
    uploadUrl: `${origin}${paths.upload}{accountId}/`,
    eventSourceUrl: `${origin}${paths.eventSource}?types={types}&closeafter={closeafter}&ping={ping}`,
  };
}
