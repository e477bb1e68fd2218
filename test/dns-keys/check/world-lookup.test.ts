import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type GeneratedKey, generateKey } from '../../../delivery/crypto/keys.ts';
import { minimalCertificate } from '../../../delivery/crypto/minimal-certificate.ts';
import { silentLog } from '../../../delivery/log.ts';
import { checkPublished, checkPublishedPage } from '../../../delivery/published-check.ts';
import type { PublicKey, PublishedKey } from '../../../delivery/store/store.ts';
import type { DnsClient } from '../../../dns-keys/ask/dns-client.ts';
import { openWorldLookup } from '../../../dns-keys/check/world-lookup.ts';
import { newMessage } from '../../../dns-keys/message.ts';
import { nameText } from '../../../dns-keys/name.ts';
import { publishedOwners } from '../../../dns-keys/owner-name.ts';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import { wkdHash } from '../../../dns-keys/wkd/hash.ts';

const at = new Date('2026-03-01T00:00:00Z');
const clock = { now: () => at };
const address = 'Zoe@example.org';
let key: GeneratedKey;
let other: GeneratedKey;
let published: PublishedKey;

before(async () => {
  const madeAt = new Date('2026-01-01T00:00:00Z');
  key = await generateKey(address, undefined, madeAt);
  other = await generateKey(address, undefined, new Date('2026-02-01T00:00:00Z'));
  const { octets, fingerprint } = await minimalCertificate(key.publicKey, address, at);
  const place = { domain: 'example.org', localPart: 'Zoe', accountId: 'A1' };
  published = { ...place, kind: 'openpgp', fingerprint, octets, state: 'usable', publishedAt: at };
});

/** A world of DNS and HTTPS: what stands under a name, and what an address of the web answers. */
interface World {
  readonly keys: Readonly<Record<string, Uint8Array>>;
  readonly hosts: readonly string[];
  readonly pages: Readonly<Record<string, Uint8Array>>;
  readonly isValidated?: boolean;
}

function lookupIn({ keys, hosts, pages, isValidated = true }: World, asked: string[] = []) {
  const dns: DnsClient = {
    async ask(name, type) {
      const text = nameText(name);
      const rdata =
        type === rrTypes.OPENPGPKEY ? keys[text] : hosts.includes(text) ? Buffer.alloc(4) : undefined;
      const records = rdata ? [{ name, type, class: 1, ttlSeconds: 60, rdata }] : [];
      return { message: newMessage(), records, isValidated };
    },
  };
  const fetchPage = async (url: string) => {
    asked.push(url);
    const body = pages[url];
    return body ? new Response(Uint8Array.from(body)) : new Response(null, { status: 404 });
  };
  return openWorldLookup({ dns, fetch: fetchPage, timeoutMilliseconds: 1000 });
}

function worldOf(octets: Uint8Array): World {
  const names = publishedOwners('Zoe').map(label => `${label}._openpgpkey.example.org.`);
  return {
    keys: Object.fromEntries(names.map(name => [name, octets])),
    hosts: ['openpgpkey.example.org.'],
    pages: {
      [`https://openpgpkey.example.org/.well-known/openpgpkey/example.org/hu/${wkdHash('zoe')}?l=Zoe`]:
        octets,
    },
  };
}

function storeOf(own: GeneratedKey) {
  const { fingerprint, publicKey } = own;
  const row: PublicKey = {
    ...{ address: 'zoe@example.org', fingerprint, octets: publicKey, source: 'own', state: 'usable' },
    firstSeenAt: at,
  };
  return { listPublicKeys: async () => [row] };
}

const verdicts = ({ sources }: Awaited<ReturnType<typeof checkPublished>>) =>
  Object.fromEntries(sources.map(({ source, verdict }) => [source, verdict]));

describe('what the world finds of a published key', () => {
  it('is the same by DNS, WKD and the key of today', async () => {
    const lookUp = lookupIn(worldOf(published.octets));
    const result = await checkPublished({ ...published, published }, { store: storeOf(key), clock, lookUp });
    assert.deepEqual(verdicts(result), {
      dns: 'same',
      wkdAdvanced: 'same',
      wkdDirect: 'skipped',
      autocrypt: 'same',
    });
    assert.ok(result.isConsistent);
    assert.deepEqual(
      [result.address, result.fingerprint, result.sources[0]?.isValidated],
      [address, key.fingerprint, true],
    );
  });

  it('is asked of the domain itself where there is no openpgpkey host', async () => {
    const asked: string[] = [];
    const direct = `https://example.org/.well-known/openpgpkey/hu/${wkdHash('zoe')}?l=Zoe`;
    const world = { ...worldOf(published.octets), hosts: [], pages: { [direct]: published.octets } };
    const result = await checkPublished(
      { ...published, published },
      { store: storeOf(key), clock, lookUp: lookupIn(world, asked) },
    );
    assert.equal(verdicts(result).wkdDirect, 'same');
    assert.deepEqual(asked, [direct]);
  });

  it('differs when one way gives another key, none, an old one, or one that was taken back', async () => {
    const foreign = (await minimalCertificate(other.publicKey, address, at)).octets;
    const good = worldOf(published.octets);
    const [lower = ''] = Object.keys(good.keys);
    const cases: readonly (readonly [World, GeneratedKey, PublishedKey | null, Record<string, string>])[] = [
      [worldOf(foreign), key, published, { dns: 'differs', wkdAdvanced: 'differs', autocrypt: 'same' }],
      [{ ...good, keys: {} }, key, published, { dns: 'missing', wkdAdvanced: 'same' }],
      [{ ...good, pages: {} }, key, published, { dns: 'same', wkdAdvanced: 'missing' }],
      [{ ...good, keys: { [lower]: published.octets } }, key, published, { dns: 'failed' }],
      [good, other, published, { dns: 'same', autocrypt: 'differs' }],
      [good, key, null, { dns: 'unexpected', wkdAdvanced: 'unexpected', autocrypt: 'skipped' }],
      [worldOf(Buffer.from('no key')), key, published, { wkdAdvanced: 'failed' }],
    ];
    for (const [world, own, there, expected] of cases) {
      const asked = { localPart: 'Zoe', domain: 'example.org', published: there };
      const result = await checkPublished(asked, { store: storeOf(own), clock, lookUp: lookupIn(world) });
      const found = verdicts(result);
      for (const [source, verdict] of Object.entries(expected)) assert.equal(found[source], verdict, source);
      assert.equal(result.isConsistent, false);
    }
    const nothing = { localPart: 'Zoe', domain: 'example.org', published: null };
    const lookUp = lookupIn({ keys: {}, hosts: [], pages: {} });
    assert.ok((await checkPublished(nothing, { store: storeOf(key), clock, lookUp })).isConsistent);
  });

  it('is checked page by page, and each that differs is a line of the log', async () => {
    const lines: unknown[] = [];
    const log = { ...silentLog, warn: (fields: unknown, event: string) => lines.push([event, fields]) };
    const store = { ...storeOf(key), listPublishedKeys: async () => ({ items: [published], next: 'more' }) };
    const lookUp = lookupIn({ ...worldOf(published.octets), keys: {} });
    const page = await checkPublishedPage(
      { after: null, limit: 10 },
      { store, clock, lookUp, log: log as unknown as typeof silentLog },
    );
    assert.deepEqual(page, { checked: 1, differing: 1, next: 'more' });
    assert.deepEqual(lines, [
      [
        'publishedKeyDiffers',
        { address, dns: 'missing', wkdAdvanced: 'same', wkdDirect: 'skipped', autocrypt: 'same' },
      ],
    ]);
  });
});
