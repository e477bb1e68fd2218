import { type DnskeyData, publicKeyType } from './public-key.ts';
import type { RecordType } from './record-type.ts';
import { rrTypes } from './type-name.ts';

/** A public key of the zone (RFC 4034 §2). */
export const dnskey = publicKeyType(rrTypes.DNSKEY, 'DNSKEY') satisfies RecordType<DnskeyData>;
