import type { RecordType } from './record-type.ts';
import { singleName, type TargetData } from './single-name.ts';
import { rrTypes } from './type-name.ts';

/** An authoritative server of the zone (RFC 1035 §3.3.11). */
export const ns = singleName(rrTypes.NS, 'NS') satisfies RecordType<TargetData>;
