import type { RecordSet } from './record-set.ts';
import type { Zone } from './zone.ts';

/** Makes the signatures of a zone that signs as it answers. */
export interface SetSigner {
  /** RDATA of the RRSIG records over a set, made now (Unix seconds). */
  sign(set: RecordSet, now: number): readonly Uint8Array[];
  /** How long such signatures stay good from then on; they are made anew after half of it. */
  readonly validSeconds: number;
}

/** Signs the set of a block and keeps the signatures beside it. */
export function signSet(zone: Zone, ref: number, now: number): void {
  const { signer } = zone;
  if (signer === null) return;
  zone.keepSignatures(ref, {
    rdatas: signer.sign(zone.read(ref), now),
    refreshAt: now + Math.floor(signer.validSeconds / 2),
    expiresAt: now + signer.validSeconds,
  });
}
