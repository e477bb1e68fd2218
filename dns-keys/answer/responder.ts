import { udpPayloadOctets } from '../edns.ts';
import { classes, opcodes, rcodes } from '../header.ts';
import { rrTypes } from '../rr/type-name.ts';
import type { ZoneTable } from '../zone/zone-table.ts';
import { AnswerWriter, type OptContent, type Output } from './answer-writer.ts';
import type { Client } from './client.ts';
import { checkCookie } from './cookie.ts';
import { extendedErrors } from './extended-error.ts';
import type { Moment } from './live-signatures.ts';
import { clientCookieOctets, Query } from './query.ts';
import { putOff, putOffDenial, ZoneAnswers } from './zone-answers.ts';

const maxTcpOctets = 65_535;
/** Answers over TLS are padded to multiples of this (RFC 8467 §4.1). */
const paddingBlock = 468;

/** `respond` gives this for what is handed over to others: `special` says to whom. */
export const handedOver = -2;

/** Queries that others answer: zone transfers, NOTIFY, UPDATE, and what else is signed with TSIG. */
export type Special = 'transfer' | 'notify' | 'update' | 'signed';

export { putOff, putOffDenial };

/** How an answer is to be made. One object may be used again and again. */
export interface Asking extends Moment {
  client: Client;
  /** Queries over UDP whose cookie has no good server part get BADCOOKIE (RFC 7873 §5.2.3): for times of load. */
  requiresCookie: boolean;
  /** Octets to be left free in a UDP answer, for a TSIG behind it. */
  reservedOctets: number;
}

export interface ResponderSettings {
  readonly zones: ZoneTable;
  /** Secrets of 16 octets for server cookies, the newest first (RFC 9018 §5); none for no cookies. */
  readonly cookieSecrets: () => readonly Uint8Array[];
  /** How long TCP connections may be idle, told to clients that ask (RFC 7828). */
  readonly idleSeconds: number;
  /** Handed over; the rest of these is refused here. */
  readonly handsOver?: ReadonlySet<Special>;
}

/**
 * Answers queries for the zones it knows, and no others. One object answers one query after the other and allocates
 * next to nothing meanwhile.
 */
export class Responder {
  readonly #settings: ResponderSettings;
  readonly #query = new Query();
  readonly #writer = new AnswerWriter();
  readonly #zoneAnswers = new ZoneAnswers(this.#query, this.#writer);
  readonly #opt: OptContent = { udpPayloadOctets, cookie: null, keepalive: null, padTo: 0 };
  #hasGoodCookie = false;
  #special: Special | null = null;

  constructor(settings: ResponderSettings) {
    this.#settings = settings;
  }

  /** Whether the query answered last came with a good server cookie: its address is no forgery. */
  get hasGoodCookie(): boolean {
    return this.#hasGoodCookie;
  }

  /** What the query is that was handed over last. */
  get special(): Special | null {
    return this.#special;
  }

  /** Signatures made so far. */
  get signaturesMade(): number {
    return this.#zoneAnswers.signaturesMade;
  }

  /**
   * Writes the answer to `output` and gives its octets; 0 where there must be silence, `putOff` where a signature is
   * needed and may not be made (`putOffDenial` where it is that of a denial), `handedOver` for what others answer. Zones
   * and its own memory of signatures are all that it reads beside its parameters.
   */
  respond(octets: Uint8Array, asking: Asking, output: Output): number {
    const query = this.#query;
    this.#hasGoodCookie = false;
    const outcome = query.read(octets);
    if (outcome === 'silence') return 0;
    this.#begin(query, asking, output);
    if (outcome === 'malformed' || isFaulty(query, asking.client))
      return this.#writer.finish({ rcode: rcodes.FORMERR });
    return this.#check(query, asking) ?? this.#answer(query, asking);
  }

  /** An empty answer that says to ask over TCP, for a query that `respond` put off or a client that asks too much. */
  truncated(octets: Uint8Array, asking: Asking, output: Output): number {
    const query = this.#query;
    if (query.read(octets) !== 'answer') return 0;
    this.#begin(query, asking, output);
    this.#writer.truncate();
    return this.#writer.finish({ rcode: rcodes.NOERROR });
  }

  /** An answer that says that the query is damaged, where `respond` could not see it. */
  malformed(octets: Uint8Array, asking: Asking, output: Output): number {
    if (this.#query.read(octets) === 'silence') return 0;
    this.#begin(this.#query, asking, output);
    return this.#writer.finish({ rcode: rcodes.FORMERR });
  }

  /** An answer that says that we failed. */
  failed(octets: Uint8Array, asking: Asking, output: Output): number {
    if (this.#query.read(octets) === 'silence') return 0;
    this.#begin(this.#query, asking, output);
    return this.#writer.finish({ rcode: rcodes.SERVFAIL, error: extendedErrors.OTHER });
  }

  #begin(query: Query, { client, now, reservedOctets }: Asking, output: Output): void {
    const isUdp = client.transport === 'udp';
    const limitOctets =
      (isUdp ? Math.min(query.udpPayloadOctets, udpPayloadOctets) : maxTcpOctets) - reservedOctets;
    if (!query.hasOpt) {
      this.#writer.begin(query, output, { limitOctets, opt: null });
      return;
    }
    const opt = this.#opt;
    opt.cookie = query.cookieOctets === 0 ? null : this.#cookie(query, client, now);
    opt.keepalive = query.hasKeepalive && !isUdp ? this.#settings.idleSeconds * 10 : null;
    opt.padTo = query.hasPadding && client.transport === 'tls' ? paddingBlock : 0;
    this.#writer.begin(query, output, { limitOctets, opt });
  }

  #cookie(query: Query, { address }: Client, now: number): Uint8Array | null {
    const secrets = this.#settings.cookieSecrets();
    if (secrets.length === 0) return null;
    const option = query.octets.subarray(query.cookieAt, query.cookieAt + query.cookieOctets);
    const { isGood, answer } = checkCookie(option, address, { secrets, now });
    this.#hasGoodCookie = isGood;
    return Buffer.concat([option.subarray(0, 8), answer]);
  }

  /** The answer to whatever is no question about a zone; null for one that is. */
  #check(query: Query, { client, requiresCookie }: Asking): number | null {
    if (query.version > 0) return this.#writer.finish({ rcode: rcodes.BADVERS });
    const hasCookie = query.cookieOctets > 0 && this.#opt.cookie !== null;
    if (requiresCookie && client.transport === 'udp' && hasCookie && !this.#hasGoodCookie)
      return this.#writer.finish({ rcode: rcodes.BADCOOKIE });
    this.#special = this.#takenBy(query);
    if (this.#special !== null) return handedOver;
    if (query.opcode !== opcodes.QUERY) return this.#fail(rcodes.NOTIMP, extendedErrors.NOT_SUPPORTED);
    if (query.questionCount === 0) return this.#cookieAlone(query);
    // No key is known here (RFC 8945 §5.2); who has keys takes such queries before.
    if (query.hasTsig) return this.#writer.finish({ rcode: rcodes.NOTAUTH });
    if (query.class !== classes.IN) return this.#fail(rcodes.REFUSED, extendedErrors.NOT_AUTHORITATIVE);
    return isAskable(query.type)
      ? null
      : this.#fail(metaRcode(query.type), extendedErrors.INVALID_QUERY_TYPE);
  }

  /** Who takes the query; what is signed and else refused here goes to those who have keys, or its answer would have no TSIG. */
  #takenBy(query: Query): Special | null {
    const { handsOver } = this.#settings;
    const special = specialOf(query);
    if (special !== null && handsOver?.has(special)) return special;
    return query.hasTsig && handsOver?.has('signed') ? 'signed' : null;
  }

  /** A query for nothing but a cookie, or for whether the one it has is good (RFC 7873 §5.4). */
  #cookieAlone(query: Query): number {
    const isBad =
      query.cookieOctets > clientCookieOctets && this.#opt.cookie !== null && !this.#hasGoodCookie;
    return this.#writer.finish({ rcode: isBad ? rcodes.BADCOOKIE : rcodes.NOERROR });
  }

  #fail(rcode: number, error: number): number {
    return this.#writer.finish({ rcode, error });
  }

  #answer(query: Query, asking: Asking): number {
    const { name } = query;
    for (let label = 0; label <= name.labels; label += 1) {
      const zone = this.#settings.zones.withApex(name, label);
      if (zone === null) continue;
      if (zone.soaRef === 0) return this.#fail(rcodes.SERVFAIL, extendedErrors.NOT_READY);
      return this.#zoneAnswers.answer(zone, label, asking);
    }
    return this.#fail(rcodes.REFUSED, extendedErrors.NOT_AUTHORITATIVE);
  }
}

/** A client gives no timeout (RFC 7828 §3.2.1); over UDP the option is ignored, whatever it says (§3.3.1). */
function isFaulty({ hasTimeout }: Query, { transport }: Client): boolean {
  return hasTimeout && transport !== 'udp';
}

function specialOf({ opcode, type }: Query): Special | null {
  if (opcode === opcodes.NOTIFY) return 'notify';
  if (opcode === opcodes.UPDATE) return 'update';
  if (opcode === opcodes.QUERY && (type === rrTypes.AXFR || type === rrTypes.IXFR)) return 'transfer';
  return null;
}

/** Types of questions that are about records: 128 to 255 are not, ANY apart (RFC 6895 §3.1), nor is OPT. */
function isAskable(type: number): boolean {
  return type !== rrTypes.OPT && (type < 128 || type > 255 || type === rrTypes.ANY);
}

/** Transfers are for those who are allowed them; mail records of old are not implemented; the rest are no questions. */
function metaRcode(type: number): number {
  if (type === rrTypes.AXFR || type === rrTypes.IXFR) return rcodes.REFUSED;
  return type === 253 || type === 254 ? rcodes.NOTIMP : rcodes.FORMERR;
}
