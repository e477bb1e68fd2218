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
import { type KeptKey, servedKeys, type ZoneKeys } from '../dnssec/zone-keys.ts';
import type { Name } from '../name.ts';
import { decodeData, rrTypes } from '../rr/table.ts';
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
  /** Makes the keys ready, which the first signature does else. Throws as `openZoneKey`. */
  open(): void;
  /** Lets go of the keys until the next signature: those of thousands of zones need not lie in memory. */
  rest(): void;
  /**
   * Whether each key that signs such a set has signed this one, by their tags, which no two keys of a zone share; times and
   * the signatures themselves are left aside.
   */
  hasSigned(set: RecordSet): boolean;
}

/** By what a set is signed (RFC 4035 §2.2; RFC 7344 §4.1: CDS and CDNSKEY by the key that DS names). */
const keyTypes: readonly number[] = [rrTypes.CDS, rrTypes.CDNSKEY];

/** A signer. Throws `RangeError` for a record without keys that sign: it must not be served. */
export function openZoneSigner(
  { keys, mode }: ZoneRecord,
  { apex, keyring }: { apex: Name; keyring: Pick<Keyring, 'unwrap'> },
): ZoneSigner {
  const { keySigners, zoneSigners } = servedKeys(keys);
  if (keySigners.length === 0 || zoneSigners.length === 0) throw new RangeError('no key signs the zone');
  const both = [...new Set([...keySigners, ...zoneSigners])];
  const signers = (type: number) =>
    type === rrTypes.DNSKEY ? keySigners : keyTypes.includes(type) ? both : zoneSigners;
  const opened = new Map<KeptKey, ZoneKey>();
  const open = (key: KeptKey) => {
    const ready = opened.get(key) ?? openZoneKey(key, keyring);
    opened.set(key, ready);
    return ready;
  };
  const policy = mode === 'online' ? onlineSignatures : presignedSignatures;
  let latest = keys;
  return {
    id: idOf(keys),
    validSeconds: policy.validitySeconds - policy.spreadSeconds,
    sign: (set, now) => signWith(signers(set.type).map(open), set, { apex, keys: latest, policy, now }),
    follow(next) {
      latest = next;
    },
    open() {
      both.forEach(open);
    },
    rest() {
      opened.clear();
    },
    hasSigned: set => signers(set.type).every(key => bearsTagOf(set, key)),
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

function bearsTagOf({ signatures }: RecordSet, { algorithm, tag }: KeptKey): boolean {
  return signatures.some(rrsig => {
    const signature = decodeData(rrTypes.RRSIG, rrsig);
    return signature.keyTag === tag && signature.algorithm === algorithm;
  });
}
