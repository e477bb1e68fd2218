import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DnsAnswer, DnsClient } from '../../../dns-keys/ask/dns-client.ts';
import { newMessage } from '../../../dns-keys/message.ts';
import { type Name, nameText, parseName } from '../../../dns-keys/name.ts';
import { openParentLook } from '../../../dns-keys/publish/parent-look.ts';
import { lookAtPlacement, type PlacedSet, unusableNameservers } from '../../../dns-keys/publish/placement.ts';
import { encodeData, rdataFromText, rrTypes, typeName } from '../../../dns-keys/rr/table.ts';

type Known = Record<string, string[]>;

interface ClientTraits {
  readonly isAuthoritative?: boolean;
  /** NS records stand in the authority section, as in a referral. */
  readonly isReferral?: boolean;
}

/** A client that knows these records, by `NAME TYPE`, and fails for those of `fail`. */
function clientOf(
  known: Known,
  { isAuthoritative = true, isReferral = false }: ClientTraits = {},
): DnsClient {
  return {
    async ask(name, type): Promise<DnsAnswer> {
      const key = `${nameText(name)} ${typeName(type)}`;
      if (known[key]?.[0] === 'fail') throw new Error('does not answer');
      const records = (known[key] ?? []).map(text => record(name, type, text));
      const isMoved = isReferral && type === rrTypes.NS;
      const soa = record(parseName('example.org'), rrTypes.SOA, 'ns.example.org. h.example.org. 1 2 3 4 600');
      const authorities = isMoved ? records : [{ ...soa, ttlSeconds: 7200 }];
      const message = newMessage({
        isResponse: true,
        isAuthoritative,
        answers: isMoved ? [] : records,
        authorities,
      });
      return { message, records: isMoved ? [] : records, isValidated: false };
    },
  };
}

function record(name: Name, type: number, text: string) {
  return { name, type, class: 1, ttlSeconds: 3600, rdata: rdataFromText(type, text.split(' ')) };
}

const owner = parseName('_openpgpkey.example.org');
const ds = (digit: string) => `1 13 2 ${digit.repeat(64)}`;
const nsSet: PlacedSet = {
  ...{ owner, type: rrTypes.NS, ttlSeconds: 3600, purpose: 'delegation' },
  rdatas: ['ns1.host.example', 'ns2.host.example'].map(text =>
    encodeData(rrTypes.NS, { target: parseName(text) }),
  ),
};
const dsSet = (...texts: string[]): PlacedSet => ({
  ...{ owner, type: rrTypes.DS, ttlSeconds: 3600, purpose: 'trust' },
  rdatas: texts.map(text => rdataFromText(rrTypes.DS, text.split(' '))),
});

async function statusOf(set: PlacedSet, client: DnsClient): Promise<string | undefined> {
  return (await lookAtPlacement([set], client))[0]?.status;
}

test('what must stand somewhere is there, missing, different or not known', async () => {
  const ns = (...texts: string[]) => ({ '_openpgpkey.example.org. NS': texts });
  const both = ns('NS2.host.example.', 'ns1.host.example.');
  assert.equal(await statusOf(nsSet, clientOf(both)), 'there');
  assert.equal(await statusOf(nsSet, clientOf(both, { isReferral: true, isAuthoritative: false })), 'there');
  assert.equal(await statusOf(nsSet, clientOf(ns('ns1.host.example.'))), 'different');
  assert.equal(
    await statusOf(nsSet, clientOf(ns('ns1.host.example.', 'ns2.host.example.', 'ns3.host.example.'))),
    'different',
  );
  assert.equal(await statusOf(nsSet, clientOf({})), 'missing');
  assert.equal(await statusOf(nsSet, clientOf(ns('fail'))), 'unknown');
});

test('a DS may have another beside it, and one that is to go is not there only when none is', async () => {
  const there = (...texts: string[]) => clientOf({ '_openpgpkey.example.org. DS': texts });
  assert.equal(await statusOf(dsSet(ds('a')), there(ds('b'), ds('a'))), 'there');
  assert.equal(await statusOf(dsSet(ds('a')), there(ds('b'))), 'different');
  assert.equal(await statusOf(dsSet(), there()), 'there');
  assert.equal(await statusOf(dsSet(), there(ds('b'))), 'different');
});

test('a name server within the zone that it would serve is of no use', () => {
  const names = ['ns1.example.org', 'ns1._openpgpkey.example.org', '_openpgpkey.example.org'].map(parseName);
  assert.deepEqual(unusableNameservers(names, owner).map(nameText), [
    'ns1._openpgpkey.example.org.',
    '_openpgpkey.example.org.',
  ]);
});

test('DS is what every server of the parent says; one that is silent, or no server of it, leaves it unknown', async () => {
  const resolver = clientOf({
    'example.org. NS': ['a.nic.example.', 'b.nic.example.'],
    'a.nic.example. A': ['192.0.2.1'],
    'b.nic.example. A': ['192.0.2.2'],
    'b.nic.example. AAAA': ['2001:db8::2'],
  });
  const key = '_openpgpkey.example.org. DS';
  const look = (servers: Record<string, DnsClient>) =>
    openParentLook({
      resolver,
      server: address => servers[address] ?? clientOf({ [key]: ['fail'] }),
    }).dsAtParent(owner);
  const [one, none] = [clientOf({ [key]: [ds('a')] }), clientOf({})];
  const seen = await look({ '192.0.2.1': one, '2001:db8::2': none });
  assert.deepEqual(
    seen?.map(({ rdatas, ttlSeconds }) => [rdatas.length, ttlSeconds]),
    [
      [1, 3600],
      [0, 600],
    ],
  );
  assert.equal(await look({ '192.0.2.1': one }), null);
  const lame = clientOf({ [key]: [ds('a')] }, { isAuthoritative: false });
  assert.equal(await look({ '192.0.2.1': one, '192.0.2.2': lame }), null);
});
