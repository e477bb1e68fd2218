import { BlockList, isIP, isIPv4 } from 'node:net';
import type { AuthenticationFindings } from '../authenticate/findings.ts';
import { plainAddress } from '../ip-address.ts';

/** Whom an admin never makes wait. */
export interface Exempt {
  hasAddress(address: string | null): boolean;
  /** Domains count where SPF or DKIM proves them, and stand for those below them. */
  hasProven(authentication: AuthenticationFindings | null): boolean;
}

/** Reads `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32` and `example.org`. */
export function openExempt(texts: readonly string[]): Exempt {
  const networks = new BlockList();
  const domains: string[] = [];
  for (const text of texts) {
    const [address = '', bits] = text.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (isIP(address) === 0) domains.push(text.toLowerCase().replace(/\.$/, ''));
    else if (bits === undefined) networks.addAddress(address, family);
    else networks.addSubnet(address, Number(bits), family);
  }
  return {
    hasAddress(address) {
      const plain = plainAddress(address ?? '');
      return isIP(plain) !== 0 && networks.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
    },
    hasProven(authentication) {
      if (!authentication || domains.length === 0) return false;
      return provenDomains(authentication).some(domain =>
        domains.some(name => domain === name || domain.endsWith(`.${name}`)),
      );
    },
  };
}

/** Domains that SPF or DKIM has proven, lower-case. */
function provenDomains({ spf, dkim }: AuthenticationFindings): string[] {
  const signers = dkim.filter(({ result }) => result === 'pass').map(({ domain }) => domain);
  const path = spf.result === 'pass' && spf.domain ? [spf.domain] : [];
  return [...path, ...signers].map(domain => domain.toLowerCase());
}
