import { isIPv6 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import { addressOctets } from '../answer/address.ts';

/** What one client has at its disposal: an IPv4 address, an IPv6 /56. Empty for what is no address. */
export function networkOf(address: string): string {
  return Buffer.from(addressOctets(address).subarray(0, 7)).toString('hex');
}

/**
 * The addresses that UDP sockets are bound to for one that is listened on: for `0.0.0.0` and `::` each address of the
 * machine, since an answer must leave from the address that was asked, and only a socket of its own makes it so.
 */
export function ownAddresses(
  address: string,
  interfaces: Readonly<Record<string, NetworkInterfaceInfo[] | undefined>>,
): string[] {
  if (address !== '0.0.0.0' && address !== '::') return [address];
  const family = isIPv6(address) ? 'IPv6' : 'IPv4';
  const found = Object.values(interfaces)
    .flatMap(addresses => addresses ?? [])
    // Link-local ones mean something on one link only; name servers have others.
    .filter(info => info.family === family && !info.address.toLowerCase().startsWith('fe80:'))
    .map(info => info.address);
  return [...new Set(found)];
}
