import { type DsData, delegationDigest } from './delegation-digest.ts';
import type { RecordType } from './record-type.ts';
import { rrTypes } from './type-name.ts';

/** Digest of a key of the zone below, in the zone above (RFC 4034 §5). */
export const ds = delegationDigest(rrTypes.DS, 'DS') satisfies RecordType<DsData>;
