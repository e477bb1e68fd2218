import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Clock } from '../../../delivery/clock.ts';
import type { Config } from '../../../delivery/config.ts';
import type { Keyring } from '../../../delivery/crypto/keyring.ts';
import type { Log } from '../../../delivery/log.ts';
import type { PublishedKey } from '../../../delivery/store/store.ts';
import { answer } from '../../../dns-keys/answer.ts';
import { type Message, parseMessage } from '../../../dns-keys/message.ts';
import { type Name, nameKey, parseName } from '../../../dns-keys/name.ts';
import { keyZone, publishedOwnerNames } from '../../../dns-keys/owner-name.ts';
import type { ParentLook } from '../../../dns-keys/publish/parent-look.ts';
import { ZoneKeeper, type ZoneKeeperDeps } from '../../../dns-keys/publish/zone-keeper.ts';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import { type DnsSettings, dnsSettings } from '../../../dns-keys/settings.ts';
import type { RecordSet } from '../../../dns-keys/zone/record-set.ts';
import type { Zone } from '../../../dns-keys/zone/zone.ts';
import { ZoneTable } from '../../../dns-keys/zone/zone-table.ts';
import { atEnd } from '../../support/at-end.ts';
import type { Backend } from '../../support/backend.ts';
import { testKeyring } from '../../support/keyring.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { dnssecOk, queryOctets } from '../answer/queries.ts';
import { verifyRecordSet } from '../dnssec/verify.ts';

/** A line of the log. */
export interface Line {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  readonly event: string;
  readonly fields: Record<string, unknown>;
}

/** A log that is looked at. */
export function keptLog(): { readonly log: Log; readonly lines: Line[] } {
  const lines: Line[] = [];
  const at = (level: Line['level']) => (fields: Record<string, unknown>, event: string) =>
    void lines.push({ level, event, fields });
  const log: Log = {
    ...{ error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') },
    child: () => log,
  };
  return { log, lines };
}

/** A parent of which nothing is known. */
export const noParent: ParentLook = { dsAtParent: async () => null };

/** Rounds follow each other at once. */
export const fastPace = { poll: 20, look: 20 };

export interface KeeperWish {
  readonly store: ZoneKeeperDeps['store'];
  readonly clock: Clock;
  readonly config: Config;
  readonly settings?: Partial<DnsSettings>;
  readonly keyring?: Keyring;
  readonly folder?: string;
  readonly parentLook?: ParentLook;
  readonly pace?: ZoneKeeperDeps['pace'];
  readonly events?: ZoneKeeperDeps['events'];
}

/** A keeper with its own zones, as one process has it. */
export interface OpenKeeper {
  readonly keeper: ZoneKeeper;
  readonly table: ZoneTable;
  readonly lines: Line[];
  readonly folder: string;
  /** Its answer about the key of an address. */
  ask(address: string, type?: number): Message;
  /** OPENPGPKEY records in that answer. */
  keysOf(address: string): number;
  close(): Promise<void>;
}

export async function openKeeper(t: Pick<TestContext, 'after'>, wish: KeeperWish): Promise<OpenKeeper> {
  const { store, clock, config, keyring = testKeyring, parentLook = noParent } = wish;
  const settings = { ...dnsSettings(config), ...wish.settings };
  const folder = wish.folder ?? join(temporaryFolder(t), 'dns');
  const table = new ZoneTable();
  const { log, lines } = keptLog();
  const keeper = new ZoneKeeper({
    ...{ store, clock, keyring, settings, folder, table, log, parentLook },
    pace: wish.pace ?? fastPace,
    ...(wish.events && { events: wish.events }),
  });
  const close = () => keeper.close();
  atEnd(t, close);
  await keeper.open();
  const ask = (address: string, type: number = rrTypes.OPENPGPKEY) =>
    askTable(table, ownersOf(address)[0] ?? new Uint8Array(), { type, now: seconds(clock) });
  const keysOf = (address: string) =>
    ask(address).answers.filter(record => record.type === rrTypes.OPENPGPKEY).length;
  return { keeper, table, lines, folder, ask, keysOf, close };
}

/** The owner names of an address: that of its lower-case letters first, then as it is written. */
export function ownersOf(address: string): Name[] {
  const at = address.lastIndexOf('@');
  return publishedOwnerNames(address.slice(0, at), keyZone(address.slice(at + 1)));
}

/** The very owner of these letters. */
export function exactOwner(address: string): Name {
  const at = address.lastIndexOf('@');
  const digest = createHash('sha256').update(address.slice(0, at)).digest('hex');
  return parseName(`${digest.slice(0, 56)}._openpgpkey.${address.slice(at + 1)}`);
}

export function askTable(
  zones: ZoneTable,
  name: Name,
  { type, now }: { readonly type: number; readonly now: number },
): Message {
  const octets = answer(queryOctets(name, { type, edns: dnssecOk }), {
    zones,
    now,
    client: { transport: 'tcp', address: '192.0.2.7' },
  });
  assert.ok(octets);
  return parseMessage(octets);
}

/** Unix seconds. */
export function seconds(clock: Clock): number {
  return Math.floor(clock.now().getTime() / 1000);
}

/** Sets of a section, with the signatures that cover them. */
export function setsOf(records: Message['answers']): RecordSet[] {
  const plain = records.filter(({ type }) => type !== rrTypes.RRSIG);
  const groups = Map.groupBy(plain, ({ name, type }) => `${type} ${nameKey(name)}`);
  return [...groups.values()].flatMap(([first, ...rest]) => {
    if (!first) return [];
    const { name: owner, type, ttlSeconds } = first;
    const covers = (rdata: Uint8Array) => ((rdata[0] ?? 0) << 8) + (rdata[1] ?? 0) === type;
    const signatures = records
      .filter(one => one.type === rrTypes.RRSIG && nameKey(one.name) === nameKey(owner) && covers(one.rdata))
      .map(({ rdata }) => rdata);
    const rdatas = [first, ...rest].map(({ rdata }) => rdata);
    return [{ owner, type, ttlSeconds, rdatas, signatures }];
  });
}

/** Each set has signatures, and all of them are valid now by keys of the zone. */
export function assertSigned(
  sets: Iterable<RecordSet>,
  { apex, dnskeys, now }: { apex: Name; dnskeys: readonly Uint8Array[]; now: number },
): void {
  let count = 0;
  for (const set of sets) {
    count += 1;
    assert.ok(set.signatures.length > 0, `type ${set.type} is not signed`);
    for (const rrsig of set.signatures)
      assert.equal(verifyRecordSet(set, rrsig, { apex, dnskeys, now }), 'valid', `type ${set.type}`);
  }
  assert.ok(count > 0);
}

/** DNSKEY RDATA of a zone. */
export function dnskeysOf(zone: Zone): readonly Uint8Array[] {
  return zone.get(zone.apex, rrTypes.DNSKEY)?.rdatas ?? [];
}

/** A zone that stands there. */
export function zoneOf(table: ZoneTable, domain: string): Zone {
  const zone = table.get(keyZone(domain));
  assert.ok(zone, `no zone of ${domain}`);
  return zone;
}

/** A store with a domain, an account with an address of these letters in it, and what publishes keys of it. */
export interface Hosting {
  readonly config: Config;
  readonly store: Awaited<ReturnType<Backend['open']>>;
  /** Another process on the same store. */
  another(): Promise<Awaited<ReturnType<Backend['open']>>>;
  /** Makes an account with these addresses, the first its primary one. */
  addAccount(...addresses: string[]): Promise<string>;
}

export async function openHosting(
  t: Pick<TestContext, 'after'>,
  backend: Backend,
  { clock, log, domains = ['example.org'] }: { clock: Clock; log: Log; domains?: readonly string[] },
): Promise<Hosting> {
  const config = await backend.prepare(t, { 'sqlite.shards': 1 });
  const open = async () => {
    const store = await backend.open(config, { keyring: testKeyring, clock, log });
    atEnd(t, () => store.close());
    return store;
  };
  const store = await open();
  for (const name of domains) await store.addDomain(name);
  return {
    config,
    store,
    another: open,
    async addAccount(address, ...aliases) {
      const account = await store.addAccount({ address: address ?? '' });
      for (const alias of aliases) await store.addAlias(alias, account.id);
      return account.id;
    },
  };
}

/** A key of an address; the octets are those of no real one. */
export function keyFor(accountId: string, address: string, seed = 'one'): PublishedKey {
  const at = address.lastIndexOf('@');
  return {
    ...{ localPart: address.slice(0, at), domain: address.slice(at + 1), kind: 'openpgp', accountId },
    ...{ fingerprint: 'ab', octets: certificate(seed), state: 'usable', publishedAt: new Date() },
  };
}

/** Looks like a certificate: a public key packet (RFC 9580 §4.2) of 300 octets. */
export function certificate(seed: string, octets = 300): Uint8Array {
  const body = Buffer.alloc(octets, createHash('sha256').update(seed).digest());
  const head = Buffer.from([0xc0 | 6, 0xff, 0, 0, 0, 0]);
  head.writeUInt32BE(body.length, 2);
  return new Uint8Array(Buffer.concat([head, body]));
}
