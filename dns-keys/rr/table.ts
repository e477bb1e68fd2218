import { WireReader, WireWriter } from '../wire.ts';
import { WireError } from '../wire-error.ts';
import { a } from './a.ts';
import { aaaa } from './aaaa.ts';
import { caa } from './caa.ts';
import { cdnskey } from './cdnskey.ts';
import { cds } from './cds.ts';
import { cname } from './cname.ts';
import { csync } from './csync.ts';
import { dnskey } from './dnskey.ts';
import { ds } from './ds.ts';
import { hinfo } from './hinfo.ts';
import { mx } from './mx.ts';
import { ns } from './ns.ts';
import { nsec } from './nsec.ts';
import { nsec3 } from './nsec3.ts';
import { nsec3param } from './nsec3param.ts';
import { openpgpkey } from './openpgpkey.ts';
import { opt } from './opt.ts';
import { ptr } from './ptr.ts';
import type { RecordType } from './record-type.ts';
import { rrsig } from './rrsig.ts';
import { smimea } from './smimea.ts';
import { soa } from './soa.ts';
import { srv } from './srv.ts';
import { tlsa } from './tlsa.ts';
import { tsig } from './tsig.ts';
import { txt } from './txt.ts';
import { hexOctets, hexText, numberAt } from './words.ts';

export type { AData } from './a.ts';
export type { AaaaData } from './aaaa.ts';
export type { CaaData } from './caa.ts';
export type { CertificateAssociationData } from './certificate-association.ts';
export type { CsyncData } from './csync.ts';
export type { DsData } from './delegation-digest.ts';
export type { HinfoData } from './hinfo.ts';
export type { MxData } from './mx.ts';
export type { NsecData } from './nsec.ts';
export type { Nsec3Data } from './nsec3.ts';
export type { Nsec3ParamData } from './nsec3param.ts';
export type { OpenpgpkeyData } from './openpgpkey.ts';
export type { EdnsOption, OptData } from './opt.ts';
export type { DnskeyData } from './public-key.ts';
export type { RrsigData } from './rrsig.ts';
export type { TargetData } from './single-name.ts';
export type { SoaData } from './soa.ts';
export type { SrvData } from './srv.ts';
export type { TsigData } from './tsig.ts';
export type { TxtData } from './txt.ts';
export { rrTypes, typeName, typeNumber } from './type-name.ts';

/** Every type whose RDATA we read and write; all others are octets (RFC 3597). */
export const recordTypes = [
  ...[a, ns, cname, soa, ptr, hinfo, mx, txt, aaaa, srv, opt, ds, rrsig, nsec, dnskey, nsec3, nsec3param],
  ...[tlsa, smimea, cds, cdnskey, openpgpkey, csync, tsig, caa],
] as const;

type Row = (typeof recordTypes)[number];

/** What `decodeData` gives for a type: its data, or RDATA as it is where the type has no row. */
export type DataOf<Type extends number> = number extends Type
  ? unknown
  : Extract<Row, { readonly type: Type }> extends never
    ? Uint8Array
    : ReturnType<Extract<Row, { readonly type: Type }>['decode']>;

const rows = new Map<number, RecordType>(recordTypes.map(row => [row.type, row]));

/** Row of a type; undefined where it has none. */
export function recordType(type: number): RecordType | undefined {
  return rows.get(type);
}

/** Data of RDATA without compressed names. Octets in it are views. Throws `WireError`. */
export function decodeData<Type extends number>(type: Type, rdata: Uint8Array): DataOf<Type> {
  // The row of `type` gives the data that `DataOf` names.
  return decodeAny(type, rdata) as DataOf<Type>;
}

function decodeAny(type: number, rdata: Uint8Array): unknown {
  const row = rows.get(type);
  if (row === undefined) return rdata;
  const reader = new WireReader(rdata);
  const data = row.decode(reader);
  if (reader.left > 0) throw new WireError(`octets left over in RDATA of ${row.name}`);
  return data;
}

/** RDATA in canonical form (RFC 4034 §6.2), no name compressed. */
export function encodeData<Type extends number>(type: Type, data: DataOf<Type>): Buffer {
  const writer = new WireWriter();
  const row = rows.get(type);
  if (row !== undefined) row.encode(data, writer);
  else if (data instanceof Uint8Array) writer.bytes(data);
  else throw new WireError('a type without a row is given as octets');
  return writer.finish();
}

/** RDATA as in a zone file; `\# n hex` where its type has no row or it is damaged (RFC 3597 §5). */
export function dataText(type: number, rdata: Uint8Array): string {
  const row = rows.get(type);
  if (row === undefined) return octetsText(rdata);
  try {
    return row.toText(decodeAny(type, rdata));
  } catch (error) {
    if (error instanceof WireError) return octetsText(rdata);
    throw error;
  }
}

function octetsText(rdata: Uint8Array): string {
  return rdata.length === 0 ? '\\# 0' : `\\# ${rdata.length} ${hexText(rdata)}`;
}

/** RDATA of the words of a zone file; any type may be given as `\# n hex`. Throws `WireError`. */
export function rdataFromText(type: number, words: readonly string[]): Uint8Array {
  const row = rows.get(type);
  if (words[0] !== '\\#') {
    if (row === undefined) throw new WireError('a type without a row is written as \\# and octets');
    return encodeData<number>(type, row.fromText(words));
  }
  const octets = hexOctets(words.slice(2).join(''));
  if (octets.length !== numberAt(words, 1, 16)) throw new WireError('\\# with another number of octets');
  return row === undefined ? octets : encodeData<number>(type, decodeAny(type, octets));
}
