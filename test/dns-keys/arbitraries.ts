import fc from 'fast-check';
import type { Message, ResourceRecord } from '../../dns-keys/message.ts';
import { childName, lowerName, maxNameOctets, type Name, root } from '../../dns-keys/name.ts';
import { type DataOf, decodeData, encodeData, recordTypes, rrTypes } from '../../dns-keys/rr/table.ts';

const uint8 = fc.nat(0xff);
const uint16 = fc.nat(0xffff);
const uint32 = fc.nat(0xffff_ffff);
const octets = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });

const label = fc.oneof(
  { weight: 5, arbitrary: fc.string({ unit: fc.constantFrom(...'aBz09-_'), minLength: 1, maxLength: 12 }) },
  { weight: 2, arbitrary: octets(1, 8) },
  { weight: 1, arbitrary: octets(60, 63) },
);

/** Names of any octets, the root among them; some as long as may be. */
export const anyName: fc.Arbitrary<Name> = fc
  .array(label, { maxLength: 6 })
  .map(labels =>
    labels.reduce<Name>(
      (name, next) => (1 + next.length + name.length > maxNameOctets ? name : childName(next, name)),
      root,
    ),
  );

const lower = anyName.map(lowerName);
const types = fc
  .uniqueArray(fc.oneof(fc.nat(257), uint16), { maxLength: 12 })
  .map(list => list.sort((one, other) => one - other));
const target = fc.record({ target: lower });
const digest = fc.record({ keyTag: uint16, algorithm: uint8, digestType: uint8, digest: octets(1, 64) });
const publicKey = fc.record({ flags: uint16, protocol: uint8, algorithm: uint8, publicKey: octets(1, 80) });
const association = fc.record({
  certificateUsage: uint8,
  selector: uint8,
  matchingType: uint8,
  associationData: octets(1, 300),
});
const parameters = { hashAlgorithm: uint8, flags: uint8, iterations: uint16, salt: octets(0, 20) };

type RowType = (typeof recordTypes)[number]['type'];

/** Data of every type that has a row, as `decodeData` gives it. */
export const dataByType: { readonly [Type in RowType]: fc.Arbitrary<DataOf<Type>> } = {
  [rrTypes.A]: fc.ipV4().map(address => ({ address })),
  [rrTypes.AAAA]: fc
    .oneof(octets(16, 16), fc.array(fc.constantFrom(0, 1, 255), { minLength: 16, maxLength: 16 }))
    .map(address => decodeData(rrTypes.AAAA, Uint8Array.from(address))),
  [rrTypes.NS]: target,
  [rrTypes.CNAME]: target,
  [rrTypes.PTR]: target,
  [rrTypes.SOA]: fc.record({
    primary: lower,
    mailbox: lower,
    serial: uint32,
    refreshSeconds: uint32,
    retrySeconds: uint32,
    expireSeconds: uint32,
    minimumSeconds: uint32,
  }),
  [rrTypes.HINFO]: fc.record({ cpu: octets(0, 255), os: octets(0, 20) }),
  [rrTypes.MX]: fc.record({ preference: uint16, exchange: lower }),
  [rrTypes.TXT]: fc.record({ strings: fc.array(octets(0, 255), { minLength: 1, maxLength: 4 }) }),
  [rrTypes.SRV]: fc.record({ priority: uint16, weight: uint16, port: uint16, target: lower }),
  [rrTypes.OPT]: fc.record({ options: fc.array(fc.record({ code: uint16, data: octets(0, 40) })) }),
  [rrTypes.DS]: digest,
  [rrTypes.CDS]: digest,
  [rrTypes.DNSKEY]: publicKey,
  [rrTypes.CDNSKEY]: publicKey,
  [rrTypes.RRSIG]: fc.record({
    typeCovered: uint16,
    algorithm: uint8,
    labels: uint8,
    originalTtlSeconds: uint32,
    expiration: uint32,
    inception: uint32,
    keyTag: uint16,
    signer: lower,
    signature: octets(1, 80),
  }),
  [rrTypes.NSEC]: fc.record({ next: anyName, types }),
  [rrTypes.NSEC3]: fc.record({ ...parameters, nextHash: fc.oneof(octets(20, 20), octets(1, 40)), types }),
  [rrTypes.NSEC3PARAM]: fc.record(parameters),
  [rrTypes.TLSA]: association,
  [rrTypes.SMIMEA]: association,
  [rrTypes.OPENPGPKEY]: fc.record({ certificate: octets(1, 600) }),
  [rrTypes.CSYNC]: fc.record({ serial: uint32, flags: uint16, types }),
  [rrTypes.TSIG]: fc.record({
    algorithm: anyName,
    timeSigned: fc.nat(2 ** 48 - 1),
    fudgeSeconds: uint16,
    mac: octets(0, 64),
    originalId: uint16,
    error: uint16,
    otherData: octets(0, 6),
  }),
  [rrTypes.CAA]: fc.record({
    flags: uint8,
    tag: fc.string({ unit: fc.constantFrom(...'aZ09'), minLength: 1, maxLength: 15 }),
    value: octets(0, 300),
  }),
};

/** RDATA of each type that has a row, in canonical form; of one without a row, any octets. */
export const rdataOf = (type: number): fc.Arbitrary<Uint8Array> => {
  const row = recordTypes.find(known => known.type === type);
  if (row === undefined) return octets(0, 300);
  const data: fc.Arbitrary<unknown> = dataByType[row.type];
  return data.map(value => encodeData<number>(type, value));
};

export const anyRecord: fc.Arbitrary<ResourceRecord> = fc
  .constantFrom(65280, ...recordTypes.map(row => row.type))
  .chain(type =>
    fc.record({
      name: anyName,
      type: fc.constant(type),
      class: fc.oneof(fc.constant(1), uint16),
      ttlSeconds: uint32,
      rdata: rdataOf(type),
    }),
  );

const records = fc.array(anyRecord, { maxLength: 4 });

export const anyMessage: fc.Arbitrary<Message> = fc.record({
  id: uint16,
  opcode: fc.nat(15),
  isResponse: fc.boolean(),
  isAuthoritative: fc.boolean(),
  isTruncated: fc.boolean(),
  recursionDesired: fc.boolean(),
  recursionAvailable: fc.boolean(),
  authenticData: fc.boolean(),
  checkingDisabled: fc.boolean(),
  rcode: fc.nat(15),
  questions: fc.array(fc.record({ name: anyName, type: uint16, class: uint16 }), { maxLength: 2 }),
  answers: records,
  authorities: records,
  additionals: records,
});
