import { createHmac, timingSafeEqual } from 'node:crypto';
import { headerOctets } from '../header.ts';
import { classes, parseMessage, writeRecord } from '../message.ts';
import { lowerName, type Name, nameKey, nameText, parseName } from '../name.ts';
import { decodeData, encodeData, rrTypes, type TsigData } from '../rr/table.ts';
import { WireWriter } from '../wire.ts';
import { WireError } from '../wire-error.ts';

/** The algorithms we take part in (RFC 8945 §6), and octets of their MACs. HMAC-MD5 and SHA-1 are refused. */
export const tsigAlgorithms = {
  'hmac-sha256': { hash: 'sha256', macOctets: 32, name: parseName('hmac-sha256.') },
  'hmac-sha384': { hash: 'sha384', macOctets: 48, name: parseName('hmac-sha384.') },
  'hmac-sha512': { hash: 'sha512', macOctets: 64, name: parseName('hmac-sha512.') },
} as const;

export type TsigAlgorithm = keyof typeof tsigAlgorithms;

/** A secret that we share with a peer (RFC 8945 §8); both know it by its name. */
export interface TsigKey {
  /** Lower-case. */
  readonly name: Name;
  readonly algorithm: TsigAlgorithm;
  readonly secret: Uint8Array;
}

/** TSIG errors (RFC 8945 §3). */
export const tsigErrors = { none: 0, badSignature: 16, badKey: 17, badTime: 18, badTruncation: 22 } as const;

/** Seconds that the clocks of both ends may differ (RFC 8945 §10). */
export const fudgeSeconds = 300;

/** A TSIG record (RFC 8945 §4.2): its data and its owner, the key's name. */
export interface Tsig extends TsigData {
  readonly keyName: Name;
}

/**
 * A key of its text `ALGORITHM:NAME:BASE64`, as kdig and knotd write it. Throws `WireError` when the algorithm is none
 * of ours, the name is no name, or the secret is no base64 or shorter than 16 octets.
 */
export function readTsigKey(text: string): TsigKey {
  const [algorithm = '', name = '', secret = '', ...more] = text.split(':');
  if (!Object.hasOwn(tsigAlgorithms, algorithm))
    throw new WireError(`TSIG algorithm must be one of ${Object.keys(tsigAlgorithms).join(', ')}`);
  if (more.length > 0 || !/^[A-Za-z0-9+/]{22,}={0,2}$/.test(secret))
    throw new WireError('TSIG secret must be base64 of 16 octets or more');
  return {
    name: lowerName(parseName(name)),
    // Checked to be a key of the table just now.
    algorithm: algorithm as TsigAlgorithm,
    secret: Buffer.from(secret, 'base64'),
  };
}

/** Looks a key up by its name in any case. */
export type FindTsigKey = (name: Name) => TsigKey | null;

export function tsigKeyring(keys: Iterable<TsigKey>): FindTsigKey {
  const byName = new Map<string, TsigKey>();
  for (const key of keys) {
    const known = nameKey(key.name);
    if (byName.has(known)) throw new WireError(`two TSIG keys are called ${nameText(key.name)}`);
    byName.set(known, key);
  }
  return name => byName.get(nameKey(name)) ?? null;
}

/** A message whose last record is a TSIG. */
export interface SignedMessage {
  readonly tsig: Tsig;
  /** The octets that were signed: without the TSIG record, ARCOUNT one less, the original id (RFC 8945 §4.3.2). */
  readonly unsigned: Buffer;
}

/**
 * Takes the TSIG record off a message; null when there is none. Throws `WireError` when the message is damaged, or a
 * TSIG is not the last record or not of class ANY (RFC 8945 §5.1).
 */
export function splitTsig(octets: Uint8Array): SignedMessage | null {
  const message = parseMessage(octets);
  const last = message.additionals.at(-1);
  const all = [...message.answers, ...message.authorities, ...message.additionals];
  const record = all.find(({ type }) => type === rrTypes.TSIG);
  if (!record) return null;
  if (record !== last || message.lastRecordAt === null) throw new WireError('TSIG must be the last record');
  if (record.class !== classes.ANY || record.ttlSeconds !== 0)
    throw new WireError('TSIG of another class or TTL');
  const tsig = { ...decodeData(rrTypes.TSIG, record.rdata), keyName: lowerName(record.name) };
  const unsigned = Buffer.from(octets.subarray(0, message.lastRecordAt));
  unsigned.writeUInt16BE(tsig.originalId, 0);
  unsigned.writeUInt16BE(message.additionals.length - 1, headerOctets - 2);
  return { tsig, unsigned };
}

/** Puts a TSIG record behind a message; the message itself is left as it is. */
export function appendTsig(octets: Uint8Array, tsig: Tsig): Buffer {
  const writer = new WireWriter();
  const rdata = encodeData(rrTypes.TSIG, tsig);
  const record = { name: tsig.keyName, type: rrTypes.TSIG, class: classes.ANY, ttlSeconds: 0, rdata };
  writeRecord(record, writer, { compress: false });
  const signed = Buffer.concat([octets, writer.finish()]);
  signed.writeUInt16BE(signed.readUInt16BE(headerOctets - 2) + 1, headerOctets - 2);
  return signed;
}

/** Octets that a signature by this key adds to a message, for answers that must fit. */
export function tsigOctets(key: TsigKey): number {
  const { macOctets, name } = tsigAlgorithms[key.algorithm];
  // Type, class, TTL and length; time, fudge, sizes, id and error; the server time of BADTIME.
  return key.name.length + 10 + name.length + 16 + macOctets + 6;
}

/** What a MAC is made over (RFC 8945 §4.3, §5.3.1). */
export interface MacInput {
  /** MAC of the request, or of the message before this one in a stream; null for a request. */
  readonly priorMac: Uint8Array | null;
  /** The messages without their TSIG records: one, or those since the last signature. */
  readonly messages: readonly Uint8Array[];
  readonly tsig: Omit<Tsig, 'mac'>;
  /** Whether it covers the time alone, as from the second message of a stream on. */
  readonly isTimersOnly: boolean;
}

/** The whole MAC, never truncated. */
export function computeMac(key: TsigKey, { priorMac, messages, tsig, isTimersOnly }: MacInput): Buffer {
  const hmac = createHmac(tsigAlgorithms[key.algorithm].hash, key.secret);
  if (priorMac) hmac.update(new WireWriter().uint16(priorMac.length).bytes(priorMac).finish());
  for (const message of messages) hmac.update(message);
  const variables = new WireWriter();
  if (!isTimersOnly) variables.name(tsig.keyName).uint16(classes.ANY).uint32(0).name(tsig.algorithm);
  variables.uint48(tsig.timeSigned).uint16(tsig.fudgeSeconds);
  if (!isTimersOnly) variables.uint16(tsig.error).uint16(tsig.otherData.length).bytes(tsig.otherData);
  return hmac.update(variables.finish()).digest();
}

/** Compares in a time that tells nothing of where they differ. A found MAC may be truncated, but is never empty. */
export function isMacOf(found: Uint8Array, computed: Uint8Array): boolean {
  if (found.length === 0 || found.length > computed.length) return false;
  return timingSafeEqual(found, computed.subarray(0, found.length));
}

/** Whether the time of a signature is near enough to ours (RFC 8945 §5.2.3); nobody gets more than our own fudge. */
export function isTimely(tsig: Tsig, nowSeconds: number): boolean {
  return Math.abs(nowSeconds - tsig.timeSigned) <= Math.min(tsig.fudgeSeconds, fudgeSeconds);
}

/** Fewest octets of a truncated MAC that are well-formed (RFC 8945 §5.2.2.1). */
export function leastMacOctets(key: TsigKey): number {
  return Math.max(10, tsigAlgorithms[key.algorithm].macOctets / 2);
}
