import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { generateZoneKey } from '../../../dns-keys/dnssec/keys.ts';
import { signRecordSet } from '../../../dns-keys/dnssec/sign.ts';
import {
  longestExpireSeconds,
  onlineSignatures,
  presignedSignatures,
  secondsToRenewal,
  signatureTimes,
  spreadOf,
} from '../../../dns-keys/dnssec/signature-policy.ts';
import { childName, parseName } from '../../../dns-keys/name.ts';
import { setOf } from './vectors.ts';

const apex = parseName('_openpgpkey.example.org.');
const key = generateZoneKey(15, 256);
const set = setOf('x._openpgpkey.example.org.', 'TXT', ['"a"']);
const policies = fc.constantFrom(presignedSignatures, onlineSignatures);
const spreads = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

test('a signature holds when it is made, and is made anew before it has less left than it must', () => {
  fc.assert(
    fc.property(policies, fc.integer({ min: 0, max: 2 ** 33 }), spreads, (policy, now, spread) => {
      const times = signatureTimes(policy, { earliest: now, latest: now }, spread);
      const rrsig = signRecordSet(set, key, { apex, ...times });
      const wait = secondsToRenewal(rrsig, policy, now);
      assert.ok(wait > 0);
      assert.equal(times.expiration - (now + wait), policy.renewBeforeSeconds);
      assert.equal(secondsToRenewal(rrsig, policy, now + wait), 0);
      assert.equal(secondsToRenewal(rrsig, policy, times.expiration + 10), 0);
      assert.equal(secondsToRenewal(rrsig, policy, times.inception - 1), 0, 'not valid yet');
    }),
  );
});

test('where the true time is one of two, a signature holds at both', () => {
  const window = { earliest: 1_800_000_000, latest: 1_830_000_000 };
  const { inception, expiration } = signatureTimes(presignedSignatures, window, 0.99);
  assert.ok(inception <= window.earliest - presignedSignatures.backSeconds);
  assert.ok(expiration >= window.latest + presignedSignatures.renewBeforeSeconds);
});

test('what was signed together is renewed over the whole spread', () => {
  const spread = Array.from({ length: 1000 }, (_, at) => spreadOf(childName(`n${at}`, apex), 61));
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const share = spread.filter(one => Math.floor(one * 10) === tenth).length;
    assert.ok(share > 60 && share < 140, `${share} of 1,000 in tenth ${tenth}`);
  }
});

test('a secondary that is left alone stops before its signatures do', () => {
  assert.ok(longestExpireSeconds < presignedSignatures.renewBeforeSeconds);
});
