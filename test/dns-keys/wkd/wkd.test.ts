import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAddress } from '../../../delivery/store/address.ts';
import type { PublishedKey, ZoneChange } from '../../../delivery/store/store.ts';
import { openPublishedIndex, type PublishedSource } from '../../../dns-keys/published-index.ts';
import { wkdHash } from '../../../dns-keys/wkd/hash.ts';
import { answerWkd, type WkdRequest } from '../../../dns-keys/wkd.ts';

/** A store in memory that counts what it is asked, with changes told by hand. */
class CountingStore implements PublishedSource {
  readonly keys = new Map<string, PublishedKey>();
  readonly asked: string[] = [];
  changes: ZoneChange[] = [];
  isWhole = true;

  publish(localPart: string, fingerprint = 'ab', domain = 'example.org'): void {
    const octets = Buffer.from(localPart);
    const state = 'usable';
    const publishedAt = new Date(0);
    const key = {
      domain,
      localPart,
      kind: 'openpgp',
      accountId: 'A1',
      fingerprint,
      octets,
      state,
      publishedAt,
    } as const;
    this.keys.set(`${localPart}@${domain}`.toLowerCase(), key);
  }

  async isLocalDomain(name: string): Promise<boolean> {
    this.asked.push('isLocalDomain');
    return name.endsWith('.org');
  }

  async getPublishedKey(address: string): Promise<PublishedKey | null> {
    this.asked.push('getPublishedKey');
    return this.keys.get(parseAddress(address)?.key ?? '') ?? null;
  }

  async listPublishedKeys({ domain, after }: { domain?: string; after?: string | null } = {}) {
    this.asked.push('listPublishedKeys');
    const all = [...this.keys.values()].filter(key => key.domain === domain);
    const at = Number(after ?? 0);
    return { items: all.slice(at, at + 1), next: at + 1 < all.length ? String(at + 1) : null };
  }

  async getZoneChanges() {
    const { changes, isWhole } = this;
    this.changes = [];
    this.isWhole = true;
    return { changes, next: 'next', isWhole };
  }
}

function askFor(localPart: string, hasLocalPart: boolean): WkdRequest {
  return {
    host: 'openpgpkey.example.org',
    pathDomain: 'example.org',
    asked: { what: 'key', hash: wkdHash(localPart), localPart: hasLocalPart ? localPart : null },
    knownTags: null,
  };
}

describe('a request to the Web Key Directory', () => {
  it('costs the same look-ups whether there is such a key or not', async () => {
    const store = new CountingStore();
    store.publish('zoe');
    const index = openPublishedIndex({ store, now: () => 0 });
    const deps = { store, index, ttlSeconds: 60, negativeTtlSeconds: 30 };
    await answerWkd(askFor('zoe', false), deps);
    for (const hasLocalPart of [true, false]) {
      const asked: string[][] = [];
      for (const localPart of ['zoe', 'nobody']) {
        store.asked.length = 0;
        const { status } = await answerWkd(askFor(localPart, hasLocalPart), deps);
        assert.equal(status, localPart === 'zoe' ? 200 : 404);
        asked.push([...store.asked]);
      }
      assert.deepEqual(asked[0], asked[1]);
      assert.deepEqual(asked[0]?.filter(each => each === 'getPublishedKey').length, 1);
    }
  });
});

describe('the index of published keys', () => {
  it('reads a domain once, and then what the store tells of changes', async () => {
    const store = new CountingStore();
    let now = 0;
    const index = openPublishedIndex({ store, now: () => now });
    for (const name of ['zoe', 'Adam', 'eve']) store.publish(name, name === 'eve' ? 'cd' : 'ab');
    assert.equal(await index.localPartOfHash('example.org', wkdHash('adam')), 'Adam');
    assert.deepEqual(await index.localPartsOfFingerprint('example.org', 'ab'), ['zoe', 'Adam']);
    const reads = store.asked.length;
    store.keys.delete('zoe@example.org');
    store.publish('eve', 'ab');
    store.publish('new');
    store.changes = ['zoe', 'eve', 'new'].map(localPart => ({ domain: 'example.org', localPart }));
    assert.equal(await index.localPartOfHash('example.org', wkdHash('zoe')), 'zoe', 'within half a second');
    now = 600;
    assert.equal(await index.localPartOfHash('example.org', wkdHash('zoe')), null);
    assert.deepEqual(await index.localPartsOfFingerprint('example.org', 'ab'), ['Adam', 'eve', 'new']);
    assert.deepEqual(await index.localPartsOfFingerprint('example.org', 'cd'), []);
    assert.equal(store.asked.length - reads, 3, 'one read for each change');
  });

  it('begins anew when changes were missed, or the domain went', async () => {
    const store = new CountingStore();
    let now = 0;
    const index = openPublishedIndex({ store, now: () => now });
    store.publish('zoe');
    assert.equal(await index.localPartOfHash('example.org', wkdHash('zoe')), 'zoe');
    for (const change of [
      () => {
        store.isWhole = false;
      },
      () => {
        store.changes = [{ domain: 'example.org', localPart: null }];
      },
    ]) {
      store.keys.clear();
      store.publish(`other${now}`);
      change();
      now += 1000;
      assert.equal(await index.localPartOfHash('example.org', wkdHash('zoe')), null);
      assert.equal(
        await index.localPartOfHash('example.org', wkdHash(`other${now - 1000}`)),
        `other${now - 1000}`,
      );
    }
  });

  it('forgets the domain that was not asked for the longest time when there are too many keys', async () => {
    const store = new CountingStore();
    const index = openPublishedIndex({ store, now: () => 0 }, { maxEntries: 2, refreshMilliseconds: 500 });
    for (const domain of ['a.org', 'b.org', 'c.org']) store.publish('zoe', 'ab', domain);
    const ask = async (domain: string) => {
      store.asked.length = 0;
      assert.equal(await index.localPartOfHash(domain, wkdHash('zoe')), 'zoe');
      return store.asked.length > 0;
    };
    const reads: boolean[] = [];
    for (const domain of ['a.org', 'b.org', 'a.org', 'c.org', 'a.org', 'b.org'])
      reads.push(await ask(domain));
    assert.deepEqual(reads, [true, true, false, true, false, true]);
  });
});
