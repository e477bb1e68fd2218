/** The serial behind another one (RFC 1982 §3.1). */
export function serialAfter(serial: number): number {
  return (serial + 1) % 2 ** 32;
}

/** The first serial of a zone: the time in seconds. */
export function firstSerial(now: Date | number): number {
  return Math.floor(Number(now) / 1000) % 2 ** 32;
}
