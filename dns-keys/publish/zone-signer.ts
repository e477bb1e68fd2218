import type { Keyring } from '../../delivery/crypto/keyring.ts';
import { timeWindow } from '../dnssec/key-clock.ts';
import type { ZoneKey } from '../dnssec/keys.ts';
import { signRecordSet } from '../dnssec/sign.ts';
import {
  onlineSignatures,
  presignedSignatures,
  type SignaturePolicy,
  signatureTimes,
  spreadOf,
} from '../dnssec/signature-policy.ts';
import { verifyRecordSet } from '../dnssec/verify.ts';
import { servedKeys, type ZoneKeys } from '../dnssec/zone-keys.ts';
import type { Name } from '../name.ts';
import { rrTypes } from '../rr/table.ts';
import type { RecordSet } from '../zone/record-set.ts';
import type { SetSigner } from '../zone/set-signer.ts';
import { openZoneKey } from './key-care.ts';
import type { ZoneRecord } from './zone-record.ts';

/** Signs the sets of one zone with the keys that its record names. */
export interface ZoneSigner extends SetSigner {
  /** Equal for signers of the same keys. */
  readonly id: string;
  /** Takes up a later record of the same keys: what it says of the clock decides from when until when signatures hold. */
  follow(keys: ZoneKeys): void;
  /** Whether each key that signs such a set has signed this one; times are left aside. */
  hasSigned(set: RecordSet): boolean;
}

/** By what a set is signed (RFC 4035 §2.2; RFC 7344 §4.1: CDS and CDNSKEY by the key that DS names). */
const keyTypes: readonly number[] = [rrTypes.CDS, rrTypes.CDNSKEY];

/** A signer. Throws as `openZoneKey`, and `RangeError` for a record without keys that sign: it must not be served. */
export function openZoneSigner(
  { keys, mode }: ZoneRecord,
  { apex, keyring }: { apex: Name; keyring: Pick<Keyring, 'unwrap'> },
): ZoneSigner {
  const { keySigners, zoneSigners } = servedKeys(keys);
  if (keySigners.length === 0 || zoneSigners.length === 0) throw new RangeError('no key signs the zone');
  const opened = new Map([...keySigners, ...zoneSigners].map(key => [key.id, openZoneKey(key, keyring)]));
  const keysOf = (kept: typeof keySigners) => kept.flatMap(({ id }) => opened.get(id) ?? []);
  const [forKeys, forZone] = [keysOf(keySigners), keysOf(zoneSigners)];
  const forBoth = [...new Set([...forKeys, ...forZone])];
  const signers = (type: number) =>
    type === rrTypes.DNSKEY ? forKeys : keyTypes.includes(type) ? forBoth : forZone;
  const policy = mode === 'online' ? onlineSignatures : presignedSignatures;
  let latest = keys;
  return {
    id: idOf(keys),
    validSeconds: policy.validitySeconds - policy.spreadSeconds,
    sign: (set, now) => signWith(signers(set.type), set, { apex, keys: latest, policy, now }),
    follow(next) {
      latest = next;
    },
    hasSigned: set => signers(set.type).every(key => isSignedBy(set, key, apex)),
  };
}

/** What tells the signers of a record from those of another. */
export function idOf(keys: ZoneKeys): string {
  const { keySigners, zoneSigners } = servedKeys(keys);
  return [keySigners, zoneSigners].map(list => list.map(({ id }) => id).join()).join('/');
}

function signWith(
  keys: readonly ZoneKey[],
  set: RecordSet,
  zone: { apex: Name; keys: ZoneKeys; policy: SignaturePolicy; now: number },
): Uint8Array[] {
  const window = timeWindow(zone.keys, new Date(zone.now * 1000));
  const times = signatureTimes(zone.policy, window, spreadOf(set.owner, set.type));
  return keys.map(key => signRecordSet(set, key, { ...times, apex: zone.apex }));
}

function isSignedBy(set: RecordSet, { dnskey }: ZoneKey, apex: Name): boolean {
  return set.signatures.some(rrsig => {
    const verdict = verifyRecordSet(set, rrsig, { apex, dnskeys: [dnskey], now: 0 });
    return verdict !== 'invalid' && verdict !== 'noKey';
  });
}
