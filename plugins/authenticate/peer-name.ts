import { BlockList, isIPv6 } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Resolver } from '../../delivery/resolver.ts';

/** Addresses that no public resolver knows a name for. */
const inside = new BlockList();
for (const [network, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const) {
  inside.addSubnet(network, prefix, 'ipv4');
}
inside.addAddress('::1', 'ipv6');
inside.addSubnet('fc00::', 7, 'ipv6');
inside.addSubnet('fe80::', 10, 'ipv6');

/** A host name of letters, digits, hyphens and the underscores seen in the field; PTR records can hold any octets. */
const hostName = /^(?!.{254})[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_-]{1,63})*\.?$/i;

/** The name that the PTR record of an address claims (RFC 1035 §3.5); null when there is none or no answer in time. */
export async function lookUpName(
  address: string,
  { resolver, timeoutMilliseconds }: { resolver: Resolver; timeoutMilliseconds: number },
): Promise<string | null> {
  if (inside.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) return null;
  const stop = new AbortController();
  const tooLate = wait(timeoutMilliseconds, [], { signal: stop.signal }).catch(() => []);
  try {
    const names = await Promise.race([resolver(reverseName(address), 'PTR'), tooLate]);
    const name = names.find(found => typeof found === 'string' && hostName.test(found));
    return typeof name === 'string' ? name.replace(/\.$/, '').toLowerCase() : null;
  } catch {
    return null; // No name or no answer: the authenticate stage says which.
  } finally {
    stop.abort();
  }
}

/** `192.0.2.1` as `1.2.0.192.in-addr.arpa`, IPv6 by nibbles under `ip6.arpa` (RFC 3596 §2.5). */
export function reverseName(address: string): string {
  if (!isIPv6(address)) return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
  return `${[...nibblesOf(address)].reverse().join('.')}.ip6.arpa`;
}

function nibblesOf(address: string): string {
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const groups = (text: string) => (text ? text.split(':') : []);
  const [before, after] = [groups(head), tail === undefined ? [] : groups(tail)];
  const missing = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...missing, ...after].map(group => group.padStart(4, '0')).join('');
}
