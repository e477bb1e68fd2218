import { compactDenial } from '../dnssec/compact-denial.ts';
import type { Name } from '../name.ts';
import { rrTypes } from '../rr/type-name.ts';
import { readWord, recordsOctets, type Stretch, writeRecords } from '../zone/set-block.ts';
import { type SetSigner, signSet } from '../zone/set-signer.ts';
import type { Zone } from '../zone/zone.ts';

/** Denials kept of each of two generations. */
const keptDenials = 4096;

/** A clock that runs back by less makes no new signatures: they hold from hours before. */
const setBackSeconds = 3600;

/** Whether a signature may be made now, and the Unix time. */
export interface Moment {
  now: number;
  /** Otherwise an answer that needs one is put off. */
  maySign: boolean;
}

/** A signed NSEC record as it stands in an answer, owned by QNAME; `nsecEnd` is where its signatures begin. */
export interface Denial extends Stretch {
  readonly nsecEnd: number;
  readonly signatureCount: number;
  readonly signer: SetSigner;
  readonly ttlSeconds: number;
  readonly refreshAt: number;
}

/**
 * Signatures of zones in mode online: made when they are first asked for, kept beside their set in the slabs, or, for
 * denials, in two generations of bounded size.
 */
export class LiveSignatures {
  #young = new Map<string, Denial>();
  #old = new Map<string, Denial>();
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
   * The denial of a name by the types that stand there, null for a name that does not exist. Null when it would have to
   * be signed and must not be, or the zone has no signer.
   */
  denial(
    zone: Zone,
    name: Name,
    { types, moment }: { types: readonly number[] | null; moment: Moment },
  ): Denial | null {
    const { signer } = zone;
    if (signer === null) return null;
    const { buffer, byteOffset, length } = name;
    // A name without types exists when there are names below it.
    const key = `${types?.join() ?? 'absent'}/${Buffer.from(buffer, byteOffset, length).toString('latin1')}`;
    const kept = this.#kept(key);
    if (
      kept?.signer === signer &&
      kept.ttlSeconds === zone.negativeTtlSeconds &&
      isYoung(moment.now, kept.refreshAt, signer)
    )
      return kept;
    if (!moment.maySign) return null;
    const made = signDenial(zone, name, { types, signer, now: moment.now });
    this.#made += 1;
    this.#keep(key, made);
    return made;
  }

  #kept(key: string): Denial | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.#keep(key, old);
    return old;
  }

  #keep(key: string, denial: Denial): void {
    if (this.#young.size >= keptDenials) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, denial);
  }
}

/** Whether a signature is in the first half of its time; one that a clock made which was set back since is not. */
function isYoung(now: number, refreshAt: number, { validSeconds }: SetSigner): boolean {
  return now < refreshAt && refreshAt - now <= validSeconds / 2 + setBackSeconds;
}

function signDenial(
  zone: Zone,
  name: Name,
  { types, signer, now }: { types: readonly number[] | null; signer: SetSigner; now: number },
): Denial {
  const ttlSeconds = zone.negativeTtlSeconds;
  const set = compactDenial({ name, apex: zone.apex, types, ttlSeconds });
  const signatures = signer.sign(set, now);
  const octets = Buffer.allocUnsafe(recordsOctets(set.rdatas) + recordsOctets(signatures));
  const nsecEnd = writeRecords(octets, 0, set);
  const end = writeRecords(octets, nsecEnd, { type: rrTypes.RRSIG, ttlSeconds, rdatas: signatures });
  const refreshAt = now + Math.floor(signer.validSeconds / 2);
  return { octets, at: 0, end, nsecEnd, signatureCount: signatures.length, signer, ttlSeconds, refreshAt };
}
