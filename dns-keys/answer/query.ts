import { optionCodes } from '../edns.ts';
import { headerOctets, opcodes } from '../header.ts';
import { maxLabelOctets } from '../name.ts';
import { rrTypes } from '../rr/type-name.ts';
import { HashedName } from '../zone/hashed-name.ts';

/** What is to be done with a query after reading it. */
export type Outcome = 'answer' | 'malformed' | 'silence';

const dnssecOk = 0x8000;
const compactOk = 0x4000;
/** Of a cookie's octets; the server's part has 8 to 32 (RFC 7873 §4). */
export const clientCookieOctets = 8;

/**
 * Most records that a query may have: SOA of IXFR or NOTIFY, OPT and TSIG are three. Names of thousands, each with as
 * many pointers as a name may have, would only cost time: 50 ms in one datagram.
 */
const maxRecords = 16;

/**
 * One query as it is read: one object per responder, filled anew for each, so that reading allocates nothing. Offsets
 * are into the message.
 */
export class Query {
  octets: Uint8Array = new Uint8Array(0);
  opcode = 0;
  questionCount = 0;
  /** Behind the question; behind the header where there is none that can be read. */
  questionEnd = headerOctets;
  type = 0;
  class = 0;
  /** QNAME. */
  readonly name = new HashedName();
  hasOpt = false;
  /** As OPT says; 512 without. */
  udpPayloadOctets = 512;
  version = 0;
  isDnssecOk = false;
  isCompactOk = false;
  /** Where the cookie begins and its octets; 0 where there is none. */
  cookieAt = 0;
  cookieOctets = 0;
  hasKeepalive = false;
  /** Its keep-alive says a timeout: a fault where the option means something. */
  hasTimeout = false;
  hasPadding = false;
  /** Signed with TSIG (RFC 8945), or claims to be. */
  hasTsig = false;

  /** Reads a message. Never throws, whatever the octets are. */
  read(octets: Uint8Array): Outcome {
    this.#reset(octets);
    // Nothing that claims to be an answer is answered: two servers would go on for ever.
    if (octets.length < headerOctets || (octets[2] ?? 0) >= 0x80) return 'silence';
    this.opcode = ((octets[2] ?? 0) >> 3) & 0xf;
    this.questionCount = this.#uint16(4);
    if (this.questionCount > 1) return 'malformed';
    if (this.questionCount === 1 && !this.#readQuestion()) return 'malformed';
    // The sections of an UPDATE say something else (RFC 2136 §2); of other operations nothing is known.
    if (this.opcode === opcodes.UPDATE && this.#recordCount > maxRecords) return 'answer';
    if (this.#recordCount > maxRecords) return 'malformed';
    if (this.opcode !== opcodes.QUERY) {
      this.#readRecords();
      return 'answer';
    }
    if (!this.#readRecords()) return 'malformed';
    const hasAuthorities = this.#uint16(8) !== 0;
    if (this.#uint16(6) !== 0 || (hasAuthorities && this.type !== rrTypes.IXFR)) return 'malformed';
    return this.questionCount === 1 || this.cookieOctets > 0 ? 'answer' : 'malformed';
  }

  #reset(octets: Uint8Array): void {
    this.octets = octets;
    this.opcode = 0;
    this.questionCount = 0;
    this.questionEnd = headerOctets;
    this.type = 0;
    this.class = 0;
    this.hasOpt = false;
    this.udpPayloadOctets = 512;
    this.version = 0;
    this.isDnssecOk = false;
    this.isCompactOk = false;
    this.cookieAt = 0;
    this.cookieOctets = 0;
    this.hasKeepalive = false;
    this.hasTimeout = false;
    this.hasPadding = false;
    this.hasTsig = false;
  }

  get #recordCount(): number {
    return this.#uint16(6) + this.#uint16(8) + this.#uint16(10);
  }

  #uint16(at: number): number {
    return ((this.octets[at] ?? 0) << 8) | (this.octets[at + 1] ?? 0);
  }

  /** QNAME is never compressed: there is nothing before it to point to. */
  #readQuestion(): boolean {
    const at = this.name.read(this.octets, headerOctets);
    if (at === -1 || at + 4 > this.octets.length) return false;
    this.type = this.#uint16(at);
    this.class = this.#uint16(at + 2);
    this.questionEnd = at + 4;
    return true;
  }

  /** Walks the other sections to the message's last octet; false where they are damaged or end elsewhere. */
  #readRecords(): boolean {
    const before = this.#uint16(6) + this.#uint16(8);
    const count = this.#recordCount;
    let at = this.questionEnd;
    for (let index = 0; index < count; index += 1) {
      const isRoot = this.octets[at] === 0;
      const front = this.#skipName(at);
      const end = front + 10 + this.#uint16(front + 8);
      if (front === 0 || front + 10 > this.octets.length || end > this.octets.length) return false;
      const type = this.#uint16(front);
      if (type === rrTypes.OPT && (index < before || !isRoot || !this.#readOpt(front, end))) return false;
      if (type === rrTypes.TSIG) {
        if (index !== count - 1 || index < before) return false;
        this.hasTsig = true;
      }
      at = end;
    }
    return at === this.octets.length;
  }

  /** Where the name ends; 0 for one that does not. */
  #skipName(start: number): number {
    for (let at = start; ; ) {
      const length = this.octets[at];
      if (length === undefined) return 0;
      if (length === 0) return at + 1;
      if (length >= 0xc0) return at + 2;
      if (length > maxLabelOctets) return 0;
      at += 1 + length;
    }
  }

  #readOpt(front: number, end: number): boolean {
    if (this.hasOpt) return false;
    this.hasOpt = true;
    this.udpPayloadOctets = Math.max(512, this.#uint16(front + 2));
    this.version = this.octets[front + 5] ?? 0;
    const flags = this.#uint16(front + 6);
    this.isDnssecOk = (flags & dnssecOk) !== 0;
    this.isCompactOk = (flags & compactOk) !== 0;
    // What a later version's options look like is not known (RFC 6891 §6.1.3).
    return this.version !== 0 || this.#readOptions(front + 10, end);
  }

  #readOptions(start: number, end: number): boolean {
    let at = start;
    while (at + 4 <= end) {
      const code = this.#uint16(at);
      const length = this.#uint16(at + 2);
      at += 4;
      if (at + length > end || !this.#readOption(code, at, length)) return false;
      at += length;
    }
    return at === end;
  }

  #readOption(code: number, at: number, length: number): boolean {
    if (code === optionCodes.COOKIE) {
      const isWhole = length === clientCookieOctets || (length >= 16 && length <= 40);
      // Of several cookies the first counts (RFC 7873 §5.2).
      if (isWhole && this.cookieOctets === 0) [this.cookieAt, this.cookieOctets] = [at, length];
      return isWhole;
    }
    if (code === optionCodes.KEEPALIVE) {
      this.hasKeepalive = true;
      if (length !== 0) this.hasTimeout = true;
    }
    if (code === optionCodes.PADDING) this.hasPadding = true;
    return true;
  }
}
