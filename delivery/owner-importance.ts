import type { AuthenticationFindings } from './authenticate/findings.ts';
import type { ImportanceFindings } from './importance/findings.ts';
import { judgeImportance, leastImportance } from './importance/judge.ts';
import { emptyImportance } from './importance/memory.ts';
import { normalizeAddress } from './message/address.ts';
import type { OwnerWork, Work } from './stage-table.ts';
import { accountHash } from './tags/hash.ts';
import { soleAuthor } from './tags/sender.ts';
import { tagWishesOf } from './tags/wishes.ts';

/** How much the message matters to this owner; null for nobody in particular, and where it was not scored. */
export function importanceFor(work: Work, owner: OwnerWork): ImportanceFindings | null {
  const { account, context, summary, score } = owner;
  if (!account || !score) return null;
  if (score.verdict === 'spam' || score.verdict === 'reject' || score.harmful) return leastImportance;
  const authentication = work.authentication ?? null;
  const { authenticatedUser } = work.arrival.session;
  const author = soleAuthor({ message: work.message, summary, authentication, authenticatedUser });
  const address = author && `email:${normalizeAddress(author.address)}`;
  return judgeImportance({
    message: owner.content ?? work.message,
    outer: work.message,
    summary,
    author: author?.address ?? null,
    isProven: authenticatedUser !== null || (authentication !== null && isProven(authentication)),
    isContact: address !== null && context.contacts.some(({ addresses }) => addresses.includes(address)),
    ownAddresses: new Set([...owner.addresses, owner.forwardPath ?? ''].map(normalizeAddress)),
    ownName: account.displayName,
    discussionKey: owner.discussion.key,
    memory: tagWishesOf(context.settings).learnsImportance ? owner.importanceMemory : emptyImportance,
    hash: accountHash(account.hashKey),
    now: work.arrival.receivedAt,
  });
}

function isProven({ spf, dkim, dmarc }: AuthenticationFindings): boolean {
  const isSigned = dkim.some(({ result, aligned }) => result === 'pass' && aligned);
  return dmarc.result === 'pass' || isSigned || (spf.result === 'pass' && spf.aligned);
}
