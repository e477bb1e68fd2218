import { getDomain } from 'tldts';

/**
 * Whether two domains have the same organisational domain (relaxed alignment, RFC 9989 §3.2.10.1), by the public
 * suffix list with its private part: tenants of one hosting suffix are not each other.
 */
export function isAligned(domain: string | null, authorDomain: string | null): boolean {
  if (!domain || !authorDomain) return false;
  return organisationalDomain(domain) === organisationalDomain(authorDomain);
}

function organisationalDomain(domain: string): string {
  const name = domain.toLowerCase().replace(/\.$/, '');
  return getDomain(name, { allowPrivateDomains: true }) ?? name;
}
