import { BlockList, isIPv6 } from 'node:net';
import { addressOctets } from '../answer/address.ts';

/** What becomes of an answer: sent, dropped, or sent cut short so that its asker comes by TCP. */
export type Verdict = 'send' | 'drop' | 'truncate';

export interface RateLimitSettings {
  /** Answers of one kind to one network (IPv4 /24, IPv6 /56) each second; 0 for no limit. */
  readonly perSecond: number;
  /** Addresses or networks (`ADDRESS/BITS`) without a limit. */
  readonly exempt?: readonly string[];
  /** Any number, another in each process: makes it hard to find networks that share a place. */
  readonly seed: number;
}

const places = 65_536;
const places1Set = 4;
const hashFactor = 0x01000193;

/**
 * Response rate limiting: who forges a victim's address gets few answers sent there, and half of those beyond the limit
 * are cut short, so that a real resolver in that network still gets through by TCP. The table is of fixed size: a
 * network looked up last longest ago makes room.
 */
export class RateLimit {
  readonly #settings: RateLimitSettings;
  readonly #exempt = new BlockList();
  readonly #tags = new Uint32Array(places);
  /** Answers sent within the last second. */
  readonly #used = new Uint32Array(places);
  readonly #seenAt = new Uint32Array(places);
  /** Answers beyond the limit, to cut short every second one. */
  readonly #beyond = new Uint8Array(places);

  constructor(settings: RateLimitSettings) {
    this.#settings = settings;
    for (const network of settings.exempt ?? []) addNetwork(this.#exempt, network);
  }

  /** Counts an answer of a kind (a small number) to an address at a Unix second. */
  judge(address: string, kind: number, now: number): Verdict {
    const { perSecond, seed } = this.#settings;
    if (perSecond === 0) return 'send';
    const place = this.#place(Math.imul(networkHash(address, seed) ^ kind, hashFactor) >>> 0);
    const elapsed = Math.max(0, now - (this.#seenAt[place] ?? 0));
    const used = Math.max(0, (this.#used[place] ?? 0) - elapsed * perSecond);
    this.#seenAt[place] = now;
    this.#used[place] = used < perSecond ? used + 1 : used;
    if (used < perSecond || this.#isExempt(address)) return 'send';
    const beyond = ((this.#beyond[place] ?? 0) + 1) & 1;
    this.#beyond[place] = beyond;
    return beyond === 0 ? 'truncate' : 'drop';
  }

  #place(tag: number): number {
    const first = (tag ^ (tag >>> 16)) & (places - places1Set);
    let oldest = first;
    for (let place = first; place < first + places1Set; place += 1) {
      if (this.#tags[place] === tag) return place;
      if ((this.#seenAt[place] ?? 0) < (this.#seenAt[oldest] ?? 0)) oldest = place;
    }
    this.#tags[oldest] = tag;
    this.#used[oldest] = 0;
    this.#seenAt[oldest] = 0;
    return oldest;
  }

  #isExempt(address: string): boolean {
    return this.#exempt.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }
}

function addNetwork(list: BlockList, network: string): void {
  const [address = '', bits] = network.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  if (bits === undefined) list.addAddress(address, family);
  else list.addSubnet(address, Number(bits), family);
}

/** Hash of the first three octets of an IPv4 address, the first seven of another. */
function networkHash(address: string, seed: number): number {
  let hash = seed | 0;
  if (address.includes(':')) {
    for (const octet of addressOctets(address).subarray(0, 7)) hash = Math.imul(hash ^ octet, hashFactor);
    return hash;
  }
  const end = address.lastIndexOf('.');
  for (let at = 0; at < end; at += 1) hash = Math.imul(hash ^ address.charCodeAt(at), hashFactor);
  return hash;
}
