import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthenticationFindings } from '../../../delivery/authenticate/findings.ts';
import { unseenSession } from '../../../delivery/delivery.ts';
import { networkOf, reputationKeys } from '../../../delivery/reputation/keys.ts';
import { standingOf } from '../../../delivery/reputation/standing.ts';
import { openTestParts, testConfig } from '../../support/door-process.ts';

const signature = { selector: 's', algorithm: null, keyBits: null } as const;

function authentication(
  domain: string | null,
  dkim: AuthenticationFindings['dkim'] = [],
): AuthenticationFindings {
  return {
    spf: { result: 'none', domain: null, aligned: false },
    dkim,
    dmarc: { result: 'none', policy: null, domain },
    arc: { result: 'none', sealer: null },
    iprev: { result: 'none', name: null },
    hops: [],
    authenticationResults: '',
  };
}

const live = { ...unseenSession, source: 'live' as const, remoteAddress: '192.0.2.77' };

test('keys name the organisational domain, the signer and the network, the most particular first', () => {
  const dkim = [
    { ...signature, result: 'pass', domain: 'esp.example.com', aligned: false },
    { ...signature, result: 'pass', domain: 'mail.shop.co.uk', aligned: true },
    { ...signature, result: 'fail', domain: 'bank.example', aligned: false },
  ] as const;
  assert.deepEqual(
    reputationKeys({ session: live, authentication: authentication('news.shop.co.uk', dkim) }),
    ['sender:shop.co.uk:shop.co.uk:192.0.2', 'signer:shop.co.uk:shop.co.uk', 'network:192.0.2'],
  );
  const session = { ...live, remoteAddress: '2001:DB8:1:2::25' };
  assert.deepEqual(reputationKeys({ session, authentication: authentication('example.org') }), [
    'sender:example.org:-:2001:db8:1',
    'network:2001:db8:1',
  ]);
});

test('users of ours and senders of whom nothing is known have no keys', () => {
  assert.deepEqual(reputationKeys({ session: null, authentication: null }), []);
  assert.deepEqual(
    reputationKeys({ session: { ...live, remoteAddress: '10.0.0.1' }, authentication: null }),
    [],
  );
  const session = { ...live, authenticatedUser: 'ada@example.org' };
  assert.deepEqual(reputationKeys({ session, authentication: authentication('example.org') }), []);
  assert.equal(networkOf('nonsense'), null);
  assert.equal(networkOf('::ffff:192.0.2.1'), '192.0.2');
});

test('a key is never longer than the store takes', () => {
  const long = `${'a.'.repeat(120)}example`;
  const dkim = [{ ...signature, result: 'pass', domain: long, aligned: true }] as const;
  const keys = reputationKeys({
    session: live,
    authentication: authentication(`${'b'.repeat(60)}.xn--${'c'.repeat(50)}`, dkim),
  });
  assert.ok(keys.every(key => key.length <= 255));
});

const keys = ['sender:a.example:a.example:192.0.2', 'signer:a.example:a.example', 'network:192.0.2'];
const counts = (wanted: number, unwanted: number, of = keys) => of.map(key => ({ key, wanted, unwanted }));

test('a standing grows with verdicts, is even between both, and is not moved much by one', () => {
  const standing = (wanted: number, unwanted: number, of = keys) =>
    standingOf(keys, counts(wanted, unwanted, of)).standing ?? 0;
  assert.equal(standingOf(keys, []).standing, null);
  assert.ok(standing(1, 0) > 0.1 && standing(1, 0) < 0.4);
  assert.ok(standing(20, 0) > 0.9);
  assert.ok(standing(0, 20) < -0.9);
  assert.ok(Math.abs(standing(20, 20)) < 0.1);
  assert.ok(standing(0, 5, ['network:192.0.2']) > -0.3, 'a network alone says little');
  const mixed = [...counts(0, 30, ['network:192.0.2']), ...counts(10, 0, keys.slice(0, 2))];
  assert.ok((standingOf(keys, mixed).standing ?? 0) > 0.5, 'a proven sender stands above its network');
  assert.equal(standingOf(keys, counts(-3, -1)).standing, null);
});

test('verdicts are kept in the store, decay, and can be taken back', async t => {
  const { store } = await openTestParts(t, testConfig(t));
  const at = new Date('2026-03-02T12:00:00Z');
  const change = (wanted: number, unwanted: number) => store.addSenderCounts(counts(wanted, unwanted), at);
  const standing = async (when = at) => standingOf(keys, await store.getSenderCounts(keys, when));
  for (let act = 0; act < 8; act++) await change(0, 1);
  const before = await standing();
  assert.ok((before.standing ?? 0) < -0.6);
  assert.equal(before.verdicts, 8);
  const later = await standing(new Date('2026-05-01T12:00:00Z'));
  assert.ok((later.standing ?? 0) > (before.standing ?? 0) && later.verdicts < 4);
  for (let act = 0; act < 8; act++) await change(0, -1);
  assert.equal((await standing()).standing, null);
});
