import { serialAfter } from '../../delivery/store/zone-serial.ts';
import type { RecordSet } from '../zone/record-set.ts';

const half = 2 ** 31;
const whole = 2 ** 32;

/**
 * Whether serial `one` comes after `other` (RFC 1982 §3.2). Serials turn over at 2^32; of two that are exactly half of
 * that apart neither is newer.
 */
export function isNewerSerial(one: number, other: number): boolean {
  const ahead = (one - other + whole) % whole;
  return ahead > 0 && ahead < half;
}

/**
 * The serial of the next version: the wanted one, or where that is not newer than the last (a clock or a store that was
 * set back) the one after the last, as secondaries would take it for old. `last` is null where there was none.
 */
export function nextSerial(wanted: number, last: number | null): number {
  return last === null || isNewerSerial(wanted, last) ? wanted : serialAfter(last);
}

/** Octets of SOA RDATA behind its two names: serial, refresh, retry, expire, minimum (RFC 1035 §3.3.13). */
const soaNumbersOctets = 20;

/** Serial of SOA RDATA. */
export function serialOf(soa: Uint8Array): number {
  return Buffer.from(soa.buffer, soa.byteOffset, soa.length).readUInt32BE(soa.length - soaNumbersOctets);
}

/** Serial of a SOA set. */
export function soaSerial(soa: RecordSet): number {
  const [rdata] = soa.rdatas;
  if (!rdata) throw new TypeError('a SOA set without a record');
  return serialOf(rdata);
}
