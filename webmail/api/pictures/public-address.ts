import { BlockList, isIP, isIPv4 } from 'node:net';
import { hextets } from '../../../delivery/ip-address.ts';

/** What is not for everybody to reach (IANA special-purpose registries, RFC 6890), multicast and reserved. */
const closedIpv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Within 2000::/3, the only space that is given out; all outside of it is closed. */
const closedIpv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

const closed = new BlockList();
for (const network of closedIpv4) addNetwork(network, 'ipv4');
for (const network of closedIpv6) addNetwork(network, 'ipv6');
const global = new BlockList();
global.addSubnet('2000::', 3, 'ipv6');

function addNetwork(network: string, family: 'ipv4' | 'ipv6'): void {
  const [address = '', prefix] = network.split('/');
  closed.addSubnet(address, Number(prefix), family);
}

/**
 * Whether an IP address is one that anybody on the Internet may be found at: not private, loopback, link-local, shared
 * (CGNAT), documentation, benchmarking, multicast or reserved, and no IPv6 address that holds or leads to one of IPv4
 * (mapped, compatible, NAT64, 6to4, Teredo), whose target a gateway would choose. False for anything else.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  if (isIPv4(address)) return !closed.check(address, 'ipv4');
  // By its groups: a list of IPv4 would match an address that holds one, too.
  const plain = hextets(address).join(':');
  return global.check(plain, 'ipv6') && !closed.check(plain, 'ipv6');
}
