import type { Output } from '../answer/answer-writer.ts';
import type { Client } from '../answer/client.ts';
import {
  type Asking,
  handedOver,
  putOff,
  putOffDenial,
  Responder,
  type Special,
} from '../answer/responder.ts';
import type { ZoneTable } from '../zone/zone-table.ts';
import { countAnswer, type DnsMetrics } from './metrics.ts';

/** Who asks, for those that queries are handed over to. */
export interface Peer extends Client {
  readonly port: number;
  /** Of a connection over TLS, as Node names it: `TLSv1.3`. */
  readonly tlsVersion?: string | null;
  /** To be called when the query proves to be from somebody who is known: its answers are not limited then. */
  readonly onVerified?: () => void;
}

/** One answer, or null for silence; now or later. */
export type Reply = Uint8Array | null | Promise<Uint8Array | null>;

/**
 * Those that answer what is no plain question. What none is given for is refused: transfers with REFUSED, NOTIFY and
 * UPDATE with NOTIMP, TSIG with NOTAUTH. `query` is theirs to keep. When one throws, UDP clients get SERVFAIL and TCP
 * connections are closed.
 */
export interface DnsHooks {
  /**
   * AXFR and IXFR, signed or not: the messages of the answer, none for a query that is damaged: FORMERR then. Over UDP
   * only the first one is sent.
   */
  readonly onTransfer?: (query: Uint8Array, peer: Peer) => AsyncIterable<Uint8Array>;
  /** Null for a query that is damaged: FORMERR then. */
  readonly onNotify?: (query: Uint8Array, peer: Peer) => Reply;
  readonly onUpdate?: (query: Uint8Array, peer: Peer) => Reply;
  /** Other queries with a TSIG; `answer` gives the plain answer to the query without it. */
  readonly onSigned?: (query: Uint8Array, peer: Peer, answer: AnswerPlain) => Reply;
}

/** Answers a query that has no TSIG, leaving so many octets free where the answer has a limit; null for silence. */
export type AnswerPlain = (query: Uint8Array, reservedOctets: number) => Buffer | null;

export interface DoorSettings {
  readonly zones: ZoneTable;
  readonly cookieSecrets: () => readonly Uint8Array[];
  readonly idleSeconds: number;
  readonly hooks: DnsHooks;
  readonly metrics: DnsMetrics;
  /** Unix seconds. */
  readonly now: () => number;
  /** Told what was thrown over a query: an error of ours. */
  readonly onFault: (error: unknown) => void;
}

/** What `Door.answer` gives beside the octets of an answer. */
export const later = { putOff, putOffDenial, handedOver } as const;

/** Between sockets and the responder: counts, hands over, and lets nothing thrown get out. */
export class Door {
  readonly settings: DoorSettings;
  readonly #responder: Responder;
  readonly #asking: Asking;

  constructor(settings: DoorSettings) {
    this.settings = settings;
    this.#responder = new Responder({ ...settings, handsOver: handsOver(settings.hooks) });
    const client: Client = { transport: 'udp', address: '' };
    this.#asking = { client, now: 0, maySign: true, requiresCookie: false, reservedOctets: 0 };
  }

  get hasGoodCookie(): boolean {
    return this.#responder.hasGoodCookie;
  }

  get signaturesMade(): number {
    return this.#responder.signaturesMade;
  }

  /** As `Responder.respond`; SERVFAIL where that fails. */
  answer(
    query: Uint8Array,
    client: Client,
    { output, maySign, requiresCookie }: { output: Output; maySign: boolean; requiresCookie: boolean },
  ): number {
    const { metrics, now } = this.settings;
    const asking = this.#asking;
    asking.client = client;
    asking.now = now();
    asking.maySign = maySign;
    asking.requiresCookie = requiresCookie;
    asking.reservedOctets = 0;
    let octets: number;
    try {
      octets = this.#responder.respond(query, asking, output);
    } catch (error) {
      octets = this.#fault(query, output, error);
    }
    if (octets === 0) metrics.silent += 1;
    else if (octets > 0) countAnswer(metrics, output.octets, output.base);
    metrics.signatures = this.#responder.signaturesMade;
    return octets;
  }

  /** The answer that sends a client to TCP. */
  truncated(query: Uint8Array, client: Client, output: Output): number {
    this.#asking.client = client;
    this.#asking.now = this.settings.now();
    this.#asking.reservedOctets = 0;
    const octets = this.#responder.truncated(query, this.#asking, output);
    if (octets > 0) countAnswer(this.settings.metrics, output.octets, output.base);
    return octets;
  }

  /** What the query is that was handed over last. */
  get special(): Special | null {
    return this.#responder.special;
  }

  /** The messages that others answer a handed over query with. Never throws over UDP: SERVFAIL is the answer then. */
  async *replies(special: Special, query: Uint8Array, peer: Peer): AsyncGenerator<Uint8Array> {
    try {
      if (special === 'transfer') yield* this.#transfer(query, peer);
      else {
        const reply = (await this.#reply(special, query, peer)) ?? null;
        if (reply !== null) yield reply;
        else if (special !== 'signed') yield* this.#malformed(query, peer);
      }
    } catch (error) {
      if (peer.transport !== 'udp') throw error;
      const output = { octets: Buffer.allocUnsafe(65_535), base: 0 };
      yield output.octets.subarray(0, this.#fault(query, output, error));
    }
  }

  async *#transfer(query: Uint8Array, peer: Peer): AsyncGenerator<Uint8Array> {
    let isAnswered = false;
    for await (const message of this.settings.hooks.onTransfer?.(query, peer) ?? []) {
      isAnswered = true;
      yield message;
    }
    if (!isAnswered) yield* this.#malformed(query, peer);
  }

  *#malformed(query: Uint8Array, client: Client): Generator<Uint8Array> {
    const output = { octets: Buffer.allocUnsafe(65_535), base: 0 };
    const asking = { ...this.#asking, client, now: this.settings.now(), reservedOctets: 0 };
    const octets = this.#responder.malformed(query, asking, output);
    if (octets > 0) yield output.octets.subarray(0, octets);
  }

  #reply(special: Exclude<Special, 'transfer'>, query: Uint8Array, peer: Peer): Reply | undefined {
    const { hooks } = this.settings;
    if (special === 'notify') return hooks.onNotify?.(query, peer);
    if (special === 'update') return hooks.onUpdate?.(query, peer);
    return hooks.onSigned?.(query, peer, (plain, reservedOctets) => this.#plain(plain, peer, reservedOctets));
  }

  #plain(query: Uint8Array, client: Client, reservedOctets: number): Buffer | null {
    const output = { octets: Buffer.allocUnsafe(65_535), base: 0 };
    const asking = { client, now: this.settings.now(), maySign: true, requiresCookie: false, reservedOctets };
    const octets = this.#responder.respond(query, asking, output);
    return octets > 0 ? Buffer.from(output.octets.subarray(0, octets)) : null;
  }

  #fault(query: Uint8Array, output: Output, error: unknown): number {
    this.settings.metrics.faults += 1;
    this.settings.onFault(error);
    try {
      return this.#responder.failed(query, this.#asking, output);
    } catch {
      // Told above; what fails twice over one query is left without an answer.
      return 0;
    }
  }
}

function handsOver(hooks: DnsHooks): ReadonlySet<Special> {
  const specials = new Set<Special>();
  if (hooks.onTransfer) specials.add('transfer');
  if (hooks.onNotify) specials.add('notify');
  if (hooks.onUpdate) specials.add('update');
  if (hooks.onSigned) specials.add('signed');
  return specials;
}
