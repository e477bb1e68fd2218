import { canonicalRecordSet } from '../../../dns-keys/dnssec/canonical.ts';
import { parentRequests } from '../../../dns-keys/dnssec/delegation.ts';
import type { ZoneKey } from '../../../dns-keys/dnssec/keys.ts';
import { nsec3ParamSet } from '../../../dns-keys/dnssec/nsec3.ts';
import { nsec3Sets } from '../../../dns-keys/dnssec/nsec3-chain.ts';
import { signRecordSet } from '../../../dns-keys/dnssec/sign.ts';
import { presignedSignatures, signatureTimes, spreadOf } from '../../../dns-keys/dnssec/signature-policy.ts';
import type { KeptKey, ServedKeys } from '../../../dns-keys/dnssec/zone-keys.ts';
import { classes } from '../../../dns-keys/header.ts';
import { type Name, nameKey, parseName } from '../../../dns-keys/name.ts';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import type { RecordSet } from '../../../dns-keys/zone/record-set.ts';
import { zoneFileLine } from '../../../dns-keys/zone-file.ts';
import { setOf } from './vectors.ts';

const ttlSeconds = 3600;

/** The records of a small zone before it is signed: with an empty non-terminal and a wildcard, which ours never have. */
function plainSets(apex: string): RecordSet[] {
  return [
    setOf(apex, 'SOA', ['ns1.example.net. hostmaster.example.net. 7 3600 600 432000 300']),
    setOf(apex, 'NS', ['ns2.example.net.', 'ns1.example.net.']),
    setOf(`00.${apex}`, 'OPENPGPKEY', ['mQENBFVHm5sBCACkDBWnhVcQ2VkMhDKZbzYf', 'AAEC']),
    setOf(`b.empty.${apex}`, 'OPENPGPKEY', ['BBBB']),
    setOf(`*.w.${apex}`, 'TXT', ['"wild"']),
  ];
}

/** A whole pre-signed zone, as these keys sign it now. */
export function signedZone(
  apex: string,
  served: ServedKeys,
  keys: ReadonlyMap<string, ZoneKey>,
): RecordSet[] {
  const owner = parseName(apex);
  const real = (kept: readonly KeptKey[]) =>
    kept.map(({ id }) => keys.get(id)).filter(key => key !== undefined);
  const [published, offered] = [real(served.published), served.offered ?? []];
  const requests = parentRequests(
    owner,
    offered === 'delete' ? offered : real(offered).map(({ dnskey }) => dnskey),
    ttlSeconds,
  );
  const dnskey = canonicalRecordSet({
    ...{ owner, type: rrTypes.DNSKEY, ttlSeconds },
    rdatas: published.map(key => key.dnskey),
  });
  const sets = [...plainSets(apex), dnskey, nsec3ParamSet(owner), ...requests];
  const chain = nsec3Sets(typesByOwner(sets), { apex: owner, ttlSeconds: 300 });
  const denials = [...chain].filter(set => set !== null);
  const signers = { zone: real(served.zoneSigners), keys: real(served.keySigners) };
  return [...sets, ...denials].map(set => ({
    ...set,
    signatures: signersOf(set, signers).map(key => signRecordSet(set, key, timesOf(owner, set))),
  }));
}

function signersOf({ type }: RecordSet, { zone, keys }: { zone: ZoneKey[]; keys: ZoneKey[] }): ZoneKey[] {
  if (type === rrTypes.DNSKEY) return keys;
  const isRequest = type === rrTypes.CDS || type === rrTypes.CDNSKEY;
  return isRequest ? [...new Set([...keys, ...zone])] : zone;
}

/** Real programs look at the real clock. */
function timesOf(apex: Name, { owner, type }: RecordSet) {
  const now = Math.floor(Date.now() / 1000);
  const window = { earliest: now, latest: now };
  return { apex, ...signatureTimes(presignedSignatures, window, spreadOf(owner, type)) };
}

function typesByOwner(sets: readonly RecordSet[]): Iterable<{ owner: Name; types: number[] }> {
  const owners = new Map<string, { owner: Name; types: number[] }>();
  for (const { owner, type } of sets) {
    const known = owners.get(nameKey(owner)) ?? { owner, types: [] };
    known.types.push(type);
    owners.set(nameKey(owner), known);
  }
  return owners.values();
}

/** The zone as a zone file, its SOA first. */
export function zoneFile(sets: readonly RecordSet[]): string {
  const lines = sets.flatMap(({ owner: name, type, ttlSeconds: ttl, rdatas, signatures }) => {
    const line = (of: number, rdata: Uint8Array) =>
      zoneFileLine({ name, type: of, class: classes.IN, ttlSeconds: ttl, rdata });
    return [
      ...rdatas.map(rdata => line(type, rdata)),
      ...signatures.map(rdata => line(rrTypes.RRSIG, rdata)),
    ];
  });
  return `${lines.join('\n')}\n`;
}
