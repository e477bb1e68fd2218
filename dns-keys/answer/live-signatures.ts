import { compactDenial } from '../dnssec/compact-denial.ts';
import { rrTypes } from '../rr/type-name.ts';
import { readWord, recordsOctets, writeRecords } from '../zone/set-block.ts';
import { type SetSigner, signSet } from '../zone/set-signer.ts';
import type { Zone } from '../zone/zone.ts';
import { type Denial, type Denied, KeptDenials } from './kept-denials.ts';

/** A clock that runs back by less makes no new signatures: they hold from hours before. */
const setBackSeconds = 3600;

/** Whether a signature may be made now, and the Unix time. */
export interface Moment {
  now: number;
  /** Otherwise an answer that needs one is put off. */
  maySign: boolean;
}

/**
 * Signatures of zones in mode online: made when they are first asked for, kept beside their set in the slabs, or, for
 * denials, in a memory of bounded size.
 */
export class LiveSignatures {
  readonly #denials = new KeptDenials();
  #made = 0;

  /** Sets and denials signed. */
  get made(): number {
    return this.#made;
  }

  /** Whether the set of the block has signatures that are good now; makes them where that is allowed. */
  cover(zone: Zone, ref: number, { now, maySign }: Moment): boolean {
    if (zone.signer === null) return true;
    const isSigned = readWord(zone.slabs, ref, 'signatureBlock') !== 0;
    if (isSigned && isYoung(now, readWord(zone.slabs, ref, 'refreshAt'), zone.signer)) return true;
    if (!maySign) return isSigned && now < readWord(zone.slabs, ref, 'expiresAt');
    signSet(zone, ref, now);
    this.#made += 1;
    return true;
  }

  /**
   * What denies a type of a name, or the name: good until the next denial is asked for. Null when it would have to be
   * signed and must not be, or the zone has no signer.
   */
  denial(zone: Zone, denied: Denied, { now, maySign }: Moment): Denial | null {
    const { signer } = zone;
    if (signer === null) return null;
    const kept = this.#denials.find(denied);
    if (
      kept?.signer === signer &&
      kept.ttlSeconds === zone.negativeTtlSeconds &&
      isYoung(now, kept.refreshAt, signer)
    )
      return kept;
    if (!maySign) return null;
    const made = signDenial(zone, denied, { signer, now });
    this.#made += 1;
    this.#denials.keep(denied, made);
    return made;
  }
}

/** Whether a signature is in the first half of its time; one that a clock made which was set back since is not. */
function isYoung(now: number, refreshAt: number, { validSeconds }: SetSigner): boolean {
  return now < refreshAt && refreshAt - now <= validSeconds / 2 + setBackSeconds;
}

function signDenial(
  zone: Zone,
  { name, types }: Denied,
  { signer, now }: { signer: SetSigner; now: number },
): Denial {
  const ttlSeconds = zone.negativeTtlSeconds;
  const set = compactDenial({ name: name.from(0), apex: zone.apex, types, ttlSeconds });
  const signatures = signer.sign(set, now);
  const octets = Buffer.allocUnsafe(recordsOctets(set.rdatas) + recordsOctets(signatures));
  const nsecEnd = writeRecords(octets, 0, set);
  const end = writeRecords(octets, nsecEnd, { type: rrTypes.RRSIG, ttlSeconds, rdatas: signatures });
  const refreshAt = now + Math.floor(signer.validSeconds / 2);
  return { octets, at: 0, end, nsecEnd, signatureCount: signatures.length, signer, ttlSeconds, refreshAt };
}
