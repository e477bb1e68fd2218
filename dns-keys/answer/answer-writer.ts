import { optionCodes } from '../edns.ts';
import { headerOctets } from '../header.ts';
import { rrTypes } from '../rr/type-name.ts';
import { recordFrontOctets, type Stretch } from '../zone/set-block.ts';
import type { Query } from './query.ts';

/** Where an answer is written: from `base` on, room for 65,535 octets behind it. */
export interface Output {
  octets: Buffer;
  base: number;
}

export type Section = 'answers' | 'authorities';

/** How an answer ends. */
export interface Ending {
  readonly rcode: number;
  readonly isAuthoritative?: boolean;
  /** Extended DNS error (RFC 8914). */
  readonly error?: number | undefined;
}

/** What OPT of the answer says beside the rcode. */
export interface OptContent {
  /** The longest UDP message that we take. */
  udpPayloadOctets: number;
  /** Client and server part; null for none. */
  cookie: Uint8Array | null;
  /** In units of 100 ms (RFC 7828 §3.1); null for none. */
  keepalive: number | null;
  /** Pads to a multiple of this (RFC 8467 §4.1); 0 for none. */
  padTo: number;
}

const questionPointer = 0xc000 | headerOctets;
const optFrontOctets = 11;
const errorOctets = 6;

/** Writes one answer after the other: header, the question as it was asked, records copied from slabs, OPT. */
export class AnswerWriter {
  #octets: Buffer = Buffer.alloc(0);
  #base = 0;
  #at = 0;
  /** Records may not go beyond this. */
  #end = 0;
  #limitOctets = 0;
  #query: Query | null = null;
  #opt: OptContent | null = null;
  readonly #counts = { answers: 0, authorities: 0 };
  #isTruncated = false;

  /** Begins an answer of at most `limitOctets`; `opt` is null for a query without. */
  begin(
    query: Query,
    output: Output,
    { limitOctets, opt }: { limitOctets: number; opt: OptContent | null },
  ): void {
    this.#octets = output.octets;
    this.#base = output.base;
    this.#query = query;
    this.#opt = opt;
    this.#limitOctets = limitOctets;
    this.#end = output.base + limitOctets - (opt === null ? 0 : optOctets(opt));
    this.#counts.answers = 0;
    this.#counts.authorities = 0;
    this.#isTruncated = false;
    // The case of QNAME goes back as it came: resolvers check it (RFC 4343 §3.1).
    this.#octets.set(query.octets.subarray(0, query.questionEnd), output.base);
    this.#at = output.base + query.questionEnd;
  }

  /** Leaves the records out and says that they are to be had over TCP. */
  truncate(): void {
    this.#isTruncated = true;
  }

  /** Records whose owner is QNAME, as they stand in their block. */
  copy(section: Section, { octets, at, end }: Stretch, count: number): void {
    if (!this.#hasRoom(end - at)) return;
    octets.copy(this.#octets, this.#at, at, end);
    this.#at += end - at;
    this.#counts[section] += count;
  }

  /** Records of an owner that begins so many octets into QNAME, with another TTL. */
  copyAbove(records: Stretch, { nameOffset, ttlSeconds }: { nameOffset: number; ttlSeconds: number }): void {
    const start = this.#at;
    this.copy('authorities', records, 0);
    for (let at = start; at < this.#at; at += recordFrontOctets + this.#octets.readUInt16BE(at + 10)) {
      this.#octets.writeUInt16BE(questionPointer + nameOffset, at);
      this.#octets.writeUInt32BE(ttlSeconds, at + 6);
      this.#counts.authorities += 1;
    }
  }

  /**
   * Records of an owner that is one label below a name so many octets into QNAME: the label is written with the first
   * one, unless `ownerPointer` says where it stands already. Gives that pointer.
   */
  copyBelow(
    { octets, at: start, end }: Stretch,
    { label, nameOffset, ownerPointer }: { label: Uint8Array; nameOffset: number; ownerPointer: number },
  ): number {
    let pointer = ownerPointer;
    for (let at = start; at < end; ) {
      const next = at + recordFrontOctets + octets.readUInt16BE(at + 10);
      if (!this.#hasRoom(label.length + next - at)) return pointer;
      if (pointer === 0) {
        pointer = 0xc000 + this.#at - this.#base;
        this.#octets.set(label, this.#at);
        this.#at += label.length;
        this.#at = this.#octets.writeUInt16BE(questionPointer + nameOffset, this.#at);
      } else this.#at = this.#octets.writeUInt16BE(pointer, this.#at);
      this.#at += octets.copy(this.#octets, this.#at, at + 2, next);
      this.#counts.authorities += 1;
      at = next;
    }
    return pointer;
  }

  /** Writes header and OPT; gives the octets of the whole. */
  finish({ rcode, isAuthoritative = false, error }: Ending): number {
    const query = this.#query;
    if (query === null) return 0;
    if (this.#isTruncated) {
      this.#at = this.#base + query.questionEnd;
      this.#counts.answers = 0;
      this.#counts.authorities = 0;
    }
    this.#writeHeader(query, rcode, isAuthoritative);
    if (this.#opt !== null) this.#writeOpt(this.#opt, { query, rcode, error });
    return this.#at - this.#base;
  }

  #hasRoom(octets: number): boolean {
    if (this.#at + octets > this.#end) this.#isTruncated = true;
    return !this.#isTruncated;
  }

  #writeHeader(query: Query, rcode: number, isAuthoritative: boolean): void {
    const octets = this.#octets;
    const base = this.#base;
    const recursionDesired = (query.octets[2] ?? 0) & 0x01;
    octets[base + 2] =
      0x80 |
      ((query.octets[2] ?? 0) & 0x78) |
      (isAuthoritative ? 0x04 : 0) |
      (this.#isTruncated ? 0x02 : 0) |
      recursionDesired;
    octets[base + 3] = rcode & 0x0f;
    octets.writeUInt16BE(query.questionEnd > headerOctets ? 1 : 0, base + 4);
    octets.writeUInt16BE(this.#counts.answers, base + 6);
    octets.writeUInt16BE(this.#counts.authorities, base + 8);
    octets.writeUInt16BE(this.#opt === null ? 0 : 1, base + 10);
  }

  #writeOpt(
    opt: OptContent,
    { query, rcode, error }: { query: Query; rcode: number; error: number | undefined },
  ): void {
    const octets = this.#octets;
    const start = this.#at;
    octets[start] = 0;
    octets.writeUInt16BE(rrTypes.OPT, start + 1);
    octets.writeUInt16BE(opt.udpPayloadOctets, start + 3);
    octets[start + 5] = rcode >> 4;
    octets[start + 6] = 0;
    octets[start + 7] = (query.isDnssecOk ? 0x80 : 0) | (query.isCompactOk ? 0x40 : 0);
    octets[start + 8] = 0;
    this.#at = start + optFrontOctets;
    if (opt.cookie !== null) this.#option(optionCodes.COOKIE, opt.cookie);
    if (opt.keepalive !== null) this.#option(optionCodes.KEEPALIVE, uint16(opt.keepalive));
    if (error !== undefined && this.#at + errorOctets <= this.#base + this.#limitOctets)
      this.#option(optionCodes.ERROR, uint16(error));
    if (opt.padTo > 0) this.#pad(opt.padTo);
    octets.writeUInt16BE(this.#at - start - optFrontOctets, start + 9);
  }

  #option(code: number, data: Uint8Array): void {
    this.#octets.writeUInt16BE(code, this.#at);
    this.#octets.writeUInt16BE(data.length, this.#at + 2);
    this.#octets.set(data, this.#at + 4);
    this.#at += 4 + data.length;
  }

  #pad(block: number): void {
    const bare = this.#at - this.#base + 4;
    const whole = Math.min(Math.ceil(bare / block) * block, this.#limitOctets);
    if (whole >= bare) this.#option(optionCodes.PADDING, new Uint8Array(whole - bare));
  }
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

/** Octets that OPT takes at least. */
function optOctets(opt: OptContent): number {
  return (
    optFrontOctets + (opt.cookie === null ? 0 : 4 + opt.cookie.length) + (opt.keepalive === null ? 0 : 6)
  );
}
