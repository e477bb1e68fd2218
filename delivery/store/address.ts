import { domainToASCII } from 'node:url';
import { DeliveryError } from '../errors.ts';

/** An addr-spec taken apart for the directory. */
export interface ParsedAddress {
  /** Local part, unquoted where quotes are needless, letters as given. */
  readonly localPart: string;
  /** Lower-case A-labels. */
  readonly domain: string;
  /** How it is written: local part as given, domain lower-case. */
  readonly address: string;
  /** What it is compared by: everything lower-case. */
  readonly key: string;
}

const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** The domain as lower-case A-labels (RFC 5890); null when it is no domain name. A final dot is dropped. */
export function normalizeDomain(name: string): string | null {
  const ascii = domainToASCII(name.trim().replace(/\.$/, '')).toLowerCase();
  if (ascii.length === 0 || ascii.length > 253) return null;
  return ascii.split('.').every(part => label.test(part)) ? ascii : null;
}

// A dot-string of RFC 5321 §4.1.2 with the UTF-8 of RFC 6531: neither specials, spaces nor controls.
const dotString = /^[^\s\p{Cc}"(),:;<>@[\\\]]+$/u;
const quotedString = /^"(?:[^"\\\p{Cc}]|\\[^\p{Cc}])*"$/u;

/** The address taken apart; null when its syntax is broken (RFC 5321 §4.1.2; local parts up to 64 octets). */
export function parseAddress(address: string): ParsedAddress | null {
  const at = address.lastIndexOf('@');
  const domain = normalizeDomain(address.slice(at + 1));
  const localPart = at > 0 ? readLocalPart(address.slice(0, at)) : null;
  if (domain === null || localPart === null) return null;
  const written = dotString.test(localPart) ? localPart : `"${localPart.replace(/["\\]/g, '\\$&')}"`;
  return { localPart, domain, address: `${written}@${domain}`, key: addressKey(localPart, domain) };
}

function readLocalPart(text: string): string | null {
  const localPart = quotedString.test(text)
    ? text.slice(1, -1).replace(/\\(.)/gu, '$1')
    : dotString.test(text) && isDotted(text)
      ? text
      : null;
  if (localPart === null || localPart === '' || Buffer.byteLength(localPart) > 64) return null;
  return localPart.normalize('NFC');
}

function isDotted(text: string): boolean {
  return !text.startsWith('.') && !text.endsWith('.') && !text.includes('..');
}

/** What an address is compared by: local part and domain in lower case. */
export function addressKey(localPart: string, domain: string): string {
  return `${localPart.toLowerCase()}@${domain}`;
}

/** As `parseAddress`; throws `badAddress` instead. */
export function requireAddress(address: string): ParsedAddress {
  const parsed = parseAddress(address);
  if (!parsed)
    throw new DeliveryError('badAddress', 'the address has no valid syntax', { fields: { address } });
  return parsed;
}

/** As `normalizeDomain`; throws `badAddress` instead. */
export function requireDomain(name: string): string {
  const domain = normalizeDomain(name);
  if (domain === null) throw new DeliveryError('badAddress', 'no domain name', { fields: { domain: name } });
  return domain;
}
