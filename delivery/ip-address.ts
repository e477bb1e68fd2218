import { BlockList, isIPv4 } from 'node:net';

/** Addresses that no public reverse zone knows; asking would only tell the resolver about our network. */
const privateAddresses = new BlockList();
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  privateAddresses.addSubnet(network, prefix, 'ipv4');
}
privateAddresses.addSubnet('fc00::', 7, 'ipv6');
privateAddresses.addSubnet('fe80::', 10, 'ipv6');
privateAddresses.addAddress('::1', 'ipv6');

/** Whether an IP address is of this host, its link or a private network. */
export function isPrivateAddress(address: string): boolean {
  return privateAddresses.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** The address alone: one for both families that holds IPv4 (RFC 4291 §2.5.5.2) as IPv4, without a zone behind `%`. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
}

/** `192.0.2.1` as `1.2.0.192.in-addr.arpa` (RFC 1035 §3.5), IPv6 by nibbles under `ip6.arpa` (RFC 3596 §2.5). */
export function reverseName(address: string): string {
  if (isIPv4(address)) return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
  const nibbles = hextets(address).join('').split('').reverse();
  return `${nibbles.join('.')}.ip6.arpa`;
}

/** An IPv6 address, in whichever way it is written (RFC 4291 §2.2), as eight groups of four hexadecimal digits. */
export function hextets(address: string): string[] {
  const text = address.toLowerCase().replace(/%.*$/, '');
  const [head = '', tail] = embeddedIpv4(text).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array<string>(gap).fill('0'), ...right].map(group => group.padStart(4, '0'));
}

/** The first groups of an IPv6 address, written shortly: `2001:db8:0:1` of four. */
export function firstHextets(address: string, count: number): string {
  return hextets(address)
    .slice(0, count)
    .map(group => group.replace(/^0+(?=.)/, ''))
    .join(':');
}

/** `::192.0.2.1` written in hexadecimal. */
function embeddedIpv4(text: string): string {
  return text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...groups: string[]) => {
    const [a, b, c, d] = groups.slice(0, 4).map(Number) as [number, number, number, number];
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
}
