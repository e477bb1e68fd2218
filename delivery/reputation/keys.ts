import { createHash } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';
import { getDomain } from 'tldts';
import type { AuthenticationFindings } from '../authenticate/findings.ts';
import type { Session } from '../delivery.ts';
import { firstHextets, isPrivateAddress, plainAddress } from '../ip-address.ts';

/** What of a message tells who sent it; of a stored one, the fields of its findings of the same name. */
export interface SenderTraits {
  readonly session: Session | null;
  readonly authentication: AuthenticationFindings | null;
}

/**
 * The keys under which verdicts on a message count for its sender, the most particular one first: organisational
 * domain x signer x network; organisational domain x signer, wherever it is sent from; network. Empty where the
 * sender is a user of ours or nothing is known of the sender.
 *
 * Owners' verdicts are counted under them by `teachReputation` alone; the score never is.
 */
export function reputationKeys({ session, authentication }: SenderTraits): string[] {
  if (session?.authenticatedUser || session?.source === 'inside') return [];
  const network = networkOf(session?.remoteAddress ?? null);
  const author = authentication?.dmarc.domain ? organisationalDomain(authentication.dmarc.domain) : null;
  const signer = signerOf(authentication);
  const keys = [
    ...(author && (signer || network) ? [`sender:${author}:${signer ?? '-'}:${network ?? '-'}`] : []),
    ...(author && signer ? [`signer:${author}:${signer}`] : []),
    ...(network ? [`network:${network}`] : []),
  ];
  return keys.map(short);
}

/**
 * The network of a public address: IPv4 by 24 bits, IPv6 by 48, as `192.0.2` and `2001:db8:0`. Null for private
 * addresses and none.
 */
export function networkOf(address: string | null): string | null {
  const plain = plainAddress(address ?? '');
  if (isIP(plain) === 0 || isPrivateAddress(plain)) return null;
  return isIPv4(plain) ? plain.split('.').slice(0, 3).join('.') : firstHextets(plain, 3);
}

/** Organisational domain (RFC 9989 §3.2.10) by the public suffix list. */
export function organisationalDomain(domain: string): string {
  const name = domain.toLowerCase().replace(/\.$/, '');
  return getDomain(name, { allowPrivateDomains: true }) ?? name;
}

/** Who has signed: the author's own signature before those of others. */
function signerOf(authentication: AuthenticationFindings | null): string | null {
  const passed = (authentication?.dkim ?? []).filter(({ result }) => result === 'pass');
  const signature = passed.find(({ aligned }) => aligned) ?? passed[0];
  return signature?.domain ? organisationalDomain(signature.domain) : null;
}

/** Longest key that the store takes. */
const maxCharacters = 255;

function short(key: string): string {
  if (key.length <= maxCharacters) return key;
  const kind = key.slice(0, key.indexOf(':') + 1);
  return `${kind}${createHash('sha256').update(key).digest('base64url')}`;
}
