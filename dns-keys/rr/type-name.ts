import { WireError } from '../wire-error.ts';

/**
 * Numbers of record types by their mnemonics, as IANA lists them. Those of zones are all known to BIND, Knot, NSD and
 * ldns of Debian 12: rarer ones are better written `TYPE61234`. Those of questions and messages alone are here too.
 */
export const rrTypes = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  RP: 17,
  AFSDB: 18,
  KEY: 25,
  AAAA: 28,
  LOC: 29,
  SRV: 33,
  NAPTR: 35,
  KX: 36,
  CERT: 37,
  DNAME: 39,
  OPT: 41,
  APL: 42,
  DS: 43,
  SSHFP: 44,
  IPSECKEY: 45,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  DHCID: 49,
  NSEC3: 50,
  NSEC3PARAM: 51,
  TLSA: 52,
  SMIMEA: 53,
  CDS: 59,
  CDNSKEY: 60,
  OPENPGPKEY: 61,
  CSYNC: 62,
  ZONEMD: 63,
  SVCB: 64,
  HTTPS: 65,
  NXNAME: 128,
  TKEY: 249,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
  URI: 256,
  CAA: 257,
} as const;

const names = new Map<number, string>(Object.entries(rrTypes).map(([name, type]) => [type, name]));
const numbers = new Map<string, number>(Object.entries(rrTypes));

/** Mnemonic of a type, `TYPE61234` where it has none here (RFC 3597 §5). */
export function typeName(type: number): string {
  return names.get(type) ?? `TYPE${type}`;
}

/** Number of a type by its mnemonic or `TYPE61234`, case left aside. Throws `WireError`. */
export function typeNumber(text: string): number {
  const name = text.toUpperCase();
  const known = numbers.get(name);
  if (known !== undefined) return known;
  const type = /^TYPE(\d{1,5})$/.exec(name)?.[1];
  if (type === undefined || Number(type) > 0xffff)
    throw new WireError(`unknown type ${JSON.stringify(text)}`);
  return Number(type);
}
