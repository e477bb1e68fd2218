/**
 * Whether a moment comes before another on the clock of RRSIG, which starts anew every 2^32 seconds
 * (RFC 4034 §3.1.5, RFC 1982). Moments half a round apart have no order.
 */
export function isBefore(one: number, other: number): boolean {
  const apart = (other - one) >>> 0;
  return apart !== 0 && apart < 0x8000_0000;
}

/** Unix seconds as RRSIG holds them. */
export function signatureTime(unixSeconds: number): number {
  const round = 0x1_0000_0000;
  return ((Math.floor(unixSeconds) % round) + round) % round;
}
