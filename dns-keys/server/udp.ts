import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { Client } from '../answer/client.ts';
import { type Door, later } from './door.ts';
import type { RateLimit } from './rate-limit.ts';

/** Queries of a kind that may wait for their signature. */
const maxWaiting = 512;
/** Signatures made before the sockets are looked at again: 40 µs each; the few where queries keep coming. */
const signaturesWhenQuiet = 16;
const signaturesWhenBusy = 4;
/** Of those, so many are for denials where both kinds wait. */
const leastDenials = 1;
/** Queries in one turn of the loop from which on it is busy: libuv reads 32 at once. */
const busyQueries = 16;
/** Answers that the system has not taken yet, over which more are dropped. */
const maxQueued = 1024;

interface Waiting {
  readonly query: Buffer;
  readonly address: string;
  readonly port: number;
  readonly socket: Socket;
}

/**
 * Answers over UDP. The system's own size of the receive buffer is kept: some 280 queries, which take 4 ms to answer; in
 * a larger one a flood would keep others waiting for longer than that. Queries whose answer needs a fresh signature wait
 * while others are answered, and of them denials wait for the sets that are there, so that a flood of names that nobody
 * has does not delay the keys.
 */
export class UdpDoor {
  readonly #door: Door;
  readonly #limit: RateLimit;
  readonly #sockets: Socket[] = [];
  readonly #client: { transport: 'udp'; address: string } = { transport: 'udp', address: '' };
  #output = { octets: Buffer.allocUnsafeSlow(65_535), base: 0 };
  readonly #waiting = { sets: [] as Waiting[], denials: [] as Waiting[] };
  #isScheduled = false;
  /** Queries since the waiting ones were looked at. */
  #came = 0;

  constructor(door: Door, limit: RateLimit) {
    this.#door = door;
    this.#limit = limit;
  }

  /** Binds a socket. Rejects as `dgram` does, with EADDRINUSE and its like. */
  async bind(address: string, port: number): Promise<void> {
    const type = isIPv6(address) ? 'udp6' : 'udp4';
    const socket = createSocket({ type, ipv6Only: type === 'udp6', lookup: asIs });
    const bound = once(socket, 'listening');
    socket.bind({ address, port, exclusive: true });
    try {
      await bound;
    } catch (error) {
      socket.close();
      throw error;
    }
    socket.on('message', (query, from) => this.#receive(query, from, socket));
    // What the network says of earlier answers is nobody's concern.
    socket.on('error', () => {});
    this.#sockets.push(socket);
  }

  async close(): Promise<void> {
    for (const queue of [this.#waiting.sets, this.#waiting.denials]) queue.length = 0;
    const sockets = this.#sockets.splice(0);
    await Promise.all(sockets.map(socket => new Promise<void>(closed => socket.close(() => closed()))));
  }

  #receive(query: Buffer, { address, port }: RemoteInfo, socket: Socket): void {
    const door = this.#door;
    door.settings.metrics.queriesUdp += 1;
    this.#came += 1;
    // Nothing can be sent to port 0, and nothing honest comes from it.
    if (port === 0) return;
    const client = this.#clientAt(address);
    const { sets, denials } = this.#waiting;
    const requiresCookie = Math.max(sets.length, denials.length) > maxWaiting / 2;
    const octets = door.answer(query, client, { output: this.#output, maySign: false, requiresCookie });
    if (octets > 0) {
      const verdict = door.hasGoodCookie ? 'send' : this.#judge(address, answerKind(this.#output.octets));
      if (verdict === 'send') this.#send(octets, port, { address, socket });
      else if (verdict === 'truncate') this.#truncate(query, client, { address, port, socket });
    } else if (octets === later.putOff) this.#putOff({ query, address, port, socket }, sets);
    else if (octets === later.putOffDenial) this.#putOff({ query, address, port, socket }, denials);
    else if (octets === later.handedOver) void this.#handOver({ query, address, port, socket });
  }

  #clientAt(address: string): Client {
    this.#client.address = address;
    return this.#client;
  }

  #judge(address: string, kind: number) {
    const { metrics, now } = this.#door.settings;
    const verdict = this.#limit.judge(address, kind, now());
    if (verdict === 'drop') metrics.rateDropped += 1;
    if (verdict === 'truncate') metrics.rateTruncated += 1;
    return verdict;
  }

  #truncate(query: Buffer, client: Client, to: Omit<Waiting, 'query'>): void {
    const octets = this.#door.truncated(query, client, this.#output);
    if (octets > 0) this.#send(octets, to.port, to);
  }

  #putOff(waiting: Waiting, queue: Waiting[]): void {
    const { metrics } = this.#door.settings;
    const kind = queue === this.#waiting.sets ? kinds.positive : kinds.denied;
    const verdict = this.#door.hasGoodCookie ? 'send' : this.#judge(waiting.address, kind);
    if (verdict === 'drop') return;
    const isFull = queue.length >= maxWaiting;
    if (isFull) metrics.shed += 1;
    if (isFull || verdict === 'truncate') {
      this.#truncate(waiting.query, this.#clientAt(waiting.address), waiting);
      return;
    }
    metrics.putOff += 1;
    queue.push(waiting);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#signSome());
  }

  /** Immediates run after a turn's packets, before the next ones are read. */
  #signSome(): void {
    this.#isScheduled = false;
    const count = this.#came >= busyQueries ? signaturesWhenBusy : signaturesWhenQuiet;
    this.#came = 0;
    for (const waiting of this.#next(count)) this.#sign(waiting);
    if (this.#waiting.sets.length + this.#waiting.denials.length > 0) this.#schedule();
  }

  #next(count: number): Waiting[] {
    const { sets, denials } = this.#waiting;
    const next = sets.splice(0, count - Math.min(leastDenials, denials.length));
    return [...next, ...denials.splice(0, count - next.length)];
  }

  #sign({ query, address, port, socket }: Waiting): void {
    const wanted = { output: this.#output, maySign: true, requiresCookie: false };
    const octets = this.#door.answer(query, this.#clientAt(address), wanted);
    if (octets > 0) this.#send(octets, port, { address, socket });
  }

  async #handOver({ query, address, port, socket }: Waiting): Promise<void> {
    const { special, hasGoodCookie } = this.#door;
    if (special === null) return;
    let isKnown = hasGoodCookie;
    const onVerified = () => {
      isKnown = true;
    };
    const peer = { transport: 'udp', address, port, onVerified } as const;
    const kept = Buffer.from(query);
    for await (const reply of this.#door.replies(special, kept, peer)) {
      if (!this.#sockets.includes(socket)) return;
      const verdict = isKnown ? 'send' : this.#judge(address, answerKind(reply));
      if (verdict === 'send') socket.send(reply, port, address);
      else if (verdict === 'truncate') this.#truncate(kept, peer, { address, port, socket });
      return;
    }
  }

  #send(octets: number, port: number, { address, socket }: { address: string; socket: Socket }): void {
    if (socket.getSendQueueCount() > maxQueued) {
      this.#door.settings.metrics.sendDropped += 1;
      return;
    }
    socket.send(this.#output.octets, 0, octets, port, address);
    // The system has not taken it yet: those octets are the socket's now.
    if (socket.getSendQueueCount() > 0) this.#output = { octets: Buffer.allocUnsafeSlow(65_535), base: 0 };
  }
}

const kinds = { positive: 0, denied: 1, nonexistent: 2, error: 3 } as const;

/** Answers of one kind to one network are limited together. */
function answerKind(answer: Uint8Array): number {
  const rcode = (answer[3] ?? 0) & 0xf;
  if (rcode === 3) return kinds.nonexistent;
  if (rcode !== 0) return kinds.error;
  return answer[6] === 0 && answer[7] === 0 ? kinds.denied : kinds.positive;
}

/** Addresses come from the system: there is nothing to look up. */
function asIs(
  address: string,
  _options: unknown,
  done: (error: null, address: string, family: number) => void,
): void {
  done(null, address, address.includes(':') ? 6 : 4);
}
