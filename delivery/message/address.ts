import { domainToASCII } from 'node:url';
import { normalizeText } from './normalize.ts';
import type { Mailbox, MailboxGroup } from './shape.ts';
import { encodeWords } from './words.ts';

export { parseAddressList } from './address-list.ts';

/** All mailboxes of an address list in order, groups opened. */
export function flatten(groups: readonly MailboxGroup[]): Mailbox[] {
  return groups.flatMap(group => group.mailboxes);
}

/**
 * A mailbox as it can stand in an address field, not folded: display name as atoms, quoted-string or encoded
 * words. Line ends, NULs and angle brackets of an address are left out, so nothing can be injected.
 */
export function formatMailbox(mailbox: Mailbox): string {
  const address = formatAddress(mailbox.address);
  if (!mailbox.name) return isDotAtomAddress(address) ? address : `<${address}>`;
  return `${formatPhrase(mailbox.name)} <${address}>`;
}

/** An address list as one value, not folded (RFC 5322 §3.4). */
export function formatAddressList(groups: readonly MailboxGroup[]): string {
  const written = groups.map(group => {
    const mailboxes = group.mailboxes.map(formatMailbox).join(', ');
    return group.name === null ? mailboxes : `${formatPhrase(group.name)}: ${mailboxes};`;
  });
  return written.filter(text => text !== '').join(', ');
}

function formatPhrase(name: string): string {
  if (/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+$/.test(name) && !/=\?| {2}/.test(name) && isTidy(name)) return name;
  if (/^[\x20-\x7e]*$/.test(name) && !name.includes('=?') && isTidy(name)) {
    return `"${name.replace(/["\\]/g, '\\$&')}"`;
  }
  return encodeWords(name);
}

/** No spaces at the ends and no word too long for a line. */
function isTidy(name: string): boolean {
  return name.trim() === name && !/[^ ]{500}/.test(name);
}

function formatAddress(address: string): string {
  const clean = address.replace(/[\x00-\x1f\x7f]/g, '');
  return clean.startsWith('"') ? clean : clean.replace(/[<>]/g, '');
}

function isDotAtomAddress(address: string): boolean {
  return /^[^\s"(),:;<>@[\]\\]+@[^\s"(),:;<>@[\]\\]+$/.test(address);
}

/**
 * The form under which an address is compared and looked up: lower-case, needless quotes removed, domain as
 * IDNA A-labels without a final dot. Anything without `@` is only lower-cased.
 */
export function normalizeAddress(address: string): string {
  const text = address.trim();
  const at = text.lastIndexOf('@');
  if (at === -1) return normalizeText(text, 'NFC').toLowerCase();
  const local = normalizeText(unquoteLocalPart(text.slice(0, at)), 'NFC').toLowerCase();
  return `${local}@${normalizeDomain(text.slice(at + 1))}`;
}

/** Whether an address is one of `own` (both normalised), also with a `+detail` behind the local part (RFC 5233). */
export function isOneOf(address: string, own: ReadonlySet<string>): boolean {
  if (own.has(address)) return true;
  const at = address.lastIndexOf('@');
  const plus = address.indexOf('+');
  return plus > 0 && plus < at && own.has(address.slice(0, plus) + address.slice(at));
}

/** Domain of an addr-spec as lower-case A-labels; empty when there is none. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at === -1 ? '' : normalizeDomain(address.slice(at + 1).trim());
}

function normalizeDomain(domain: string): string {
  const bare = domain.toLowerCase().replace(/\.$/, '');
  if (/^[a-z0-9._-]*$/.test(bare) || bare.startsWith('[') || bare.length > 1000) return bare;
  return domainToASCII(bare) || bare;
}

function unquoteLocalPart(local: string): string {
  const quoted = /^"([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+)"$/.exec(local);
  return quoted?.[1] ?? local;
}
