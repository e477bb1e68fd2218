/** The serial `steps` (at most 2^31 - 1) after this one (RFC 1982 §3.1). */
export function serialAfter(serial: number, steps = 1): number {
  return (serial + steps) % 2 ** 32;
}

/** The first serial of a zone: the time in seconds. */
export function firstSerial(now: Date | number): number {
  return Math.floor(Number(now) / 1000) % 2 ** 32;
}
