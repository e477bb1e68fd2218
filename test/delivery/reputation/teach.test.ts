import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unseenSession } from '../../../delivery/delivery.ts';
import { reputationKeys } from '../../../delivery/reputation/keys.ts';
import { newEntry } from '../../../delivery/spam/personal/entry.ts';
import type { Learned } from '../../../delivery/spam/personal/learned.ts';
import { teachReputation } from '../../../delivery/teach-reputation.ts';
import { openTestParts, testConfig } from '../../support/door-process.ts';

const findings = {
  session: { ...unseenSession, source: 'live' as const, remoteAddress: '192.0.2.7' },
  authentication: null,
};
const keys = reputationKeys(findings);
const at = Math.floor(Date.UTC(2026, 2, 2, 12) / 1000);

function learned(isSpam: boolean, source: Learned['source'] = 'owner', isShared = true): Learned {
  const about = { id: '0011223344556677', isSpam, source, isShared, at, owner: 0, logOdds: 0 };
  return {
    isSpam,
    source,
    at: new Date(0),
    model: '',
    entry: newEntry(about, new Uint16Array()),
    dropped: [],
  };
}

const accounts = [1, 2].map(octet => ({ hashKey: new Uint8Array(32).fill(octet) }));

test('an account counts three times at most for one sender; others add to it; what is taken back is gone', async t => {
  const { store } = await openTestParts(t, testConfig(t));
  const [one, other] = accounts;
  assert.ok(one && other);
  const act = (before: Learned | null, after: Learned | null, account = one) =>
    teachReputation([{ findings, before, after }], account, { store });
  const counts = async () => {
    const [found] = await store.getSenderCounts(keys, new Date(at * 1000));
    return [found?.wanted ?? 0, found?.unwanted ?? 0];
  };
  for (let message = 0; message < 6; message++) await act(null, learned(true));
  assert.deepEqual(await counts(), [0, 3]);
  await act(null, learned(true), other);
  assert.deepEqual(await counts(), [0, 4]);
  for (const left of [4, 4, 4, 3, 2, 1]) {
    await act(learned(true), null);
    assert.deepEqual(await counts(), [0, left]);
  }
  await act(learned(true), learned(false), other);
  assert.deepEqual(await counts(), [1, 0]);
});

test('what is not shared counts for nobody; answers and correspondents count as wanted', async t => {
  const { store } = await openTestParts(t, testConfig(t));
  const [account] = accounts;
  assert.ok(account);
  const act = (after: Learned) => teachReputation([{ findings, before: null, after }], account, { store });
  const wanted = async () => (await store.getSenderCounts(keys, new Date(at * 1000)))[0]?.wanted ?? 0;
  await act(learned(true, 'owner', false));
  assert.deepEqual(await store.getSenderCounts(keys, new Date(at * 1000)), []);
  await act(learned(false, 'correspondent', false));
  assert.equal(await wanted(), 1);
});
