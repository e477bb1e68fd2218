import { equalNames } from '../name.ts';
import { WireError } from '../wire-error.ts';
import {
  appendTsig,
  computeMac,
  fudgeSeconds,
  isMacOf,
  isTimely,
  type SignedMessage,
  splitTsig,
  type TsigKey,
  tsigAlgorithms,
  tsigErrors,
} from './tsig.ts';

export interface SignedRequest {
  readonly octets: Buffer;
  readonly mac: Buffer;
}

/** Signs a request (RFC 8945 §5.1). */
export function signRequest(request: Uint8Array, key: TsigKey, nowSeconds: number): SignedRequest {
  const tsig = {
    keyName: key.name,
    algorithm: tsigAlgorithms[key.algorithm].name,
    timeSigned: nowSeconds,
    fudgeSeconds,
    originalId: ((request[0] ?? 0) << 8) | (request[1] ?? 0),
    error: tsigErrors.none,
    otherData: Buffer.alloc(0),
  };
  const mac = computeMac(key, { priorMac: null, messages: [request], tsig, isTimersOnly: false });
  return { octets: appendTsig(request, { ...tsig, mac }), mac };
}

/**
 * What the TSIG of an answer says. `unsigned` may stand between the messages of a stream; a whole answer without a
 * signature is not to be believed. `refused` carries the server's word, which only `isAuthentic` makes certain.
 */
export type ResponseVerdict =
  | { readonly status: 'verified' }
  | { readonly status: 'unsigned' }
  | { readonly status: 'refused'; readonly error: number; readonly isAuthentic: boolean }
  | { readonly status: 'forged'; readonly reason: string };

/** Messages that may come without a signature between two that have one (RFC 8945 §5.3.1). */
const maxUnsignedMessages = 99;

/** Judges the messages of one answer, in their order. Never throws. */
export function responseVerifier({ key, mac }: { key: TsigKey; mac: Uint8Array }) {
  let priorMac = mac;
  let isTimersOnly = false;
  let waiting: Uint8Array[] = [];
  return (octets: Uint8Array, nowSeconds: number): ResponseVerdict => {
    const signed = splitOrFault(octets);
    if (typeof signed === 'string') return { status: 'forged', reason: signed };
    if (!signed) {
      waiting.push(octets);
      if (waiting.length > maxUnsignedMessages)
        return { status: 'forged', reason: 'too many unsigned messages' };
      return { status: 'unsigned' };
    }
    const { tsig, unsigned } = signed;
    const fault = keyFault(signed, key);
    if (fault) return fault;
    const input = { priorMac, messages: [...waiting, unsigned], tsig, isTimersOnly };
    const isAuthentic = isWhole(tsig.mac, computeMac(key, input));
    if (tsig.error !== tsigErrors.none) return { status: 'refused', error: tsig.error, isAuthentic };
    if (!isAuthentic) return { status: 'forged', reason: 'the signature is wrong' };
    if (!isTimely(tsig, nowSeconds))
      return { status: 'forged', reason: 'signed too long ago, or a clock is wrong' };
    [priorMac, isTimersOnly, waiting] = [tsig.mac, true, []];
    return { status: 'verified' };
  };
}

function isWhole(found: Uint8Array, computed: Uint8Array): boolean {
  return found.length === computed.length && isMacOf(found, computed);
}

function splitOrFault(octets: Uint8Array): SignedMessage | null | string {
  try {
    return splitTsig(octets);
  } catch (error) {
    if (error instanceof WireError) return error.message;
    throw error;
  }
}

/** BADKEY comes with whatever name and algorithm the server saw, so it is told before the key is compared. */
function keyFault({ tsig }: SignedMessage, key: TsigKey): ResponseVerdict | null {
  if (tsig.error === tsigErrors.badKey) return { status: 'refused', error: tsig.error, isAuthentic: false };
  const isOurs =
    equalNames(tsig.keyName, key.name) && equalNames(tsig.algorithm, tsigAlgorithms[key.algorithm].name);
  return isOurs ? null : { status: 'forged', reason: 'signed with another key' };
}
