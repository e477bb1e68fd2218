import type { Message, ResourceRecord } from './message.ts';
import { root } from './name.ts';
import { decodeData, type EdnsOption, encodeData, rrTypes } from './rr/table.ts';
import { WireError } from './wire-error.ts';

/** Octets over UDP that we take and send: what fits through any network unfragmented (RFC 9715, DNS flag day 2020). */
export const udpPayloadOctets = 1232;

/** What OPT says (RFC 6891 §6.1). */
export interface Edns {
  /** The longest UDP message its sender takes; below 512 counts as 512 (§6.2.3). */
  readonly udpPayloadOctets: number;
  /** Upper eight bits of the rcode. */
  readonly extendedRcode: number;
  readonly version: number;
  /** DO: the sender wants DNSSEC records (RFC 3225 §3). */
  readonly isDnssecOk: boolean;
  /** CO: the sender knows compact denial, so NXDOMAIN may be told (RFC 9824 §5). */
  readonly isCompactOk: boolean;
  /** In order; empty for a version we do not know. */
  readonly options: readonly EdnsOption[];
}

/** Codes of options we know. */
export const optionCodes = {
  NSID: 3,
  EXPIRE: 9,
  COOKIE: 10,
  KEEPALIVE: 11,
  PADDING: 12,
  ERROR: 15,
} as const;

const dnssecOk = 0x8000;
const compactOk = 0x4000;

/**
 * What the message's OPT says, null without one. Throws `WireError` for two, one outside the additional section, an
 * owner that is not the root (RFC 6891 §6.1.1) or damaged options: all are FORMERR.
 */
export function readOpt(message: Message): Edns | null {
  if ([...message.answers, ...message.authorities].some(isOpt)) throw new WireError('OPT in a wrong section');
  const [record, another] = message.additionals.filter(isOpt);
  if (record === undefined) return null;
  if (another !== undefined) throw new WireError('two OPT');
  if (record.name.length !== 1) throw new WireError('OPT below the root');
  const version = (record.ttlSeconds >>> 16) & 0xff;
  return {
    udpPayloadOctets: Math.max(512, record.class),
    extendedRcode: record.ttlSeconds >>> 24,
    version,
    ...flagsOf(record),
    options: version === 0 ? decodeData(rrTypes.OPT, record.rdata).options : [],
  };
}

/** The flags of an OPT record. */
export function flagsOf({ ttlSeconds }: ResourceRecord): Pick<Edns, 'isDnssecOk' | 'isCompactOk'> {
  return { isDnssecOk: (ttlSeconds & dnssecOk) !== 0, isCompactOk: (ttlSeconds & compactOk) !== 0 };
}

function isOpt(record: ResourceRecord): boolean {
  return record.type === rrTypes.OPT;
}

/** An OPT record; what is left out is zero, false or empty. */
export function optRecord(edns: Pick<Edns, 'udpPayloadOctets'> & Partial<Edns>): ResourceRecord {
  const { extendedRcode = 0, version = 0, options = [] } = edns;
  const flags = (edns.isDnssecOk ? dnssecOk : 0) | (edns.isCompactOk ? compactOk : 0);
  return {
    name: root,
    type: rrTypes.OPT,
    class: edns.udpPayloadOctets,
    ttlSeconds: extendedRcode * 0x100_0000 + version * 0x1_0000 + flags,
    rdata: encodeData(rrTypes.OPT, { options }),
  };
}

/** The whole rcode of a message, OPT's part with it. Throws as `readOpt`. */
export function fullRcode(message: Message): number {
  return ((readOpt(message)?.extendedRcode ?? 0) << 4) | message.rcode;
}
