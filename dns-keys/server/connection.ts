import type { Socket } from 'node:net';
import { type Door, later, type Peer } from './door.ts';
import type { Place } from './places.ts';

/** Octets of a message's length in front of it (RFC 1035 §4.2.2). */
const lengthOctets = 2;
/** Answers are gathered up to so many octets before they are written. */
const gatheredOctets = 64 * 1024;
/** Room for what is gathered and one answer more. */
export const outputOctets = gatheredOctets + lengthOctets + 65_535;
/** Octets that a client may leave unread before no more of its queries are answered. */
const maxUnreadOctets = 64 * 1024;
/** Fresh signatures for one client before others have their turn. */
const signaturesATurn = 16;
const headerOctets = 12;
const none = Buffer.alloc(0);

/**
 * Queries of one TCP or TLS connection, answered in order and written together (RFC 7766 §6.2.1.1). What a client does
 * not read keeps its later queries waiting, and in the end its socket is no longer read from.
 */
export class Connection {
  readonly #place: Place;
  readonly #peer: Peer;
  readonly #socket: Socket;
  readonly #door: Door;
  readonly #output: { octets: Buffer; base: number };
  /** Octets that came and belong to no answered query yet. */
  #input: Buffer = none;
  /** Waits for the client to read, for another's turn to end, or for a handed over answer. */
  #isWaiting = false;
  #hasEnded = false;

  /** `output` has `outputOctets` and is shared by all connections: it is used within one turn only. */
  constructor(
    socket: Socket,
    {
      place,
      transport,
      door,
      output,
    }: { place: Place; transport: 'tcp' | 'tls'; door: Door; output: Buffer },
  ) {
    this.#place = place;
    this.#peer = { transport, address: place.address, port: place.port };
    this.#socket = socket;
    this.#door = door;
    this.#output = { octets: output, base: 0 };
    socket.on('data', data => this.#receive(data));
    socket.on('end', () => this.#end());
    // Whatever breaks a connection is the client's concern; 'close' follows.
    socket.on('error', () => {});
  }

  #receive(data: Buffer): void {
    this.#input = this.#input.length === 0 ? data : Buffer.concat([this.#input, data]);
    if (!this.#isWaiting) this.#work();
  }

  #end(): void {
    this.#hasEnded = true;
    if (!this.#isWaiting) this.#socket.end();
  }

  /** Answers what has come whole, as far as it may. */
  #work(): void {
    const output = this.#output;
    output.base = 0;
    const signaturesBefore = this.#door.signaturesMade;
    let at = 0;
    for (let end = this.#messageEnd(at); end !== 0 && !this.#isWaiting; end = this.#messageEnd(at)) {
      this.#answer(this.#input.subarray(at + lengthOctets, end));
      at = end;
      if (output.base > gatheredOctets) this.#flush();
      if (this.#door.signaturesMade - signaturesBefore >= signaturesATurn) this.#letOthers();
    }
    this.#input = at === this.#input.length ? none : this.#input.subarray(at);
    this.#flush();
    if (!this.#isWaiting && this.#hasEnded) this.#socket.end();
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
    if (this.#isWaiting || this.#socket.writableLength <= maxUnreadOctets) return;
    this.#wait();
    this.#socket.once('drain', () => this.#goOn());
  }

  #letOthers(): void {
    if (this.#isWaiting) return;
    this.#flush();
    if (this.#isWaiting) return;
    this.#wait();
    setImmediate(() => this.#goOn());
  }

  #wait(): void {
    this.#isWaiting = true;
    this.#socket.pause();
  }

  #goOn(): void {
    this.#isWaiting = false;
    this.#place.touch();
    if (this.#socket.destroyed) return;
    this.#work();
    if (!this.#isWaiting) this.#socket.resume();
  }

  #handOver(query: Buffer): void {
    const { special } = this.#door;
    if (special === null) return;
    this.#wait();
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
