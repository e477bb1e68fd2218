import { lowerName, type Name } from '../name.ts';
import type { RecordSet } from '../zone/record-set.ts';

/** What of a record set is signed. */
export type Unsigned = Omit<RecordSet, 'signatures'>;

/**
 * The set in canonical form and order, without signatures: owner in lower case, RDATA sorted as octets, none twice
 * (RFC 4034 §6.2, §6.3). Names in RDATA are what the codec made them: in lower case where the type asks for it.
 */
export function canonicalRecordSet(set: Unsigned): RecordSet {
  const sorted = set.rdatas.toSorted(Buffer.compare);
  const rdatas = sorted.filter((rdata, at) => at === 0 || !equalOctets(rdata, sorted[at - 1]));
  return { ...set, owner: lowerName(set.owner), rdatas, signatures: [] };
}

function equalOctets(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && Buffer.compare(one, other) === 0;
}

/** Labels as RRSIG counts them: neither the root nor a wildcard's asterisk (RFC 4034 §3.1.3). */
export function signedLabels(owner: Name): number {
  let count = 0;
  for (let at = 0; owner[at]; at += 1 + (owner[at] ?? 0)) count += 1;
  return isWildcard(owner) ? count - 1 : count;
}

function isWildcard(owner: Name): boolean {
  return owner[0] === 1 && owner[1] === 0x2a;
}

/** Octets before each RDATA: owner, type, class IN, original TTL (RFC 4034 §3.1.8.1). */
function recordHead({ owner, type, ttlSeconds }: Unsigned): Buffer {
  const head = Buffer.allocUnsafe(owner.length + 8);
  head.set(owner);
  head.writeUInt16BE(type, owner.length);
  head.writeUInt16BE(1, owner.length + 2);
  head.writeUInt32BE(ttlSeconds, owner.length + 4);
  return head;
}

/** What a signature is made over: RRSIG RDATA up to the signature, then the records (RFC 4034 §3.1.8.1). */
export function signedOctets(head: Uint8Array, set: Unsigned): Buffer {
  const record = recordHead(set);
  const parts = [head];
  for (const rdata of set.rdatas)
    parts.push(record, Uint8Array.of(rdata.length >> 8, rdata.length & 0xff), rdata);
  return Buffer.concat(parts);
}
