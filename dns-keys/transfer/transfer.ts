import { type Clock, unixSeconds } from '../../delivery/clock.ts';
import { plainAddress } from '../../delivery/ip-address.ts';
import type { Log } from '../../delivery/log.ts';
import { extendedErrors } from '../answer/extended-error.ts';
import { readOpt, udpPayloadOctets } from '../edns.ts';
import { classes, type Message, type Question, rcodes } from '../message.ts';
import { type Name, nameText } from '../name.ts';
import { rrTypes } from '../rr/type-name.ts';
import { WireError } from '../wire-error.ts';
import type { RecordSet } from '../zone/record-set.ts';
import type { TransferAccess } from './access.ts';
import { axfrMessages } from './axfr.ts';
import { askedSerial, changeOctets, ixfrMessages, soaMessages } from './ixfr.ts';
import type { PackerStart } from './message-packer.ts';
import type { PeerLog } from './peer-log.ts';
import { type Refusal, refusalOf, replyOpt } from './refusal.ts';
import { isNewerSerial, soaSerial } from './serial.ts';
import type { TransferTurns } from './transfer-turns.ts';
import { type FindTsigKey, type TsigKey, tsigOctets } from './tsig.ts';
import { appendTsigFault, responseSigner, verifyRequest } from './tsig-server.ts';
import type { ZoneVersions } from './zone-versions.ts';

/** A zone as others may have it. */
export interface TransferZone {
  /** Lower-case. */
  readonly apex: Name;
  readonly access: TransferAccess;
  /** Null for a zone that is signed as it is asked, so that there is no list of its records to give. */
  readonly versions: ZoneVersions | null;
}

export interface TransferDeps {
  /** The zone of exactly this apex, in any case. */
  readonly findZone: (apex: Name) => TransferZone | null;
  readonly findKey: FindTsigKey;
  readonly clock: Clock;
  /** For transfers that take place over a connection. */
  readonly log: Log;
  /** For what is refused, and for all that is asked over UDP, where addresses may be forged. */
  readonly peerLog: PeerLog;
  /** Of all transfers over connections. */
  readonly turns: TransferTurns;
}

export interface TransferRequest {
  /** As they came. */
  readonly octets: Uint8Array;
  readonly message: Message;
}

export interface TransferPeer {
  readonly address: string;
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly tlsVersion?: string | null;
  /** Called when the request is signed by a key that is known. */
  readonly onVerified?: () => void;
}

/**
 * The messages that answer AXFR (RFC 5936) or IXFR (RFC 1995), signed where the request was (RFC 8945). Each is made
 * when it is asked for. Over UDP it is always one. Throws when the disk fails; then the connection is to be closed.
 */
export async function* transfer(
  request: TransferRequest,
  peer: TransferPeer,
  deps: TransferDeps,
): AsyncGenerator<Buffer> {
  const nowSeconds = () => unixSeconds(deps.clock.now());
  const { message } = request;
  const verdict = verifyRequest(request.octets, deps.findKey, nowSeconds());
  if (verdict.status === 'malformed') {
    yield refusalOf(message, { rcode: rcodes.FORMERR });
    return;
  }
  if (verdict.status === 'refused') {
    const fields = { ...fieldsOf(message, peer), tsigError: verdict.error };
    deps.peerLog.note('transferRefused', peer.address, fields);
    yield appendTsigFault(refusalOf(message, { rcode: rcodes.NOTAUTH }), verdict, nowSeconds());
    return;
  }
  const key = verdict.status === 'verified' ? verdict.key : null;
  if (key) peer.onVerified?.();
  const sign = verdict.status === 'verified' ? responseSigner(verdict) : (response: Buffer) => response;
  for await (const response of answers({ message, peer, key }, deps)) yield sign(response, nowSeconds());
}

interface Asked {
  readonly message: Message;
  readonly peer: TransferPeer;
  readonly key: TsigKey | null;
}

async function* answers(asked: Asked, deps: TransferDeps): AsyncGenerator<Buffer> {
  const { peer } = asked;
  const found = judge(asked, deps);
  if ('rcode' in found) yield refused(asked, found, deps);
  // One message, made at once.
  else if (peer.transport === 'udp') yield* send(asked, found, deps);
  else if (await deps.turns.begin(peer.address)) {
    try {
      yield* send(asked, found, deps);
    } finally {
      deps.turns.end(peer.address);
    }
  } else yield refused(asked, tooMany, deps);
}

const tooMany: Refusal = {
  rcode: rcodes.SERVFAIL,
  infoCode: extendedErrors.NOT_READY,
  text: 'too many transfers at once',
};

function refused({ message, peer }: Asked, refusal: Refusal, { peerLog }: TransferDeps): Buffer {
  const fields = { ...fieldsOf(message, peer), rcode: refusal.rcode, why: refusal.text };
  peerLog.note('transferRefused', peer.address, fields);
  return refusalOf(message, refusal);
}

async function* send(asked: Asked, granted: Granted, deps: TransferDeps): AsyncGenerator<Buffer> {
  const { message, peer } = asked;
  let [octets, messages, isWhole] = [0, 0, false];
  const { kind, serial, responses } = await choose(asked, granted);
  try {
    for await (const response of responses) {
      octets += response.length;
      messages += 1;
      yield response;
    }
    isWhole = true;
  } finally {
    const fields = { ...fieldsOf(message, peer), kind, serial, octets, messages };
    const event = isWhole ? 'zoneTransferred' : 'transferAborted';
    if (peer.transport === 'udp') deps.peerLog.note(event, peer.address, fields);
    else deps.log.info(fields, event);
  }
}

function fieldsOf({ questions }: Message, { address, transport }: TransferPeer): Record<string, unknown> {
  const [question] = questions;
  return { zone: question ? nameText(question.name) : null, peer: plainAddress(address), transport };
}

interface Granted {
  readonly question: Question;
  readonly apex: Name;
  readonly versions: ZoneVersions;
  readonly opt: PackerStart['opt'];
  /** Octets that the other end takes in one message. */
  readonly mostOctets: number;
}

const notOurs = {
  rcode: rcodes.NOTAUTH,
  infoCode: extendedErrors.NOT_AUTHORITATIVE,
  text: 'no such zone here',
};

/** Whether this request gets its zone, or why not. */
function judge({ message, peer, key }: Asked, deps: TransferDeps): Granted | Refusal {
  const [question, another] = message.questions;
  if (!question || another) return { rcode: rcodes.FORMERR };
  const isUdp = peer.transport === 'udp';
  let udpOctets = 512;
  try {
    const edns = readOpt(message);
    if (edns && edns.version > 0) return { rcode: rcodes.FORMERR };
    if (edns) udpOctets = Math.min(udpPayloadOctets, edns.udpPayloadOctets);
  } catch (error) {
    if (error instanceof WireError) return { rcode: rcodes.FORMERR };
    throw error;
  }
  // A whole zone never goes over UDP (RFC 5936 §4.2).
  if (isUdp && question.type === rrTypes.AXFR) return { rcode: rcodes.NOTIMP };
  const zone = question.class === classes.IN ? deps.findZone(question.name) : null;
  if (!zone) return notOurs;
  const { apex, access, versions } = zone;
  if (!access({ address: peer.address, key })) return prohibited('not allowed to you');
  // Older versions are for questions alone (RFC 9103 §7.2).
  if (peer.transport === 'tls' && peer.tlsVersion !== 'TLSv1.3')
    return prohibited('zone transfers over TLS need TLS 1.3');
  if (!versions) return prohibited('this zone is signed as it is asked and has no transfer');
  return {
    question,
    apex,
    versions,
    opt: replyOpt(message),
    mostOctets: isUdp ? udpOctets : Number.POSITIVE_INFINITY,
  };
}

function prohibited(text: string): Refusal {
  return { rcode: rcodes.REFUSED, infoCode: extendedErrors.PROHIBITED, text };
}

interface Chosen {
  readonly kind: 'axfr' | 'ixfr' | 'soa' | 'none';
  readonly serial: number | null;
  readonly responses: AsyncIterable<Buffer> | Iterable<Buffer>;
}

/** What is sent: the whole zone, the change, the SOA alone, or that there is nothing yet. */
async function choose({ message, key }: Asked, granted: Granted): Promise<Chosen> {
  const { question, apex, versions, opt } = granted;
  const { soa } = versions;
  if (!soa) return nothing(message, notReady);
  const start = { id: message.id, question, apex, opt, reserveOctets: key ? tsigOctets(key) : 0 };
  if (question.type === rrTypes.IXFR) {
    const from = askedSerial(message);
    if (from === null) return nothing(message, { rcode: rcodes.FORMERR });
    const chosen = await chooseChange(from, { soa, start, granted });
    if (chosen) return chosen;
  }
  const snapshot = await versions.snapshot();
  if (!snapshot) return nothing(message, notReady);
  return { kind: 'axfr', serial: snapshot.serial, responses: axfrMessages(snapshot, start) };
}

/** The change since a serial, or the SOA alone; null when only the whole zone helps. */
async function chooseChange(
  from: number,
  { soa, start, granted }: { soa: RecordSet; start: PackerStart; granted: Granted },
): Promise<Chosen | null> {
  const { versions, mostOctets } = granted;
  const isUdp = mostOctets !== Number.POSITIVE_INFINITY;
  const serial = soaSerial(soa);
  const soaOnly = { kind: 'soa', serial, responses: soaMessages(soa, start) } as const;
  if (!isNewerSerial(serial, from)) return soaOnly;
  const change = await versions.changesSince(from);
  const isShort = change !== null && changeOctets(change) < Math.min(versions.octets, 4 * mostOctets);
  if (isShort && !isUdp)
    return { kind: 'ixfr', serial: change.serial, responses: ixfrMessages(change, start) };
  if (isShort) {
    const [first, more] = [...ixfrMessages(change, start)];
    if (first && !more && first.length + start.reserveOctets <= mostOctets)
      return { kind: 'ixfr', serial: change.serial, responses: [first] };
  }
  return isUdp ? soaOnly : null;
}

const notReady = { rcode: rcodes.SERVFAIL, infoCode: extendedErrors.NOT_READY, text: 'not signed yet' };

function nothing(message: Message, refusal: Refusal): Chosen {
  return { kind: 'none', serial: null, responses: [refusalOf(message, refusal)] };
}
