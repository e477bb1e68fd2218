import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page, PublishedKey, Store, ZoneChange } from '../../../delivery/store/store.ts';
import { poll } from '../../support/poll.ts';
import { coded, type StoreFactory, withAccount } from './under-test.ts';

/** Published keys, zones, and how changes of them are told. */
export function zoneSuite(factory: StoreFactory): void {
  describe('published keys', () => keyCases(factory));
  describe('published keys and their addresses', () => addressCases(factory));
  describe('zones', () => zoneCases(factory));
  describe('changes of published keys and zones', () => changeCases(factory));
}

/** A key of ada@example.org, or of what is named. */
function newKey(accountId: string, traits: Partial<PublishedKey> = {}): PublishedKey {
  return {
    ...{ domain: 'example.org', localPart: 'ada', kind: 'openpgp', accountId },
    ...{ fingerprint: 'ab', octets: new Uint8Array([1, 2, 3]), state: 'usable' },
    publishedAt: new Date('2026-02-01T00:00:00Z'),
    ...traits,
  };
}

/** All items of a list, page by page. */
async function all<Item>(read: (after: string | null) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  let after: string | null = null;
  do {
    const page: Page<Item> = await read(after);
    items.push(...page.items);
    after = page.next;
  } while (after !== null);
  return items;
}

const nameOf = ({ localPart, domain, kind }: PublishedKey): string => `${localPart}@${domain} ${kind}`;

async function published(store: Store, scope: { domain?: string; accountId?: string } = {}) {
  const keys = await all(after => store.listPublishedKeys({ ...scope, after, limit: 2 }));
  return keys.map(nameOf).sort();
}

function keyCases(factory: StoreFactory): void {
  it('a key is read as it was published, in any spelling of its address', () =>
    withAccount(factory, async ({ store, another, accountId }) => {
      const key = newKey(accountId, { localPart: 'Ada', domain: 'EXAMPLE.org' });
      await store.publishKey(key);
      const other = await another();
      for (const address of ['ada@example.org', 'ADA@Example.ORG', '"ada"@example.org'])
        assert.deepEqual(await other.getPublishedKey(address, 'openpgp'), { ...key, domain: 'example.org' });
      assert.equal(await other.getPublishedKey('ada@example.org', 'smime'), null);
      assert.equal(await other.getPublishedKey('eve@example.org', 'openpgp'), null);
      assert.equal(await other.getPublishedKey('no address', 'openpgp'), null);
    }));

  it('publishing again replaces, and each kind is apart', () =>
    withAccount(factory, async ({ store, accountId }) => {
      await store.publishKey(newKey(accountId));
      const smime = newKey(accountId, { kind: 'smime', fingerprint: '' });
      await store.publishKey(smime);
      const revoked = newKey(accountId, {
        ...{ localPart: 'ADA', octets: new Uint8Array(60_000).fill(7), state: 'revoked', fingerprint: 'cd' },
      });
      await store.publishKey(revoked);
      assert.deepEqual(await store.getPublishedKey('ada@example.org', 'openpgp'), revoked);
      assert.deepEqual(await store.getPublishedKey('ada@example.org', 'smime'), smime);
      assert.deepEqual(await published(store), ['ADA@example.org openpgp', 'ada@example.org smime']);
    }));

  it('what is taken back is gone, and that it was there is told once', () =>
    withAccount(factory, async ({ store, accountId }) => {
      await store.publishKey(newKey(accountId));
      await store.publishKey(newKey(accountId, { kind: 'smime' }));
      assert.equal(await store.unpublishKey('Ada@example.org', 'openpgp'), true);
      assert.equal(await store.unpublishKey('ada@example.org', 'openpgp'), false);
      assert.equal(await store.unpublishKey('nobody@example.org', 'openpgp'), false);
      await assert.rejects(store.unpublishKey('no address', 'openpgp'), coded('badAddress'));
      assert.equal(await store.getPublishedKey('ada@example.org', 'openpgp'), null);
      assert.deepEqual(await published(store), ['ada@example.org smime']);
      await store.publishKey(newKey(accountId));
      assert.equal((await published(store)).length, 2);
    }));

  it('octets are some, and not more than a DNS message holds', () =>
    withAccount(factory, async ({ store, accountId }) => {
      for (const size of [0, 60_001])
        await assert.rejects(
          store.publishKey(newKey(accountId, { octets: new Uint8Array(size) })),
          coded('badInput'),
        );
      assert.deepEqual(await published(store), []);
    }));

  it('the octets of a caller stay its own', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const octets = Buffer.from('one of many in a pool');
      await store.publishKey(newKey(accountId, { octets }));
      assert.equal(octets.toString(), 'one of many in a pool');
      const found = await store.getPublishedKey('ada@example.org', 'openpgp');
      assert.deepEqual(Buffer.from(found?.octets ?? []), octets);
    }));

  it('lists miss none, page by page, of all, of a domain, of an account', () =>
    withAccount(factory, async ({ store, accountId }) => {
      await store.addDomain('other.example');
      const addresses = Array.from({ length: 60 }, (_unused, n) => ({
        address: `u${n}@${n % 3 === 0 ? 'other.example' : 'example.org'}`,
      }));
      const made = await store.addAccounts(addresses);
      const names: string[] = [];
      for (const [index, { id = '', name }] of made.entries()) {
        const [localPart = '', domain = ''] = name.split('@');
        const kinds = index % 5 === 0 ? (['openpgp', 'smime'] as const) : (['openpgp'] as const);
        for (const kind of kinds) {
          await store.publishKey(newKey(id, { localPart, domain, kind }));
          names.push(`${name} ${kind}`);
        }
      }
      await store.addAlias('ada@other.example', accountId);
      await store.publishKey(newKey(accountId));
      await store.publishKey(newKey(accountId, { domain: 'other.example' }));
      names.push('ada@example.org openpgp', 'ada@other.example openpgp');
      names.sort();
      const ofOther = names.filter(name => name.includes('@other.example'));
      assert.deepEqual(await published(store), names);
      assert.deepEqual(await published(store, { domain: 'Other.example' }), ofOther);
      const own = ['ada@example.org openpgp', 'ada@other.example openpgp'];
      assert.deepEqual(await published(store, { accountId }), own);
      assert.deepEqual(await published(store, { accountId, domain: 'example.org' }), own.slice(0, 1));
      assert.deepEqual(await published(store, { accountId: 'Anobody' }), []);
      assert.deepEqual(await published(store, { domain: 'none.example' }), []);
      const whole = await all(after => store.listPublishedKeys({ after, limit: 500 }));
      assert.deepEqual(whole.map(nameOf).sort(), names);
    }));
}

function addressCases(factory: StoreFactory): void {
  it('an address that is not the account’s own is refused', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const eve = await store.addAccount({ address: 'eve@example.org' });
      await store.setCatchAll('example.org', accountId);
      for (const traits of [
        { localPart: 'nobody' },
        { localPart: 'ada+detail' },
        { localPart: 'eve' },
        { domain: 'elsewhere.example' },
        { accountId: 'Anobody' },
        { accountId: eve.id },
      ])
        await assert.rejects(
          store.publishKey(newKey(accountId, traits)),
          coded('notFound'),
          JSON.stringify(traits),
        );
      await assert.rejects(store.publishKey(newKey(accountId, { domain: 'no domain' })), coded('badAddress'));
      assert.deepEqual(await published(store), []);
    }));

  it('an alias is the account’s own, with quotes, beyond ASCII, and with a plus of its own', () =>
    withAccount(factory, async ({ store, accountId }) => {
      await store.addDomain('bücher.example');
      const localParts = ['a b', 'Élodie', 'a+b'];
      for (const localPart of localParts) {
        const written = localPart === 'a b' ? '"a b"' : localPart;
        await store.addAlias(`${written}@bücher.example`, accountId);
        await store.publishKey(newKey(accountId, { localPart, domain: 'bücher.example' }));
        const found = await store.getPublishedKey(`${written}@xn--bcher-kva.example`, 'openpgp');
        assert.deepEqual([found?.localPart, found?.domain], [localPart, 'xn--bcher-kva.example']);
      }
      const found = await store.getPublishedKey('E\u0301LODIE@bücher.example', 'openpgp');
      assert.equal(found?.localPart, 'Élodie');
    }));

  it('a key goes with its alias, and does not come back with it', () =>
    withAccount(factory, async ({ store, accountId }) => {
      await store.addAlias('info@example.org', accountId);
      await store.publishKey(newKey(accountId));
      for (const kind of ['openpgp', 'smime'] as const)
        await store.publishKey(newKey(accountId, { localPart: 'info', kind }));
      const { next } = await store.getZoneChanges(null, 100);
      await store.removeAlias('info@example.org');
      assert.deepEqual(await published(store), ['ada@example.org openpgp']);
      assert.ok(await isTold(store, next, { domain: 'example.org', localPart: 'info' }));
      const eve = await store.addAccount({ address: 'info@example.org' });
      assert.equal(await store.getPublishedKey('info@example.org', 'openpgp'), null);
      await store.publishKey(newKey(eve.id, { localPart: 'info' }));
      assert.equal((await store.getPublishedKey('info@example.org', 'openpgp'))?.accountId, eve.id);
      assert.deepEqual(await Array.fromAsync(store.verify()), []);
    }));

  it('keys go with their account, and stay when it is closed', () =>
    withAccount(factory, async ({ store, another, accountId }) => {
      await store.addAlias('info@example.org', accountId);
      const eve = await store.addAccount({ address: 'eve@example.org' });
      await store.publishKey(newKey(accountId));
      await store.publishKey(newKey(accountId, { localPart: 'info' }));
      await store.publishKey(newKey(eve.id, { localPart: 'eve' }));
      await store.updateAccount(accountId, { state: 'closed' });
      assert.equal((await published(store)).length, 3);
      const { next } = await store.getZoneChanges(null, 100);
      await store.removeAccount(accountId);
      const other = await another();
      assert.deepEqual(await published(other), ['eve@example.org openpgp']);
      assert.deepEqual(await published(other, { domain: 'example.org' }), ['eve@example.org openpgp']);
      for (const localPart of ['ada', 'info'])
        assert.ok(await isTold(other, next, { domain: 'example.org', localPart }), localPart);
      assert.deepEqual(await Array.fromAsync(store.verify()), []);
    }));

  it('a domain that comes and goes is told', () =>
    withAccount(factory, async ({ store, accountId }) => {
      const change = { domain: 'other.example', localPart: null };
      const before = await store.getZoneChanges(null, 100);
      await store.addDomain('Other.example');
      assert.ok(await isTold(store, before.next, change));
      await store.addAlias('ada@other.example', accountId);
      await store.publishKey(newKey(accountId, { domain: 'other.example' }));
      await assert.rejects(store.removeDomain('other.example'), coded('badRequest'));
      assert.deepEqual(await published(store, { domain: 'other.example' }), ['ada@other.example openpgp']);
      await store.removeAlias('ada@other.example');
      const { next } = await store.getZoneChanges(null, 100);
      await store.removeDomain('other.example');
      assert.ok(await isTold(store, next, change));
      assert.deepEqual(await published(store), []);
    }));
}

function zoneCases(factory: StoreFactory): void {
  it('a document is put where the version is still the known one', () =>
    withAccount(factory, async ({ store, another }) => {
      const other = await another();
      assert.equal(await store.getZone('example.org'), null);
      const first = await store.putZone('EXAMPLE.org', { keys: [1, { é: null }] }, null);
      assert.deepEqual(first, { ...first, name: 'example.org', document: { keys: [1, { é: null }] } });
      assert.deepEqual(await other.getZone('example.org'), first);
      const second = await other.putZone('example.org', ['two'], first.version);
      assert.ok(second.version > first.version);
      for (const ifVersion of [null, first.version])
        await assert.rejects(
          store.putZone('example.org', 'three', ifVersion),
          coded('badRequest', 'versionMismatch'),
        );
      assert.deepEqual(await store.getZone('example.org'), second);
      await assert.rejects(
        store.putZone('none.example', {}, first.version),
        coded('badRequest', 'versionMismatch'),
      );
    }));

  it('of two processes that put at one version one wins', () =>
    withAccount(factory, async ({ store, another }) => {
      const other = await another();
      let version: number | null = null;
      for (let round = 0; round < 5; round++) {
        const puts: PromiseSettledResult<{ version: number }>[] = await Promise.allSettled(
          [store, other].map((one, by) => one.putZone('example.org', { round, by }, version)),
        );
        const won = puts.findIndex(({ status }) => status === 'fulfilled');
        assert.equal(puts.filter(({ status }) => status === 'fulfilled').length, 1);
        const zone = await store.getZone('example.org');
        assert.deepEqual(zone?.document, { round, by: won });
        version = zone?.version ?? null;
      }
    }));

  it('zones are listed and removed; one that comes again is no earlier one', () =>
    withAccount(factory, async ({ store, clock }) => {
      const names = Array.from({ length: 7 }, (_unused, n) => `d${n}.example`);
      for (const name of names) await store.putZone(name, { name }, null);
      const zones = await all(after => store.listZones({ after, limit: 2 }));
      assert.deepEqual(zones.map(({ name }) => name).sort(), names);
      for (const { name, document } of zones) assert.deepEqual(document, { name });
      const known = await store.getZone('d3.example');
      assert.equal(await store.removeZone('D3.example'), true);
      assert.equal(await store.removeZone('d3.example'), false);
      assert.equal((await all(after => store.listZones({ after }))).length, 6);
      clock.advance(1);
      await store.putZone('d3.example', 'anew', null);
      await assert.rejects(
        store.putZone('d3.example', 'late', known?.version ?? 0),
        coded('badRequest', 'versionMismatch'),
      );
    }));

  it('a document too big, one that is no JSON and a bad name are refused', () =>
    withAccount(factory, async ({ store }) => {
      await assert.rejects(store.putZone('example.org', 'x'.repeat(256 * 1024), null), coded('badInput'));
      await assert.rejects(store.putZone('example.org', undefined, null), coded('badInput'));
      for (const work of [
        store.putZone('no name', {}, null),
        store.removeZone('no name'),
        store.claimZoneSerial('no name'),
      ])
        await assert.rejects(work, coded('badAddress'));
      assert.equal(await store.getZone('no name'), null);
    }));

  it('a serial is never given twice, and each is greater than the ones before', () =>
    withAccount(factory, async ({ store, another, clock }) => {
      const other = await another();
      const started = Math.floor(clock.now().getTime() / 1000);
      assert.equal(await store.claimZoneSerial('example.org'), started);
      const claim = async (one: Store): Promise<number[]> => {
        const serials: number[] = [];
        for (let n = 0; n < 8; n++) serials.push(await one.claimZoneSerial('Example.org'));
        return serials;
      };
      const claimed = await Promise.all([claim(store), claim(other)]);
      for (const serials of claimed)
        assert.deepEqual(
          serials,
          [...serials].sort((one, two) => one - two),
        );
      const wanted = Array.from({ length: 16 }, (_unused, n) => started + 1 + n);
      assert.deepEqual(
        claimed.flat().sort((one, two) => one - two),
        wanted,
      );
      await store.putZone('example.org', {}, null);
      await store.removeZone('example.org');
      assert.equal(await store.claimZoneSerial('example.org'), started + 17);
      assert.equal(await store.claimZoneSerial('_smimecert.example.org'), started);
    }));
}

/** Whether the change is told behind this cursor. */
async function isTold(store: Store, since: string, wanted: ZoneChange): Promise<boolean> {
  const { changes } = await store.getZoneChanges(since, 1000);
  return changes.some(({ domain, localPart }) => domain === wanted.domain && localPart === wanted.localPart);
}

function changeCases(factory: StoreFactory): void {
  it('another process is told at once, and goes on from there', () =>
    withAccount(factory, async ({ store, another, accountId }) => {
      const other = await another();
      let { next, isWhole } = await other.getZoneChanges(null, 100);
      assert.equal(isWhole, false);
      const steps: [() => Promise<unknown>, ZoneChange][] = [
        [() => store.publishKey(newKey(accountId)), { domain: 'example.org', localPart: 'ada' }],
        [
          () => store.publishKey(newKey(accountId, { localPart: 'Ada' })),
          { domain: 'example.org', localPart: 'Ada' },
        ],
        [() => store.unpublishKey('ada@example.org', 'openpgp'), { domain: 'example.org', localPart: 'Ada' }],
        [() => store.putZone('example.org', {}, null), { domain: 'example.org', localPart: null }],
        [() => store.removeZone('example.org'), { domain: 'example.org', localPart: null }],
      ];
      for (const [work, wanted] of steps) {
        await work();
        // The change is done, so that whoever looks now is told.
        const told = await other.getZoneChanges(next, 100);
        next = told.next;
        const isIn = told.changes.some(
          ({ domain, localPart }) => domain === wanted.domain && localPart === wanted.localPart,
        );
        assert.deepEqual([told.isWhole, isIn], [true, true], JSON.stringify(wanted));
      }
      // What is told twice is told soon.
      await poll('nothing more', async () => {
        const told = await other.getZoneChanges(next, 100);
        next = told.next;
        return told.changes.length === 0 ? true : undefined;
      });
    }));

  it('a key that is written in other letters tells both', () =>
    withAccount(factory, async ({ store, accountId }) => {
      await store.publishKey(newKey(accountId));
      const { next } = await store.getZoneChanges(null, 100);
      await store.publishKey(newKey(accountId, { localPart: 'ADA' }));
      for (const localPart of ['ada', 'ADA'])
        assert.ok(await isTold(store, next, { domain: 'example.org', localPart }), localPart);
    }));

  it('many changes come in parts that miss none, also for a process that was not told so far', () =>
    withAccount(factory, async ({ store, another }) => {
      const { next } = await store.getZoneChanges(null, 10);
      const names = Array.from({ length: 150 }, (_unused, n) => `d${n}.example`);
      await store.addDomains(names);
      const other = await another();
      const told = new Set<string>();
      let since = next;
      for (let part = 0; ; part++) {
        const answer = await (part % 2 ? store : other).getZoneChanges(since, 40);
        assert.ok(answer.isWhole && answer.changes.length <= 40);
        for (const { domain } of answer.changes) told.add(domain);
        since = answer.next;
        if (answer.changes.length === 0) break;
      }
      for (const name of names) assert.ok(told.has(name), name);
    }));

  it('a cursor that is too old, of nobody, or of another store says so, and begins anew', () =>
    withAccount(factory, async ({ store, clock, accountId }) => {
      const { next: old } = await store.getZoneChanges(null, 100);
      clock.advance(3500);
      await store.publishKey(newKey(accountId));
      const stillGood = await store.getZoneChanges(old, 100);
      assert.deepEqual(
        [stillGood.isWhole, stillGood.changes.some(({ localPart }) => localPart === 'ada')],
        [true, true],
      );
      clock.advance(200);
      for (const since of [old, 'nonsense', '', 'zzz.z', 'z1.1', 'sm8x2ks00.0.AAAAAAAAAAA.']) {
        const { changes, isWhole, next } = await store.getZoneChanges(since, 100);
        assert.deepEqual([changes, isWhole], [[], false], since);
        assert.equal((await store.getZoneChanges(next, 100)).isWhole, true);
      }
      assert.equal((await store.getZoneChanges(stillGood.next, 100)).isWhole, true);
    }));

  it('a reader that is asked for nothing new for hours stays whole', () =>
    withAccount(factory, async ({ store, clock, accountId }) => {
      let { next } = await store.getZoneChanges(null, 100);
      for (let hour = 0; hour < 3; hour++) {
        clock.advance(3000);
        const answer = await store.getZoneChanges(next, 100);
        assert.equal(answer.isWhole, true);
        next = answer.next;
      }
      await store.publishKey(newKey(accountId));
      assert.ok(await isTold(store, next, { domain: 'example.org', localPart: 'ada' }));
    }));
}
