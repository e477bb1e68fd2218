import { readHeader } from '../header.ts';
import { type Message, newMessage, parseMessage, rcodes } from '../message.ts';
import { WireReader } from '../wire.ts';
import { WireError } from '../wire-error.ts';
import { refusalOf } from './refusal.ts';
import type { FindTsigKey, TsigKey } from './tsig.ts';
import { appendTsigFault, responseSigner, verifyRequest } from './tsig-server.ts';

/** Answers a query without TSIG; null for silence. */
export type AnswerPlain = (query: Uint8Array, key: TsigKey | null) => Buffer | null;

/**
 * Answers any query that may be signed, as secondaries sign their queries for a SOA: the TSIG is checked and taken off,
 * the answer signed (RFC 8945 §5.2, §5.3). The answer must leave `tsigOctets` free where it has a limit.
 */
export function answerSigned(
  query: Uint8Array,
  { findKey, nowSeconds }: { findKey: FindTsigKey; nowSeconds: number },
  answer: AnswerPlain,
): Buffer | null {
  const verdict = verifyRequest(query, findKey, nowSeconds);
  if (verdict.status === 'unsigned') return answer(query, null);
  const id = ((query[0] ?? 0) << 8) | (query[1] ?? 0);
  if (verdict.status === 'malformed') return refusalOf(readable(query), { rcode: rcodes.FORMERR });
  if (verdict.status === 'refused')
    return appendTsigFault(refusalOf(parseMessage(query), { rcode: rcodes.NOTAUTH }), verdict, nowSeconds);
  // A forwarder may have changed the id; the answer goes by the one that came.
  const plain = Buffer.from(verdict.unsigned);
  plain.writeUInt16BE(id, 0);
  const response = answer(plain, verdict.key);
  return response && responseSigner(verdict)(response, nowSeconds);
}

/** The message, or as much of one that is damaged as an answer needs. */
function readable(query: Uint8Array): Message {
  try {
    return parseMessage(query);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return newMessage(readHeader(new WireReader(query)).header);
  }
}
