import type { Name } from '../name.ts';

/** All records of one owner name and type, with the signatures that cover them. Class IN; RDATA never compressed. */
export interface RecordSet {
  /** Lower-case. */
  readonly owner: Name;
  readonly type: number;
  readonly ttlSeconds: number;
  /** At least one, no two equal, in canonical order (RFC 4034 §6.3). */
  readonly rdatas: readonly Uint8Array[];
  /** RDATA of the RRSIG records that cover it; empty where none was made. */
  readonly signatures: readonly Uint8Array[];
}
