import { timingSafeEqual } from 'node:crypto';
import { isBefore } from '../dnssec/signature-time.ts';
import { addressOctets } from './address.ts';
import { sipHash } from './sip-hash.ts';

const clientOctets = 8;
const serverOctets = 16;
/** Ages of server cookies in seconds (RFC 9018 §4.3). */
export const cookieSeconds = {
  /** One older than this is no longer good. */
  good: 3600,
  /** One older than this is made anew. */
  fresh: 1800,
  /** One from this far in the future still counts: clocks differ. */
  future: 300,
} as const;

/** What makes cookies: time and secrets. */
export interface CookieKeys {
  /** Secrets of 16 octets, the one that new cookies are made with first, then those that still count (RFC 9018 §5). */
  readonly secrets: readonly Uint8Array[];
  /** Unix seconds. */
  readonly now: number;
}

/**
 * The server cookie in the interoperable form (RFC 9018 §4): version 1, three zeros, the time and a SipHash-2-4 over
 * them, the client's cookie and its address.
 */
export function serverCookie(client: Uint8Array, address: string, { secrets, now }: CookieKeys): Uint8Array {
  const front = Buffer.alloc(8);
  front[0] = 1;
  front.writeUInt32BE(now >>> 0, 4);
  return withHash(client, { front, address, secret: secrets[0] ?? new Uint8Array(16) });
}

function withHash(
  client: Uint8Array,
  { front, address, secret }: { front: Uint8Array; address: string; secret: Uint8Array },
): Uint8Array {
  const hashed = Buffer.concat([client.subarray(0, clientOctets), front, addressOctets(address)]);
  return Buffer.concat([front, sipHash(secret, hashed)]);
}

/**
 * Checks a cookie option of 8 to 40 octets. Says whether its server part is good, and what the server part of the
 * answer is: the same where it is fresh and of the newest secret, else a new one.
 */
export function checkCookie(
  option: Uint8Array,
  address: string,
  keys: CookieKeys,
): { isGood: boolean; answer: Uint8Array } {
  const client = option.subarray(0, clientOctets);
  const server = option.subarray(clientOctets);
  const secret = secretOf(server, client, { address, keys });
  const isFresh = secret === 0 && !isBefore(timeOf(server), (keys.now - cookieSeconds.fresh) >>> 0);
  return { isGood: secret >= 0, answer: isFresh ? server : serverCookie(client, address, keys) };
}

function timeOf(server: Uint8Array): number {
  return Buffer.from(server.buffer, server.byteOffset, server.length).readUInt32BE(4);
}

/** Index of the secret that the server part was made with; -1 where it is not good. */
function secretOf(
  server: Uint8Array,
  client: Uint8Array,
  { address, keys }: { address: string; keys: CookieKeys },
): number {
  if (server.length !== serverOctets || server[0] !== 1) return -1;
  const time = timeOf(server);
  if (
    isBefore(time, (keys.now - cookieSeconds.good) >>> 0) ||
    isBefore((keys.now + cookieSeconds.future) >>> 0, time)
  )
    return -1;
  const front = server.subarray(0, 8);
  return keys.secrets.findIndex(secret =>
    timingSafeEqual(withHash(client, { front, address, secret }), server),
  );
}
