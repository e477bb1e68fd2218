import { type DnskeyData, publicKeyType } from './public-key.ts';
import type { RecordType } from './record-type.ts';
import { rrTypes } from './type-name.ts';

/** The key a zone asks its parent to point to; algorithm 0 for none (RFC 7344 §3.2, RFC 8078 §4). */
export const cdnskey = publicKeyType(rrTypes.CDNSKEY, 'CDNSKEY') satisfies RecordType<DnskeyData>;
