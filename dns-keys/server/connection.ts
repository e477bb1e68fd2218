import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type Door, later, type Peer } from './door.ts';
import type { Place } from './places.ts';
import { type Allowance, share, type Turns, type Worker } from './turns.ts';

/** Octets of a message's length in front of it (RFC 1035 §4.2.2). */
const lengthOctets = 2;
/** Room for the answers of one share, and one answer more. */
export const outputOctets = share.octets + lengthOctets + 65_535;
/** Octets that a client may leave unread before no more of its queries are answered. */
const maxUnreadOctets = 64 * 1024;
/** Octets of queries that wait for their turn, over which no more are read. */
const maxHeldOctets = 4096;
const headerOctets = 12;
const none = Buffer.alloc(0);

/** What all connections share. */
export interface Shared {
  readonly door: Door;
  readonly turns: Turns;
  /** Of `outputOctets`; used within one turn only. */
  readonly output: Buffer;
}

/**
 * Queries of one TCP or TLS connection, answered in order and written together (RFC 7766 §6.2.1.1). What a client does
 * not read keeps its later queries waiting, and in the end its socket is no longer read from.
 */
export class Connection implements Worker {
  readonly #place: Place;
  readonly #peer: Peer;
  readonly #socket: Socket;
  readonly #door: Door;
  readonly #turns: Turns;
  readonly #output: { octets: Buffer; base: number };
  /** Octets that came and belong to no answered query yet. */
  #input: Buffer = none;
  /** Waits for queries; for its turn to answer them; for the client to read, or for a handed over answer. */
  #waitsFor: 'query' | 'turn' | 'other' = 'query';
  #hasEnded = false;

  constructor(
    socket: Socket,
    { place, transport }: { place: Place; transport: 'tcp' | 'tls' },
    { door, turns, output }: Shared,
  ) {
    this.#place = place;
    const tlsVersion = socket instanceof TLSSocket ? socket.getProtocol() : null;
    this.#peer = { transport, address: place.address, port: place.port, tlsVersion };
    this.#socket = socket;
    this.#door = door;
    this.#turns = turns;
    this.#output = { octets: output, base: 0 };
    socket.on('data', data => this.#receive(data));
    socket.on('end', () => this.#end());
    // Whatever breaks a connection is the client's concern; 'close' follows.
    socket.on('error', () => {});
  }

  #receive(data: Buffer): void {
    this.#input = this.#input.length === 0 ? data : Buffer.concat([this.#input, data]);
    if (this.#waitsFor === 'query' && this.#messageEnd(0) > 0) this.#waitForTurn();
    if (this.#waitsFor === 'turn' && this.#input.length > maxHeldOctets) this.#socket.pause();
  }

  #end(): void {
    this.#hasEnded = true;
    if (this.#waitsFor === 'query') this.#socket.end();
  }

  #waitForTurn(): void {
    this.#waitsFor = 'turn';
    this.#turns.add(this);
  }

  work(allowance: Allowance): boolean {
    const output = this.#output;
    output.base = 0;
    const signaturesBefore = this.#door.signaturesMade;
    const { signatures } = allowance;
    let at = 0;
    let end = this.#messageEnd(at);
    while (end !== 0 && this.#waitsFor === 'turn' && isLeft(allowance)) {
      const written = output.base;
      this.#answer(this.#input.subarray(at + lengthOctets, end));
      allowance.answers -= 1;
      allowance.octets -= output.base - written;
      allowance.signatures = signatures - (this.#door.signaturesMade - signaturesBefore);
      at = end;
      end = this.#messageEnd(at);
    }
    this.#input = at === this.#input.length ? none : this.#input.subarray(at);
    this.#flush();
    if (this.#waitsFor !== 'turn') return false;
    if (end === 0) this.#waitForQueries();
    return end !== 0;
  }

  #waitForQueries(): void {
    this.#waitsFor = 'query';
    if (this.#hasEnded) this.#socket.end();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  /** Where the message that begins there ends; 0 when it has not come whole, or nothing more will. */
  #messageEnd(at: number): number {
    const input = this.#input;
    if (input.length - at < lengthOctets || this.#socket.destroyed) return 0;
    const length = input.readUInt16BE(at);
    // Not even a header: these are not DNS messages, and where the next one begins is not known.
    if (length < headerOctets) {
      this.#socket.destroy();
      return 0;
    }
    const end = at + lengthOctets + length;
    return end <= input.length ? end : 0;
  }

  #answer(query: Buffer): void {
    const { metrics } = this.#door.settings;
    if (this.#peer.transport === 'tls') metrics.queriesTls += 1;
    else metrics.queriesTcp += 1;
    this.#place.touch();
    const output = this.#output;
    const start = output.base;
    output.base += lengthOctets;
    const octets = this.#door.answer(query, this.#peer, { output, maySign: true, requiresCookie: false });
    output.base = start;
    if (octets > 0) {
      output.octets.writeUInt16BE(octets, start);
      output.base = start + lengthOctets + octets;
    } else if (octets === later.handedOver) this.#handOver(query);
  }

  /** Hands what was gathered to the socket, and waits when the client does not read. */
  #flush(): void {
    const { base, octets } = this.#output;
    this.#output.base = 0;
    if (base > 0 && !this.#socket.destroyed) this.#socket.write(Buffer.from(octets.subarray(0, base)));
    if (this.#waitsFor === 'other' || this.#socket.writableLength <= maxUnreadOctets) return;
    this.#waitForOther();
    this.#socket.once('drain', () => this.#goOn());
  }

  #waitForOther(): void {
    this.#waitsFor = 'other';
    this.#socket.pause();
  }

  #goOn(): void {
    this.#place.touch();
    if (this.#messageEnd(0) > 0) this.#waitForTurn();
    else if (!this.#socket.destroyed) this.#waitForQueries();
  }

  #handOver(query: Buffer): void {
    const { special } = this.#door;
    if (special === null) return;
    this.#waitForOther();
    this.#writeReplies(this.#door.replies(special, Buffer.from(query), this.#peer)).then(
      () => this.#goOn(),
      (error: unknown) => {
        // Half a transfer must not look like a whole one.
        this.#door.settings.metrics.faults += 1;
        this.#door.settings.onFault(error);
        this.#socket.destroy();
      },
    );
  }

  async #writeReplies(replies: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const reply of replies) {
      if (this.#socket.destroyed) return;
      this.#place.touch();
      const front = Buffer.from([reply.length >> 8, reply.length & 0xff]);
      this.#socket.write(Buffer.concat([front, reply]));
      if (this.#socket.writableLength > maxUnreadOctets) await this.#drained();
    }
  }

  /** When the client has read what was written, or is gone. */
  #drained(): Promise<void> {
    return new Promise(drained => {
      const done = () => {
        this.#socket.off('drain', done);
        this.#socket.off('close', done);
        drained();
      };
      this.#socket.once('drain', done);
      this.#socket.once('close', done);
    });
  }
}

function isLeft({ signatures, answers, octets }: Allowance): boolean {
  return signatures > 0 && answers > 0 && octets > 0;
}
