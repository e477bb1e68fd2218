import { domainOf, normalizeAddress } from '../message/address.ts';
import { fieldsNamed } from '../message/fields.ts';
import type { Mailbox } from '../message/shape.ts';
import type { TagEvidence } from './tag.ts';

/** Characters: no mail can go to one that is longer (RFC 5321 §4.5.3.1). */
const maxAddress = 1000;

type SenderEvidence = Pick<TagEvidence, 'message' | 'summary' | 'authentication' | 'authenticatedUser'>;

/** The one author of a message, null where there are none or several, or where the address is known to be false. */
export function soleAuthor(evidence: SenderEvidence): Mailbox | null {
  const [author, ...others] = evidence.summary.originators.from;
  if (author === undefined || others.length > 0 || !mayBeAuthor(evidence)) return null;
  return fieldsNamed(evidence.message.root.fields, 'from').length > 1 ? null : author;
}

/**
 * False where the author's address was checked and is false, or could not be looked at: a sender that failed DMARC
 * never meets a rule. A forged message must not get the tag that its owner trusts.
 */
export function mayBeAuthor({ authentication, authenticatedUser }: SenderEvidence): boolean {
  if (authenticatedUser) return true;
  return authentication !== null && authentication.dmarc.result !== 'fail';
}

/** Whether an address is the one wanted, or in the domain wanted (`@example.org`), without regard to case. */
export function matchesAddress(found: string, wanted: string): boolean {
  if (found.length > maxAddress) return false;
  const [address, value] = [normalizeAddress(found), normalizeAddress(wanted)];
  return value.startsWith('@') ? domainOf(address) === domainOf(value) : address === value;
}
