import { equalNames } from '../name.ts';
import { WireError } from '../wire-error.ts';
import {
  appendTsig,
  computeMac,
  type FindTsigKey,
  fudgeSeconds,
  isMacOf,
  isTimely,
  leastMacOctets,
  type SignedMessage,
  splitTsig,
  type Tsig,
  type TsigKey,
  tsigAlgorithms,
  tsigErrors,
} from './tsig.ts';

/** What a request's TSIG says (RFC 8945 §5.2). */
export type TsigVerdict =
  | { readonly status: 'unsigned' }
  | { readonly status: 'malformed'; readonly reason: string }
  | {
      readonly status: 'refused';
      readonly error: number;
      readonly tsig: Tsig;
      /** The key to sign the answer with; null where it must not be signed. */
      readonly key: TsigKey | null;
    }
  | {
      readonly status: 'verified';
      readonly key: TsigKey;
      readonly mac: Uint8Array;
      /** The request without its TSIG record, with the id it was signed with. */
      readonly unsigned: Buffer;
    };

/** Judges the octets of a request as they came. Never throws. */
export function verifyRequest(octets: Uint8Array, findKey: FindTsigKey, nowSeconds: number): TsigVerdict {
  let signed: SignedMessage | null;
  try {
    signed = splitTsig(octets);
  } catch (error) {
    if (error instanceof WireError) return { status: 'malformed', reason: error.message };
    throw error;
  }
  if (!signed) return { status: 'unsigned' };
  const { tsig } = signed;
  const key = findKey(tsig.keyName);
  if (!key || !equalNames(tsigAlgorithms[key.algorithm].name, tsig.algorithm))
    return { status: 'refused', error: tsigErrors.badKey, tsig, key: null };
  return verifyMac(signed, key, nowSeconds);
}

/** The checks in the order of RFC 8945 §5.2: the MAC before the time, the time before its truncation. */
function verifyMac({ tsig, unsigned }: SignedMessage, key: TsigKey, nowSeconds: number): TsigVerdict {
  const { macOctets } = tsigAlgorithms[key.algorithm];
  if (tsig.mac.length > macOctets)
    return { status: 'malformed', reason: 'MAC longer than its algorithm gives' };
  if (tsig.mac.length > 0 && tsig.mac.length < leastMacOctets(key))
    return { status: 'malformed', reason: 'MAC truncated too much' };
  const mac = computeMac(key, { priorMac: null, messages: [unsigned], tsig, isTimersOnly: false });
  if (!isMacOf(tsig.mac, mac)) return { status: 'refused', error: tsigErrors.badSignature, tsig, key: null };
  if (!isTimely(tsig, nowSeconds)) return { status: 'refused', error: tsigErrors.badTime, tsig, key };
  if (tsig.mac.length < macOctets) return { status: 'refused', error: tsigErrors.badTruncation, tsig, key };
  return { status: 'verified', key, mac, unsigned };
}

/**
 * Puts the TSIG of a fault on an answer (RFC 8945 §5.3.2); its RCODE must be NOTAUTH. What concerns the key or the MAC
 * goes unsigned; BADTIME is signed, with the request's time and ours in the other data.
 */
export function appendTsigFault(
  response: Uint8Array,
  { error, tsig, key }: Extract<TsigVerdict, { status: 'refused' }>,
  nowSeconds: number,
): Buffer {
  const otherData = error === tsigErrors.badTime ? Buffer.alloc(6) : Buffer.alloc(0);
  if (error === tsigErrors.badTime) otherData.writeUIntBE(nowSeconds, 0, 6);
  const answer = { ...tsig, originalId: idOf(response), error, otherData, mac: Buffer.alloc(0) };
  if (!key) return appendTsig(response, answer);
  const mac = computeMac(key, {
    priorMac: tsig.mac,
    messages: [response],
    tsig: answer,
    isTimersOnly: false,
  });
  return appendTsig(response, { ...answer, mac });
}

/** Signs one message after the other. */
export type SignResponse = (response: Uint8Array, nowSeconds: number) => Buffer;

/**
 * Signs the answer to a verified request, or each message of an answer of several: the first over the request's MAC,
 * the others over the MAC before theirs and the time alone (RFC 8945 §5.3.1).
 */
export function responseSigner({ key, mac }: { key: TsigKey; mac: Uint8Array }): SignResponse {
  let priorMac = mac;
  let isTimersOnly = false;
  return (response, nowSeconds) => {
    const tsig = {
      keyName: key.name,
      algorithm: tsigAlgorithms[key.algorithm].name,
      timeSigned: nowSeconds,
      fudgeSeconds,
      originalId: idOf(response),
      error: tsigErrors.none,
      otherData: Buffer.alloc(0),
    };
    priorMac = computeMac(key, { priorMac, messages: [response], tsig, isTimersOnly });
    isTimersOnly = true;
    return appendTsig(response, { ...tsig, mac: priorMac });
  };
}

function idOf(message: Uint8Array): number {
  return ((message[0] ?? 0) << 8) | (message[1] ?? 0);
}
