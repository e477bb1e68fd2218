import type { RecordType } from './record-type.ts';
import { singleName, type TargetData } from './single-name.ts';
import { rrTypes } from './type-name.ts';

/** The canonical name of an alias (RFC 1035 §3.3.1). */
export const cname = singleName(rrTypes.CNAME, 'CNAME') satisfies RecordType<TargetData>;
