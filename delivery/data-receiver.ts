import type { OctetBudget } from './octet-budget.ts';

/**
 * What stopped a message from being kept. `endless` comes without its end: the peer goes on far beyond the limit.
 * `noRoom`: the door holds as much as it may.
 */
export type DataFault = 'falseEnd' | 'tooLarge' | 'endless' | 'noRoom';

/** The end of one DATA transmission. */
export interface ReceivedData {
  /** What the peer sent, dots unstuffed, nothing else changed; in a buffer of its own. Empty when there is a fault. */
  readonly octets: Uint8Array;
  /** Octets sent, counted also where they were not kept. */
  readonly sizeOctets: number;
  readonly fault: DataFault | null;
  /** What followed the end in the last chunk: the peer's next commands. */
  readonly rest: Buffer;
}

export interface DataLimits {
  /** More octets than this are counted but not kept. */
  readonly maxOctets: number;
  /**
   * True: a dot alone between line endings of which one is a bare CR or LF ends the transmission at once as
   * `falseEnd`: servers that disagree about where a message ends can be made to smuggle one. A bare CR or LF
   * anywhere else is content, as it is to most servers, whatever RFC 5321 §2.3.8 says: it can't end anything here.
   */
  readonly refuseFalseEnds: boolean;
  /** Shared by all that is being received; without it memory is bounded by `maxOctets` alone. */
  readonly room?: OctetBudget;
  /** True: what goes on at four times the limit is given up as `endless`, for a door that cuts the peer off then. */
  readonly endsEndless?: boolean;
}

/** So much more than the limit is read for the end of a message that is refused. */
const graceFactor = 4;

const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;

/** Room that is made at once: most messages fit. */
const firstOctets = 8192;
const nothing = new Uint8Array(0);

/**
 * Where the reader stands in its line. `loose…` are the places that follow a CR or LF alone: no line begins there
 * for us, but it does for servers that are less strict.
 */
type Place = 'lineStart' | 'inLine' | 'afterCr' | 'dot' | 'dotCr' | 'looseStart' | 'looseDot' | 'looseDotCr';

/**
 * Reads the mail data of one DATA command (RFC 5321 §4.1.1.4, §4.5.2) chunk by chunk, in time linear in its size
 * whatever the lengths of its lines. The data ends at CRLF "." CRLF alone, or at "." CRLF right at the start.
 */
export class DataReceiver {
  readonly #limits: DataLimits;
  /** Grows as octets come; only the first `#keptOctets` count. */
  #kept: Uint8Array<ArrayBuffer> = nothing;
  #keptOctets = 0;
  #sizeOctets = 0;
  #hasRoom = true;
  #place: Place = 'lineStart';

  constructor(limits: DataLimits) {
    this.#limits = limits;
  }

  /** Takes the next chunk, which must not change afterwards; null until the end was seen. */
  push(chunk: Buffer): ReceivedData | null {
    let start = 0;
    let place = this.#place;
    for (let at = 0; at < chunk.length; at++) {
      if (place === 'inLine') at = lineEndingFrom(chunk, at);
      if (at === chunk.length) break;
      const next = this.#step(place, chunk[at]);
      if (next === 'end' || next === 'falseEnd') return this.#end(chunk, { at, next });
      if (next === 'dot') {
        // The stuffed dot is left out; were it the end, nothing behind it would be kept either.
        this.#keep(chunk.subarray(start, at));
        start = at + 1;
      } else if (place === 'dotCr' && start > at - 1) {
        // The CR behind the dot was held back at the end of the last chunk and turns out to be content.
        this.#keep(Buffer.from([CR]));
      }
      place = next;
    }
    this.#place = place;
    this.#keep(chunk.subarray(start, place === 'dotCr' ? Math.max(start, chunk.length - 1) : chunk.length));
    const isEndless = this.#limits.endsEndless && this.#sizeOctets > this.#limits.maxOctets * graceFactor;
    if (!isEndless) return null;
    return {
      octets: nothing,
      sizeOctets: this.#sizeOctets,
      fault: 'endless',
      rest: chunk.subarray(chunk.length),
    };
  }

  /** Lets go of what is held: the peer has gone, or the message was given out. */
  release(): void {
    this.#limits.room?.give(this.#kept.length);
    this.#kept = nothing;
    this.#keptOctets = 0;
  }

  #step(place: Place, octet: number | undefined): Place | 'end' | 'falseEnd' {
    switch (octet) {
      case CR:
        return this.#stepCr(place);
      case LF:
        return this.#stepLf(place);
      case DOT:
        if (place === 'lineStart') return 'dot';
        if (place === 'looseStart') return 'looseDot';
        break;
      default:
    }
    const next = octet === DOT ? 'looseDot' : 'inLine';
    if (place === 'dotCr' || place === 'looseDotCr') return this.#falseEnd(next);
    return place === 'afterCr' ? next : 'inLine';
  }

  #stepCr(place: Place): Place | 'falseEnd' {
    if (place === 'dot') return 'dotCr';
    if (place === 'looseDot') return 'looseDotCr';
    if (place === 'dotCr' || place === 'looseDotCr') return this.#falseEnd('afterCr');
    return 'afterCr';
  }

  #stepLf(place: Place): Place | 'end' | 'falseEnd' {
    if (place === 'afterCr') return 'lineStart';
    if (place === 'dotCr') return 'end';
    if (place === 'looseDotCr') return this.#falseEnd('lineStart');
    if (place === 'dot' || place === 'looseDot') return this.#falseEnd('looseStart');
    return 'looseStart';
  }

  /** A dot alone between line endings of which one is bare: some server takes that for the end. */
  #falseEnd(otherwise: Place): Place | 'falseEnd' {
    return this.#limits.refuseFalseEnds ? 'falseEnd' : otherwise;
  }

  #keep(slice: Buffer): void {
    if (slice.length === 0) return;
    this.#sizeOctets += slice.length;
    if (this.#sizeOctets > this.#limits.maxOctets) {
      this.release();
      return;
    }
    if (!this.#hasRoom) return;
    if (!this.#makeRoom(this.#keptOctets + slice.length)) {
      this.#hasRoom = false;
      this.release();
      return;
    }
    this.#kept.set(slice, this.#keptOctets);
    this.#keptOctets += slice.length;
  }

  /** Doubles what is there, so that each octet is copied a bounded number of times however small the slices are. */
  #makeRoom(octets: number): boolean {
    if (octets <= this.#kept.length) return true;
    const wanted = Math.max(octets, 2 * this.#kept.length, firstOctets);
    if (this.#limits.room?.take(wanted - this.#kept.length) === false) return false;
    const roomier = new Uint8Array(wanted);
    roomier.set(this.#kept.subarray(0, this.#keptOctets));
    this.#kept = roomier;
    return true;
  }

  #end(chunk: Buffer, { at, next }: { at: number; next: 'end' | 'falseEnd' }): ReceivedData {
    const fault = this.#faultAt(next);
    const octets = fault ? nothing : this.#take();
    this.release();
    return { octets, sizeOctets: this.#sizeOctets, fault, rest: chunk.subarray(at + 1) };
  }

  /** The octets in a buffer of their size; the roomier one is freed at once, not when garbage is collected. */
  #take(): Uint8Array {
    if (this.#kept === nothing) return nothing;
    this.#limits.room?.give(this.#kept.length);
    const octets = new Uint8Array(this.#kept.buffer.transfer(this.#keptOctets));
    this.#kept = nothing;
    return octets;
  }

  #faultAt(next: 'end' | 'falseEnd'): DataFault | null {
    if (next === 'falseEnd') return 'falseEnd';
    if (this.#sizeOctets > this.#limits.maxOctets) return 'tooLarge';
    return this.#hasRoom ? null : 'noRoom';
  }
}

/** Where the next CR or LF stands, the length when there is none. */
function lineEndingFrom(chunk: Buffer, from: number): number {
  let at = from;
  while (at < chunk.length && chunk[at] !== CR && chunk[at] !== LF) at++;
  return at;
}
