import { isIPv6 } from 'node:net';
import { firstHextets } from '../../delivery/ip-address.ts';

/** What of a connection tells whose it is. */
export interface Visitor {
  readonly remote: { readonly ip: string; readonly is_local?: boolean };
}

/**
 * Whether this connection is one too many: of all, or of its own network (an IPv4 address, the first 64 bits of an
 * IPv6 one), so that nobody alone can hold every place. The own host may hold them all: a proxy stands there.
 */
export function isOneTooMany(
  visitor: Visitor,
  all: ReadonlySet<Visitor>,
  { maxConnections, maxPerAddress }: { maxConnections: number; maxPerAddress: number },
): boolean {
  if (all.size > maxConnections) return true;
  if (visitor.remote.is_local || maxPerAddress === 0) return false;
  const network = networkOf(visitor.remote.ip);
  let count = 0;
  for (const other of all) if (networkOf(other.remote.ip) === network) count++;
  return count > maxPerAddress;
}

/** The address of IPv4, the first four groups of IPv6. */
export function networkOf(address: string): string {
  return isIPv6(address) ? firstHextets(address, 4) : address;
}
