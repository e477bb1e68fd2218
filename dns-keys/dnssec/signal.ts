import { childName, isAtOrBelow, labelsOf, lowerName, type Name } from '../name.ts';
import { WireError } from '../wire-error.ts';
import type { RecordSet } from '../zone/record-set.ts';
import { parentRequests } from './delegation.ts';

/**
 * Where a nameserver says that it signs a child zone which has no DS yet: `_dsboot.CHILD._signal.NAMESERVER`
 * (RFC 9615 §2). Null where there is no such name: the nameserver is in the child, whose parent could not trust it yet
 * (§4.1), or the name would be over 255 octets.
 */
export function signalName(child: Name, nameserver: Name): Name | null {
  if (isAtOrBelow(nameserver, child)) return null;
  try {
    let name = childName('_signal', lowerName(nameserver));
    for (const label of labelsOf(lowerName(child)).reverse()) name = childName(label, name);
    return childName('_dsboot', name);
  } catch (error) {
    if (error instanceof WireError) return null;
    throw error;
  }
}

/** The child's CDS and CDNSKEY at its signalling name (RFC 9615 §2), for the nameserver's zone; null as above. */
export function signalRecords(
  child: Name,
  nameserver: Name,
  { dnskeys, ttlSeconds }: { dnskeys: readonly Uint8Array[]; ttlSeconds: number },
): RecordSet[] | null {
  const owner = signalName(child, nameserver);
  if (owner === null) return null;
  return parentRequests(child, dnskeys, ttlSeconds).map(set => ({ ...set, owner }));
}
