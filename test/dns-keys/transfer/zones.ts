import fc from 'fast-check';
import { childName, type Name, parseName } from '../../../dns-keys/name.ts';
import { encodeData, rrTypes } from '../../../dns-keys/rr/table.ts';
import type { RecordSet } from '../../../dns-keys/zone/record-set.ts';

export function soaOf(apex: Name, serial: number): RecordSet {
  const numbers = {
    serial,
    refreshSeconds: 3600,
    retrySeconds: 60,
    expireSeconds: 86_400,
    minimumSeconds: 60,
  };
  const names = { primary: childName('ns', apex), mailbox: childName('hostmaster', apex) };
  return setOf(apex, rrTypes.SOA, [encodeData(rrTypes.SOA, { ...names, ...numbers })]);
}

export function setOf(owner: Name, type: number, rdatas: readonly Uint8Array[]): RecordSet {
  return { owner, type, ttlSeconds: 3600, rdatas: [...rdatas].sort(Buffer.compare), signatures: [] };
}

/** Text of a TXT record set below the apex. */
export function textSet(label: string, apex: Name, ...texts: string[]): RecordSet {
  const rdatas = texts.map(text => encodeData(rrTypes.TXT, { strings: [Buffer.from(text)] }));
  return setOf(childName(label, apex), rrTypes.TXT, rdatas);
}

/** An unsigned zone that every server loads: SOA, NS, the server's address, and these sets. */
export function zoneOf(apexText: string, serial: number, sets: readonly RecordSet[] = []): RecordSet[] {
  const apex = parseName(apexText);
  const server = childName('ns', apex);
  return [
    soaOf(apex, serial),
    setOf(apex, rrTypes.NS, [encodeData(rrTypes.NS, { target: server })]),
    setOf(server, rrTypes.A, [encodeData(rrTypes.A, { address: '127.0.0.1' })]),
    ...sets,
  ];
}

const octets = fc.uint8Array({ minLength: 0, maxLength: 12 });
const someOctets = (minLength: number) =>
  fc
    .uniqueArray(octets, { minLength, maxLength: 3, selector: data => Buffer.from(data).toString('hex') })
    .map(list => list.sort(Buffer.compare));

/** Few owners and types, so that two zones of it have sets in common. */
export function anySets(apex: Name): fc.Arbitrary<RecordSet[]> {
  const set = fc.record({
    owner: fc.constantFrom('a', 'b', 'c').map(label => childName(label, apex)),
    type: fc.constantFrom(rrTypes.TXT, rrTypes.OPENPGPKEY),
    ttlSeconds: fc.constantFrom(60, 3600),
    rdatas: someOctets(1),
    signatures: someOctets(0),
  });
  return fc.uniqueArray(set, { maxLength: 6, selector: ({ owner, type }) => `${type} ${owner}` });
}
