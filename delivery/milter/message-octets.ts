import { isForged } from '../instance-fields.ts';
import type { OctetBudget } from '../octet-budget.ts';

/** Why a message can't be judged whole, or need not be. */
export type MessageFault = 'too-large' | 'no-room' | 'forged';

/** A field of the message, the `count`th of its name, counted from 1. */
export interface FieldPlace {
  readonly name: string;
  readonly count: number;
}

/** Taking away costs the MTA a look at every field each; a thousand forged ones are no mistake of anybody's. */
const maxForged = 1000;

/** A message as an MTA hands it over, piece by piece, put together to the octets that its peer sent. */
export class MessageOctets {
  readonly #maxOctets: number;
  readonly #room: OctetBudget;
  readonly #hostname: string;
  readonly #counts = new Map<string, number>();
  readonly #forged: FieldPlace[] = [];
  #pieces: Uint8Array[] = [];
  #octets = 0;
  #fault: MessageFault | null = null;

  /** Of at most `maxOctets`, which are held in `room` until `release`; `hostname` is our authserv-id. */
  constructor({ maxOctets, room, hostname }: { maxOctets: number; room: OctetBudget; hostname: string }) {
    this.#hostname = hostname;
    this.#maxOctets = maxOctets;
    this.#room = room;
  }

  /** Set once something is missing of the octets. */
  get fault(): MessageFault | null {
    return this.#fault;
  }

  /** Fields in our name, or results of ours (RFC 8601 §5), that somebody else has put in, last first: then no place shifts as they are taken away. */
  get forged(): readonly FieldPlace[] {
    return this.#forged.toReversed();
  }

  /** A field; the MTA has taken its colon, the CRs of its folds and, without `isExact`, the space behind the colon. */
  addField(name: string, value: string, { isExact }: { isExact: boolean }): void {
    const folded = value.replace(/\r?\n/g, '\r\n');
    this.#add(Buffer.from(`${name}:${isExact ? '' : ' '}${folded}\r\n`, 'latin1'));
    // Space before the colon (RFC 5322 §4.5.3) makes no other name.
    const key = name.trimEnd().toLowerCase();
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (!isForged({ name, value }, this.#hostname)) return;
    if (this.#forged.length < maxForged) this.#forged.push({ name, count });
    else this.#fail('forged');
  }

  /** The empty line behind the header. */
  endHeader(): void {
    this.#add(Buffer.from('\r\n'));
  }

  addBody(octets: Uint8Array): void {
    this.#add(octets);
  }

  /** All of it. */
  joined(): Uint8Array {
    return Buffer.concat(this.#pieces);
  }

  /** Lets go of the octets. */
  release(): void {
    this.#room.give(this.#octets);
    this.#pieces = [];
    this.#octets = 0;
  }

  #add(octets: Uint8Array): void {
    if (this.#fault) return;
    if (this.#octets + octets.byteLength > this.#maxOctets) this.#fail('too-large');
    else if (!this.#room.take(octets.byteLength)) this.#fail('no-room');
    else {
      this.#pieces.push(octets);
      this.#octets += octets.byteLength;
    }
  }

  #fail(fault: MessageFault): void {
    this.#fault = fault;
    this.release();
  }
}
