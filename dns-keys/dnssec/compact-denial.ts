import { childName, lowerName, maxLabelOctets, maxNameOctets, type Name, parentName } from '../name.ts';
import { encodeData, rrTypes } from '../rr/table.ts';
import type { RecordSet } from '../zone/record-set.ts';

/** TTL of negative answers and their proofs: the smaller of the SOA's TTL and its minimum (RFC 2308 §5, RFC 9077 §3). */
export function denialTtl(soaTtlSeconds: number, soaMinimumSeconds: number): number {
  return Math.min(soaTtlSeconds, soaMinimumSeconds);
}

/** What is asked for and is not there. */
export interface Denial {
  /** The name as asked, in any case. */
  readonly name: Name;
  readonly apex: Name;
  /** Types that the name has; none for an empty non-terminal; null when there is no such name. */
  readonly types: readonly number[] | null;
  readonly ttlSeconds: number;
}

/**
 * The NSEC set, unsigned, that denies a name or a type by compact denial (RFC 9824 §3): it stands at the name itself,
 * so one signature is enough and no other name of the zone is told. A name that is not there has the type NXNAME, so
 * that it can be told from one without records.
 */
export function compactDenial({ name, apex, types, ttlSeconds }: Denial): RecordSet {
  const owner = lowerName(name);
  const has = types ?? [rrTypes.NXNAME];
  const bitmap = [...new Set([...has, rrTypes.RRSIG, rrTypes.NSEC])].sort((one, other) => one - other);
  const rdatas = [encodeData(rrTypes.NSEC, { next: nameAfter(owner, apex), types: bitmap })];
  return { owner, type: rrTypes.NSEC, ttlSeconds, rdatas, signatures: [] };
}

const leastLabel = Uint8Array.of(0);

/**
 * The very next name in canonical order: a child `\000` of this one. Where that would be over 255 octets no name fits
 * below it, and the next one is beside it (RFC 4471 §3.1.2): its label with a zero octet behind it, or with its last
 * octet one higher, or what is beside the name above. The apex closes the ring. `name` is in lower case.
 */
export function nameAfter(name: Name, apex: Name): Name {
  if (name.length + 2 <= maxNameOctets) return childName(leastLabel, name);
  for (let at = name; at.length > apex.length; at = parentName(at)) {
    const label = at.subarray(1, 1 + (at[0] ?? 0));
    const longer = label.length < maxLabelOctets && at.length < maxNameOctets;
    const next = longer ? Buffer.concat([label, leastLabel]) : labelAfter(label);
    if (next !== null) return childName(next, parentName(at));
  }
  return apex;
}

/** The label with its last octet that is not 255 one higher, cut off there; null when all are 255. */
function labelAfter(label: Uint8Array): Uint8Array | null {
  const last = label.findLastIndex(octet => octet !== 0xff);
  if (last < 0) return null;
  const next = Uint8Array.from(label.subarray(0, last + 1));
  const octet = (next[last] ?? 0) + 1;
  // What follows "@" in canonical order is "[": capitals sort as small letters (RFC 4471 §3.1.2).
  next[last] = octet === 0x41 ? 0x5b : octet;
  return next;
}
