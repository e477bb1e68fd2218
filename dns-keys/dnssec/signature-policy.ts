import type { Name } from '../name.ts';
import type { SignatureTimes } from './sign.ts';
import { isBefore, signatureTime } from './signature-time.ts';

const hour = 3600;
const day = 24 * hour;

/** How long signatures hold and when they are made anew (RFC 6781 §4.4.2). */
export interface SignaturePolicy {
  readonly validitySeconds: number;
  /** A signature that holds for less than this is made anew. */
  readonly renewBeforeSeconds: number;
  /** Up to this is taken off the validity, so that what was signed together is not renewed together. */
  readonly spreadSeconds: number;
  /** Inception lies this far back, for resolvers whose clocks are late. */
  readonly backSeconds: number;
}

/**
 * For zones that are signed ahead. A secondary that no longer reaches us serves what it has until SOA expire is over,
 * so a signature must always hold for longer than that (RFC 6781 §4.4.2): 7 days left at least, with an expire of at
 * most `longestExpireSeconds`. 14 days in all leave a week to notice that nothing is signed any more. Spread over three
 * days, 5,000 zones of 25 signatures ask for one signature in two seconds.
 */
export const presignedSignatures: SignaturePolicy = {
  validitySeconds: 14 * day,
  renewBeforeSeconds: 7 * day,
  spreadSeconds: 3 * day,
  backSeconds: 3 * hour,
};

/** Longest SOA expire of a pre-signed zone: within what is left of each signature, with two days for delays. */
export const longestExpireSeconds = 5 * day;

/**
 * For signatures made while answering. Short, as what was signed can be replayed until then; made anew at half, so
 * that a machine that can't sign for a day still answers.
 */
export const onlineSignatures: SignaturePolicy = {
  validitySeconds: 2 * day,
  renewBeforeSeconds: day,
  spreadSeconds: 6 * hour,
  backSeconds: 3 * hour,
};

/** Between which moments the true time is, Unix seconds: one moment twice while the clock is trusted. */
export interface TimeWindow {
  readonly earliest: number;
  readonly latest: number;
}

/** When a signature made now holds. `spread` is from 0 to 1, the same for the same set: see `spreadOf`. */
export function signatureTimes(
  { validitySeconds, spreadSeconds, backSeconds }: SignaturePolicy,
  { earliest, latest }: TimeWindow,
  spread: number,
): SignatureTimes {
  return {
    inception: Math.floor(earliest - backSeconds),
    expiration: Math.floor(latest + validitySeconds - spread * spreadSeconds),
  };
}

/** A number from 0 to 1 that looks random and is the same for the same record set (FNV-1a). */
export function spreadOf(owner: Name, type: number): number {
  let hash = 0x811c9dc5 ^ type;
  for (const octet of owner) hash = Math.imul(hash ^ octet, 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

/**
 * Seconds from `now` until RRSIG RDATA are to be made anew; zero when they are due. A signature that holds only later
 * (the clock was ahead when it was made) is due at once.
 */
export function secondsToRenewal(
  rrsig: Uint8Array,
  { renewBeforeSeconds }: SignaturePolicy,
  now: number,
): number {
  const octets = Buffer.from(rrsig.buffer, rrsig.byteOffset, rrsig.length);
  const [expiration, inception] = [octets.readUInt32BE(8), octets.readUInt32BE(12)];
  const moment = signatureTime(now);
  if (isBefore(moment, inception) || !isBefore(moment, expiration)) return 0;
  return Math.max(0, ((expiration - moment) >>> 0) - renewBeforeSeconds);
}
