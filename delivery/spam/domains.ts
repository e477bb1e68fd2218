import { domainToASCII, domainToUnicode } from 'node:url';
import { parse } from 'tldts';

/** A host by the public suffix list, its private part included. */
export interface HostParts {
  /** The domain somebody registered: `mail.shop.co.uk` gives `shop.co.uk`. The host itself where there is none. */
  readonly domain: string;
  /** The first label of `domain`: what a reader takes for the name. Empty for a number. */
  readonly name: string;
  /** Labels before `domain`, joined by dots; empty when there are none. */
  readonly subdomain: string;
  /** True where the suffix belongs to somebody who lets others in (`pages.dev`, `co.com`): anybody gets a name there. */
  readonly isTenant: boolean;
}

const options = { allowPrivateDomains: true, extractHostname: false, validateHostname: false };

/** Takes a lower-case host apart (https://publicsuffix.org/list/). */
export function hostParts(host: string): HostParts {
  if (isNumericHost(host)) return { domain: host, name: '', subdomain: '', isTenant: false };
  const { domain, subdomain, domainWithoutSuffix, isPrivate } = parse(host.slice(-253), options);
  if (!domain) return { domain: host, name: '', subdomain: '', isTenant: isPrivate === true };
  return {
    domain,
    name: domainWithoutSuffix ?? '',
    subdomain: subdomain ?? '',
    isTenant: isPrivate === true,
  };
}

/** The domain somebody registered; the host itself where there is none. */
export function registeredDomain(host: string): string {
  return hostParts(host).domain;
}

/** A host that is a number as browsers read it: dotted, decimal, octal, hexadecimal, or an IPv6 literal. */
export function isNumericHost(host: string): boolean {
  return /^(?:(?:0x[0-9a-f]{1,16}|\d{1,16})(?:\.(?:0x[0-9a-f]{1,16}|\d{1,16})){0,3}|\[[0-9a-f:.]+\])$/i.test(
    host,
  );
}

/** The host in ASCII, `xn--` labels and all, as a browser would ask for it; as it was where that is not allowed. */
export function asciiHost(host: string): string {
  if (/^[\x21-\x7e]*$/.test(host)) return host;
  return domainToASCII(host.slice(0, 253)) || host;
}

/** The host with its `xn--` labels as letters. */
export function unicodeHost(host: string): string {
  return host.includes('xn--') ? domainToUnicode(host.slice(0, 253)) || host : host;
}

/** A host as it is shown: with `xn--` labels as letters and, since those may be an imitation, as code as well. */
export function shownHostOf(host: string): string {
  const letters = unicodeHost(host);
  return letters === host ? host : `${letters} (${host})`;
}

/** Lower-case domain of an address; empty when there is none. */
export function addressDomain(address: string | undefined): string {
  const at = address?.lastIndexOf('@') ?? -1;
  if (address === undefined || at < 0) return '';
  const domain = address
    .slice(at + 1)
    .trim()
    .toLowerCase()
    .replace(/\.$/, '');
  return asciiHost(domain);
}
