import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { test } from 'node:test';
import { answerTo, openNameServer } from '../../bin/demo/dns.ts';
import { makeDomains } from '../../bin/demo/zone.ts';

test('the demo’s name server tells SPF, DKIM and DMARC of its own domains', async t => {
  const { zone, names } = makeDomains();
  const server = await openNameServer(zone, names);
  t.after(() => server.close());
  const resolver = new Resolver({ timeout: 2000, tries: 1 });
  resolver.setServers([server.server]);
  assert.deepEqual(await resolver.resolveTxt('friends.example'), [['v=spf1 ip4:127.0.0.1 -all']]);
  assert.deepEqual(await resolver.resolveTxt('_dmarc.bank.example'), [['v=DMARC1; p=reject']]);
  const [key] = await resolver.resolveTxt('demo._domainkey.friends.example');
  assert.match(key?.join('') ?? '', /^v=DKIM1; k=rsa; p=[A-Za-z0-9+/=]{300,}$/);
  await assert.rejects(resolver.resolveTxt('nowhere.friends.example'), { code: 'ENOTFOUND' });
  await assert.rejects(resolver.resolveTxt('_domainkey.friends.example'), { code: 'ENODATA' });
  await assert.rejects(resolver.resolveTxt('elsewhere.test'), { code: 'EREFUSED' });
});

test('what is no DNS query gets no answer', () => {
  const { zone, names } = makeDomains();
  for (const octets of [Buffer.alloc(0), Buffer.from('hello'), Buffer.alloc(12, 0xff)]) {
    assert.equal(answerTo(octets, zone, names), null);
  }
});
