import { domainOf, normalizeAddress } from '../message/address.ts';
import { decodeWords, fieldsNamed, unfold } from '../message/fields.ts';
import type { TagRule } from './findings.ts';
import type { TagEvidence } from './tag.ts';

type Matcher = (rule: TagRule, evidence: TagEvidence) => boolean;

/** Whether a rule of the owner's is met, by its subject. */
export const matchers: Readonly<Record<TagRule['subject'], Matcher>> = {
  sender: matchesSender,
  list: ({ value }, { summary }) =>
    summary.listId !== null && summary.listId.toLowerCase() === withoutBrackets(value),
  field: matchesField,
  level: ({ value }, { index }) => index?.level === value.trim().toUpperCase(),
};

/** Fields that name the author: a rule on them is a rule by sender in disguise. */
const authorFields: ReadonlySet<string> = new Set(['from', 'sender', 'reply-to', 'return-path']);

/** `value` is an addr-spec, or `@domain` for everybody in it. One author only: a second could be anybody. */
function matchesSender({ value }: TagRule, evidence: TagEvidence): boolean {
  const [author, ...others] = evidence.summary.originators.from;
  if (author === undefined || others.length > 0 || !mayBeAuthor(evidence)) return false;
  if (fieldsNamed(evidence.message.root.fields, 'from').length > 1) return false;
  const wanted = normalizeAddress(value);
  const address = normalizeAddress(author.address);
  return wanted.startsWith('@') ? domainOf(address) === domainOf(wanted) : address === wanted;
}

/** The field contains the value, without regard to case, encoded words (RFC 2047) read. */
function matchesField({ field = '', value }: TagRule, evidence: TagEvidence): boolean {
  if (authorFields.has(field.toLowerCase()) && !mayBeAuthor(evidence)) return false;
  const wanted = value.toLowerCase();
  return fieldsNamed(evidence.message.root.fields, field).some(found =>
    decodeWords(unfold(found.value)).toLowerCase().includes(wanted),
  );
}

/**
 * False where the author's address was checked and is false, or could not be looked at: a sender that failed DMARC
 * never meets a rule. A forged message must not get the tag that its owner trusts.
 */
function mayBeAuthor({ authentication, authenticatedUser }: TagEvidence): boolean {
  if (authenticatedUser) return true;
  return authentication !== null && authentication.dmarc.result !== 'fail';
}

function withoutBrackets(value: string): string {
  return value
    .trim()
    .replace(/^<(.*)>$/, '$1')
    .toLowerCase();
}
