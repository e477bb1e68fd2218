import type { HashedName } from '../zone/hashed-name.ts';
import { nameHash, wildcardHash } from '../zone/hashed-owners.ts';
import { ownerAt, ownerOctets, readWord, recordsAt, signaturesOf, slabOctets } from '../zone/set-block.ts';
import type { Zone } from '../zone/zone.ts';
import type { AnswerWriter } from './answer-writer.ts';

/** The name that is denied, or whose type is. */
export interface Denied {
  readonly name: HashedName;
  /** Whether there is such a name, with records or below it. */
  readonly exists: boolean;
  /** Label at which the zone begins. */
  readonly apexLabel: number;
}

/**
 * Writes the NSEC3 records that prove that there is no such type (RFC 5155 §7.2.3) or no such name: the record of the
 * closest encloser, those that cover the next closer name and the wildcard (§7.2.2), each once.
 */
export function writeHashedDenial(
  writer: AnswerWriter,
  zone: Zone,
  { name, exists, apexLabel }: Denied,
): void {
  if (exists) {
    copyNsec3(writer, zone, { ref: zone.nsec3Matching(nameHash(name.from(0))), name, apexLabel });
    return;
  }
  const encloser = closestEncloser(zone, name, apexLabel);
  // Nearly always it is the apex: its two hashes are known.
  const isApex = encloser === apexLabel;
  const refs = [
    zone.nsec3Matching(isApex ? zone.apexHash : nameHash(name.from(encloser))),
    zone.nsec3Covering(nameHash(name.from(encloser - 1))),
    zone.nsec3Covering(isApex ? zone.wildcardHash : wildcardHash(name.from(encloser))),
  ];
  for (const [index, ref] of refs.entries())
    if (refs.indexOf(ref) === index) copyNsec3(writer, zone, { ref, name, apexLabel });
}

/** Label of the longest name above this one that exists. */
function closestEncloser(zone: Zone, name: HashedName, apexLabel: number): number {
  let label = 1;
  while (label < apexLabel && zone.findOwner(name, label) === 0 && !zone.isInner(name, label)) label += 1;
  return label;
}

function copyNsec3(
  writer: AnswerWriter,
  zone: Zone,
  { ref, name, apexLabel }: { ref: number; name: HashedName; apexLabel: number },
): void {
  if (ref === 0) return;
  const { slabs } = zone;
  const octets = slabOctets(slabs, ref);
  const owner = ownerAt(ref);
  const label = octets.subarray(owner, owner + ownerOctets(slabs, ref));
  const nameOffset = name.labelAt[apexLabel] ?? 0;
  const at = recordsAt(slabs, ref);
  const records = { octets, at, end: at + readWord(slabs, ref, 'recordOctets') };
  const ownerPointer = writer.copyBelow(records, { label, nameOffset, ownerPointer: 0 });
  writer.copyBelow(signaturesOf(slabs, ref), { label, nameOffset, ownerPointer });
}
