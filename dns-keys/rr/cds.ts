import { type DsData, delegationDigest } from './delegation-digest.ts';
import type { RecordType } from './record-type.ts';
import { rrTypes } from './type-name.ts';

/** The DS a zone asks of its parent; algorithm 0 asks for none (RFC 7344 §3.1, RFC 8078 §4). */
export const cds = delegationDigest(rrTypes.CDS, 'CDS') satisfies RecordType<DsData>;
