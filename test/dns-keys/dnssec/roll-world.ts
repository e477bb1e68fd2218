import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { dsData } from '../../../dns-keys/dnssec/delegation.ts';
import { acceptClock, hasClockJumped } from '../../../dns-keys/dnssec/key-clock.ts';
import type { ObservedDs } from '../../../dns-keys/dnssec/key-parent.ts';
import { type KeyPolicy, onlineKeys } from '../../../dns-keys/dnssec/key-policy.ts';
import { dnskeyData, keyTag } from '../../../dns-keys/dnssec/keys.ts';
import { type Advance, advance, type WantedKey } from '../../../dns-keys/dnssec/rollover.ts';
import {
  addKey,
  type KeptKey,
  newZoneKeys,
  readZoneKeys,
  requestRoll,
  servedKeys,
  type ZoneKeys,
} from '../../../dns-keys/dnssec/zone-keys.ts';
import { parseName } from '../../../dns-keys/name.ts';

export const hour = 3600;
export const day = 24 * hour;
export const apex = '_openpgpkey.example.org.';
/** A clock further off than this is noticed. */
const noticedSeconds = 3 * day;

/** A key as a resolver sees it. */
interface SeenKey {
  readonly id: string;
  readonly algorithm: number;
  readonly isSep: boolean;
}

/** Something that was given out from one moment until another (null: still), and may be cached for its TTL more. */
interface Given<T> {
  readonly what: T;
  readonly ttl: number;
  readonly from: number;
  until: number | null;
}

interface DnskeyAnswer {
  readonly keys: readonly SeenKey[];
  /** Keys that signed the answer. */
  readonly signers: readonly SeenKey[];
}

/**
 * A zone whose keys `advance` keeps, its parent with two nameservers, and every resolver there could be: one that took
 * DS, DNSKEY and the other sets each at any time within their TTL, from the slowest server. Time is true time; the clock
 * that `advance` sees may be off.
 */
export class RollWorld {
  now = 1_800_000_000;
  keys: ZoneKeys = newZoneKeys(apex);
  policy: KeyPolicy;
  dnskeyTtl = hour;
  zoneTtl = hour;
  dsTtl = day;
  conditions: Advance['conditions'] = [];
  due = new Date(0);
  #clockOffset = 0;
  #offsetAtLook = 0;
  #made = 0;
  readonly #dnskey: Given<DnskeyAnswer>[] = [];
  readonly #zone: Given<readonly SeenKey[]>[] = [];
  readonly #cds: Given<readonly KeptKey[] | 'delete' | null>[] = [];
  /** For each nameserver of the parent. */
  readonly #ds: Given<readonly KeptKey[]>[][] = [[], []];
  readonly #placings: { at: number; server: number; place(now: readonly KeptKey[]): readonly KeptKey[] }[] =
    [];

  readonly #dnskeyOf: (wanted: WantedKey, id: string) => Uint8Array;

  /** `dnskeyOf` makes the DNSKEY RDATA of a new key; without it they are as good as any, and nothing can be signed. */
  constructor(
    policy: KeyPolicy = onlineKeys,
    dnskeyOf: (wanted: WantedKey, id: string) => Uint8Array = anyDnskey,
  ) {
    this.policy = policy;
    this.#dnskeyOf = dnskeyOf;
    for (const log of this.#ds) this.#give(log, [], this.dsTtl);
  }

  get clock(): Date {
    return new Date((this.now + this.#clockOffset) * 1000);
  }

  /** Lets time pass; what the parent has to place is placed when it is due. */
  pass(seconds: number): void {
    const end = this.now + seconds;
    for (;;) {
      this.#placings.sort((one, other) => one.at - other.at);
      const next = this.#placings[0];
      if (next === undefined || next.at > end) break;
      this.#placings.shift();
      this.now = Math.max(this.now, next.at);
      const log = this.#ds[next.server] ?? [];
      this.#give(log, next.place(log.at(-1)?.what ?? []), this.dsTtl);
      this.check();
    }
    this.now = end;
    this.check();
  }

  /** A turn of `advance`, with the keys made that it wants, and what it says served. */
  look({ isParentSeen = true, makesKeys = true } = {}): void {
    for (let turn = 0; turn < 3; turn += 1) {
      const before = this.keys;
      const result = this.#advance(isParentSeen);
      this.#assertFollowed(before, result.keys, isParentSeen);
      // A store keeps JSON.
      this.keys = readZoneKeys(JSON.parse(JSON.stringify(result.keys)));
      this.conditions = result.conditions;
      this.due = result.due;
      this.#serve();
      this.check();
      if (!makesKeys || result.wanted.length === 0) return;
      for (const wanted of result.wanted) this.#make(wanted);
    }
  }

  /** Passes to when `advance` wants to be called, and calls it. */
  lookWhenDue(): void {
    this.pass(Math.max(1, Math.floor(this.due.getTime() / 1000) - this.now - this.#clockOffset));
    this.look();
  }

  /** The parent reads CDS from a server that may be late, and places DS within its delay. */
  parentReads({
    lateness,
    delays,
    isAdding,
  }: {
    lateness: number;
    delays: number[];
    isAdding: boolean;
  }): void {
    const moment = this.now - lateness * this.policy.propagationSeconds;
    const read = this.#cds.findLast(({ from }) => from <= moment)?.what ?? null;
    if (read === null) return;
    const offered = read === 'delete' ? [] : read;
    for (const [server, delay] of delays.entries()) {
      // One reading after another, each within the delay.
      const last = this.#placings.filter(one => one.server === server).map(one => one.at);
      const at = Math.max(this.now + delay * this.policy.parentDelaySeconds, ...last);
      const place = (now: readonly KeptKey[]) =>
        isAdding && read !== 'delete' ? union(now, offered) : offered;
      this.#placings.push({ at, server, place });
    }
  }

  /** The parent takes all DS away. */
  parentForgets(): void {
    this.#placings.length = 0;
    for (const log of this.#ds) this.#give(log, [], this.dsTtl);
  }

  request(functions: readonly ('ksk' | 'zsk')[]): void {
    this.keys = requestRoll(this.keys, functions);
  }

  /** Sets the clock off by so much; only so that the next look can notice it, or that it seems that less time passed. */
  jump(seconds: number): void {
    const change = this.#clockOffset + seconds - this.#offsetAtLook;
    if (change <= 0 || change > noticedSeconds) this.#clockOffset += seconds;
  }

  /** Somebody says that the clock is right, be it true or not. */
  accept(): void {
    this.keys = acceptClock(this.keys, this.clock);
    this.#offsetAtLook = this.#clockOffset;
    this.#serve();
  }

  get dsIsPlaced(): boolean {
    const { offered } = servedKeys(this.keys);
    const ids = Array.isArray(offered) ? offered.map(({ id }) => id).join() : '';
    return this.#ds.every(
      log =>
        log
          .at(-1)
          ?.what.map(({ id }) => id)
          .join() === ids,
    );
  }

  /** Every resolver finds the zone valid, whatever it holds. */
  check(): void {
    const lag = this.policy.propagationSeconds;
    for (const ds of this.#ds.flatMap(log => this.#cached(log, 0)))
      for (const dnskey of this.#cached(this.#dnskey, lag))
        for (const signers of this.#cached(this.#zone, lag)) this.#validate(ds, dnskey, signers);
  }

  #validate(ds: readonly KeptKey[], dnskey: DnskeyAnswer, signers: readonly SeenKey[]): void {
    if (ds.length === 0) return;
    const story = () => JSON.stringify({ ds: ds.map(({ id }) => id), dnskey, signers });
    // RFC 4035 §2.2: an algorithm in DS signs DNSKEY by a key that DS names.
    for (const { algorithm } of ds) {
      const byDs = dnskey.signers.filter(
        key => key.algorithm === algorithm && ds.some(({ id }) => id === key.id),
      );
      if (byDs.length === 0) assert.fail(`DNSKEY not signed as DS says: ${story()}`);
    }
    // And one in DNSKEY signs DNSKEY and all else, by a key in DNSKEY.
    for (const algorithm of new Set(dnskey.keys.map(key => key.algorithm))) {
      const ids = dnskey.keys.filter(key => key.algorithm === algorithm).map(({ id }) => id);
      const isIn = (key: SeenKey) => ids.includes(key.id);
      if (!dnskey.signers.some(isIn)) assert.fail(`DNSKEY not signed: ${story()}`);
      if (!signers.some(isIn)) assert.fail(`zone not signed: ${story()}`);
    }
  }

  #advance(isParentSeen: boolean): Advance {
    const parent = isParentSeen ? this.#ds.map(log => this.#observed(log)) : null;
    const evidence = { parent, dnskeyTtlSeconds: this.dnskeyTtl, zoneTtlSeconds: this.zoneTtl };
    const result = advance(this.keys, { now: this.clock, policy: this.policy, evidence });
    if (hasClockJumped(this.keys, this.clock)) {
      assert.equal(result.keys, this.keys);
      assert.deepEqual(result.conditions, ['clockJumped']);
    } else if (result.keys !== this.keys) this.#offsetAtLook = this.#clockOffset;
    assert.ok(result.due > this.clock, 'due is in the future');
    return result;
  }

  #observed(log: readonly Given<readonly KeptKey[]>[]): ObservedDs {
    const keys = log.at(-1)?.what ?? [];
    const rdatas = keys.map(key => dsData(parseName(apex), Buffer.from(key.dnskey, 'base64')));
    return { rdatas, ttlSeconds: log.at(-1)?.ttl ?? 0 };
  }

  /** A key that DS may name leaves DNSKEY only when every nameserver of the parent was just seen to name another. */
  #assertFollowed(before: ZoneKeys, after: ZoneKeys, isParentSeen: boolean): void {
    const left = servedKeys(after).keySigners.map(({ id }) => id);
    const gone = servedKeys(before).keySigners.filter(({ id }) => !left.includes(id));
    if (gone.length === 0) return;
    if (!isParentSeen) return;
    for (const log of this.#ds)
      assert.ok(
        log.at(-1)?.what.some(({ id }) => left.includes(id)),
        'DS was seen',
      );
  }

  #make({ role, algorithm }: WantedKey): void {
    const taken = this.keys.keys.map(({ tag }) => tag);
    for (;;) {
      this.#made += 1;
      const id = `${role}${algorithm}-${this.#made}`;
      const octets = this.#dnskeyOf({ role, algorithm }, id);
      const dnskey = Buffer.from(octets).toString('base64');
      const made = { id, role, algorithm, tag: keyTag(octets), dnskey, privateKey: '' };
      if (taken.includes(made.tag)) continue;
      this.keys = addKey(this.keys, made, this.clock);
      return;
    }
  }

  #serve(): void {
    const { published, keySigners, zoneSigners, offered, ...ttls } = servedKeys(this.keys);
    if (published.length === 0) return;
    this.#give(
      this.#dnskey,
      { keys: published.map(seen), signers: keySigners.map(seen) },
      ttls.dnskeyTtlSeconds,
    );
    this.#give(this.#zone, zoneSigners.map(seen), ttls.zoneTtlSeconds);
    this.#give(this.#cds, offered, ttls.zoneTtlSeconds);
  }

  #give<T>(log: Given<T>[], what: T, ttl: number): void {
    const last = log.at(-1);
    if (last !== undefined && JSON.stringify([last.what, last.ttl]) === JSON.stringify([what, ttl])) return;
    if (last !== undefined) last.until = this.now;
    log.push({ what, ttl, from: this.now, until: null });
  }

  #cached<T>(log: readonly Given<T>[], lag: number): T[] {
    return log
      .filter(({ until, ttl }) => until === null || this.now < until + lag + ttl)
      .map(({ what }) => what);
  }
}

function anyDnskey({ role, algorithm }: WantedKey, id: string): Uint8Array {
  return dnskeyData(role === 'zsk' ? 256 : 257, algorithm, createHash('sha512').update(id).digest());
}

function seen({ id, algorithm, role }: KeptKey): SeenKey {
  return { id, algorithm, isSep: role !== 'zsk' };
}

function union(some: readonly KeptKey[], others: readonly KeptKey[]): KeptKey[] {
  return [...some, ...others.filter(({ id }) => !some.some(one => one.id === id))];
}
