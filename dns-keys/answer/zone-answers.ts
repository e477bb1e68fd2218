import { rcodes } from '../header.ts';
import { rrTypes } from '../rr/type-name.ts';
import {
  findType,
  nextRef,
  readWord,
  recordCount,
  recordsAt,
  signatureCount,
  signaturesOf,
  slabOctets,
  typesFrom,
} from '../zone/set-block.ts';
import type { Zone } from '../zone/zone.ts';
import type { AnswerWriter, Ending } from './answer-writer.ts';
import { writeHashedDenial } from './hashed-denial.ts';
import type { Denial } from './kept-denials.ts';
import { LiveSignatures, type Moment } from './live-signatures.ts';
import type { Query } from './query.ts';

/** `respond` gives this for an answer that needs a signature of a set that is there when none may be made. */
export const putOff = -1;

/** `respond` gives this for an answer that needs a signed denial when none may be made. */
export const putOffDenial = -3;

/** What zones say to one question after the other, written behind what the responder has begun. */
export class ZoneAnswers {
  readonly #query: Query;
  readonly #writer: AnswerWriter;
  readonly #signatures = new LiveSignatures();
  /** Signatures made before the query at hand. */
  #madeBefore = 0;

  /** Both are used again for each question. */
  constructor(query: Query, writer: AnswerWriter) {
    this.#query = query;
    this.#writer = writer;
  }

  /** Signatures made so far. */
  get signaturesMade(): number {
    return this.#signatures.made;
  }

  /** The answer to the query at hand, from the zone that begins at this label of its name; gives what `Responder.respond` does. */
  answer(zone: Zone, apexLabel: number, moment: Moment): number {
    this.#madeBefore = this.#signatures.made;
    const { name, type } = this.#query;
    const owner = zone.findOwner(name, 0);
    const exists = owner !== 0 || apexLabel === 0 || zone.isInner(name, 0);
    if (zone.signer !== null && isMadeLive(type) && (exists || this.#query.isDnssecOk))
      return this.#liveNsec(zone, exists ? owner : null, moment);
    const ref = type === rrTypes.ANY ? smallest(zone, owner) : findType(zone.slabs, owner, type);
    if (ref !== 0) return this.#positive(zone, ref, moment);
    const place = { apexLabel, moment };
    if (type === rrTypes.RRSIG && owner !== 0) return this.#signaturesAlone(zone, owner, place);
    return this.#negative(zone, exists ? owner : null, place);
  }

  #positive(zone: Zone, ref: number, moment: Moment): number {
    const { slabs } = zone;
    const isSigned = this.#query.isDnssecOk;
    if (isSigned && !this.#signatures.cover(zone, ref, moment)) return putOff;
    const at = recordsAt(slabs, ref);
    const records = { octets: slabOctets(slabs, ref), at, end: at + readWord(slabs, ref, 'recordOctets') };
    this.#writer.copy('answers', records, recordCount(slabs, ref));
    if (isSigned) this.#writer.copy('answers', signaturesOf(slabs, ref), signatureCount(slabs, ref));
    return this.#writer.finish(authoritative);
  }

  /** Signatures without what they cover, of one set only (RFC 8482 §7). */
  #signaturesAlone(zone: Zone, owner: number, place: Place): number {
    const ref = smallest(zone, owner);
    const count = signatureCount(zone.slabs, ref);
    if (count === 0) return this.#negative(zone, owner, place);
    this.#writer.copy('answers', signaturesOf(zone.slabs, ref), count);
    return this.#writer.finish(authoritative);
  }

  /** NSEC stands at every name of a zone that signs as it answers, and so does its signature. */
  #liveNsec(zone: Zone, owner: number | null, moment: Moment): number {
    const denial = this.#denial(zone, owner, moment);
    if (denial === null) return putOffDenial;
    const isNsec = this.#query.type === rrTypes.NSEC;
    if (isNsec) this.#writer.copy('answers', { ...denial, end: denial.nsecEnd }, 1);
    if (!isNsec || this.#query.isDnssecOk)
      this.#writer.copy('answers', { ...denial, at: denial.nsecEnd }, denial.signatureCount);
    return this.#writer.finish(authoritative);
  }

  /**
   * NODATA for an owner's first block (0 for a name without records), NXDOMAIN for null: SOA in the authority section,
   * and what proves it where that is asked for.
   */
  #negative(zone: Zone, owner: number | null, { apexLabel, moment }: Place): number {
    const query = this.#query;
    const isLive = query.isDnssecOk && zone.signer !== null;
    const denial = isLive ? this.#denial(zone, owner, moment) : null;
    if (isLive && (denial === null || !this.#coverSoa(zone, moment))) return putOffDenial;
    this.#soa(zone, apexLabel);
    if (denial !== null) this.#writer.copy('authorities', denial, 1 + denial.signatureCount);
    else if (query.isDnssecOk && zone.mode === 'presigned')
      writeHashedDenial(this.#writer, zone, { name: query.name, exists: owner !== null, apexLabel });
    return this.#writer.finish(owner === null && mayDeny(query, denial) ? nonexistent : authoritative);
  }

  /** One fresh signature is enough for an answer: that of SOA is made anew when the denial beside it was at hand. */
  #coverSoa(zone: Zone, moment: Moment): boolean {
    const isLate = this.#signatures.made > this.#madeBefore;
    if (isLate && this.#signatures.cover(zone, zone.soaRef, { now: moment.now, maySign: false })) return true;
    return this.#signatures.cover(zone, zone.soaRef, moment);
  }

  /** TTL as RFC 2308 §5 has it, of the signature too. */
  #soa(zone: Zone, apexLabel: number): void {
    const { slabs, soaRef } = zone;
    const place = {
      nameOffset: this.#query.name.labelAt[apexLabel] ?? 0,
      ttlSeconds: zone.negativeTtlSeconds,
    };
    const at = recordsAt(slabs, soaRef);
    const records = {
      octets: slabOctets(slabs, soaRef),
      at,
      end: at + readWord(slabs, soaRef, 'recordOctets'),
    };
    this.#writer.copyAbove(records, place);
    if (this.#query.isDnssecOk) this.#writer.copyAbove(signaturesOf(slabs, soaRef), place);
  }

  #denial(zone: Zone, owner: number | null, moment: Moment): Denial | null {
    const types = owner === null ? null : typesFrom(zone.slabs, owner);
    return this.#signatures.denial(zone, { name: this.#query.name, types }, moment);
  }
}

interface Place {
  /** Label of QNAME at which the zone begins. */
  readonly apexLabel: number;
  readonly moment: Moment;
}

const authoritative: Ending = { rcode: rcodes.NOERROR, isAuthoritative: true };
const nonexistent: Ending = { rcode: rcodes.NXDOMAIN, isAuthoritative: true };

/** Types that stand at every name of a zone that signs as it answers. */
function isMadeLive(type: number): boolean {
  return type === rrTypes.NSEC || type === rrTypes.RRSIG;
}

/** Compact denial says NOERROR unless the client knows better (RFC 9824 §5). */
function mayDeny({ isCompactOk }: Query, denial: Denial | null): boolean {
  return denial === null || isCompactOk;
}

/** The smallest record set of an owner, for questions that would take any (RFC 8482 §4.1); 0 where it has none. */
function smallest(zone: Zone, owner: number): number {
  let found = owner;
  for (let ref = owner; ref !== 0; ref = nextRef(zone.slabs, ref))
    if (readWord(zone.slabs, ref, 'recordOctets') < readWord(zone.slabs, found, 'recordOctets')) found = ref;
  return found;
}
