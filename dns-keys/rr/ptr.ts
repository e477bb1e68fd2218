import type { RecordType } from './record-type.ts';
import { singleName, type TargetData } from './single-name.ts';
import { rrTypes } from './type-name.ts';

/** A pointer to another name (RFC 1035 §3.3.12). */
export const ptr = singleName(rrTypes.PTR, 'PTR') satisfies RecordType<TargetData>;
