import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Counter, Registry } from 'prom-client';
import { silentLog } from '../../delivery/log.ts';
import { gatherMetrics, learnedCounter, openMetrics } from '../../delivery/metrics.ts';
import { publishSelfCheck } from '../../delivery/store/cassandra/mail/self-check-news.ts';
import { poll } from '../support/poll.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const failedScore = { failed: ['score'], judgings: [], lessons: 0 };

function webRegistry(): Registry {
  const registry = new Registry();
  new Counter({ name: 'caliopen_own_total', help: 'Of the web door', registers: [registry] }).inc();
  return registry;
}

test('one scrape shows the counters of every door of the data folder', async t => {
  const data = temporaryFolder(t);
  const smtp = openMetrics(data, 'smtp', { log: silentLog });
  const lmtp = openMetrics(data, 'lmtp', { log: silentLog });
  t.after(() => Promise.all([smtp.close(), lmtp.close()]));
  smtp.delivered('smtp', [{ forwardPath: 'a@example.org', status: 'stored', emailId: 'M1' }], 0.02);
  lmtp.delivered('lmtp', [{ forwardPath: 'a@example.org', status: 'deferred', code: 'overQuota' }], 0.02);
  lmtp.judged('lmtp', failedScore);
  const text = await gatherMetrics(data, webRegistry());
  assert.match(text, /caliopen_deliveries_total\{door="smtp",outcome="stored"\} 1/);
  assert.match(text, /caliopen_deliveries_total\{door="lmtp",outcome="overQuota"\} 1/);
  assert.match(text, /caliopen_stage_failures_total\{stage="score"\} 1/);
  assert.match(text, /caliopen_own_total 1/);
  assert.doesNotMatch(text, /example\.org/);
});

test('a door that has ended leaves the scrape, and its socket is swept', async t => {
  const data = temporaryFolder(t);
  const smtp = openMetrics(data, 'smtp', { log: silentLog });
  smtp.judged('smtp', failedScore);
  await gatherMetrics(data, webRegistry());
  await smtp.close();
  writeFileSync(join(data, 'metrics', 'lmtp-1'), '');
  const text = await gatherMetrics(data, webRegistry());
  assert.doesNotMatch(text, /stage_failures/);
  assert.equal(existsSync(join(data, 'metrics', 'lmtp-1')), false);
});

test('a door whose counters nobody can read says so and goes on', async t => {
  const data = join(temporaryFolder(t), 'a'.repeat(120));
  const events: string[] = [];
  const log = { ...silentLog, warn: (_fields: object, event: string) => void events.push(event) };
  const smtp = openMetrics(data, 'smtp', { log });
  await poll('the warning', () => events[0]);
  assert.deepEqual(events, ['metricsUnavailable']);
  smtp.judged('smtp', failedScore);
  await smtp.close();
});

test('faults that the store of a door finds when it checks itself are counted, until the door ends', async t => {
  const data = temporaryFolder(t);
  const lmtp = openMetrics(data, 'lmtp', { log: silentLog });
  publishSelfCheck({ checkedEmails: 40, faults: ['linkMissing', 'bucketCount', 'linkMissing'] });
  publishSelfCheck({ checkedEmails: 2, faults: [] });
  const text = await gatherMetrics(data, webRegistry());
  assert.match(text, /caliopen_store_faults_total\{kind="linkMissing"\} 2/);
  assert.match(text, /caliopen_store_faults_total\{kind="bucketCount"\} 1/);
  assert.match(text, /caliopen_store_checked_emails_total 42/);
  await lmtp.close();
  publishSelfCheck({ checkedEmails: 1, faults: ['linkWrong'] });
});

test('verdicts, probabilities, partial messages and what is learned from are counted over all doors', async t => {
  const data = temporaryFolder(t);
  const smtp = openMetrics(data, 'smtp', { log: silentLog });
  t.after(() => smtp.close());
  const own = new Registry();
  learnedCounter(own).inc({ by: 'owner' }, 2);
  const judging = { isPartial: false, seconds: 0.002 };
  smtp.judged('smtp', {
    failed: [],
    judgings: [
      { ...judging, verdict: 'spam', score: 0.97, isPartial: true },
      { ...judging, verdict: 'ham', score: 0.004 },
      { ...judging, verdict: 'unknown', score: null },
    ],
    lessons: 1,
  });
  const lines = (await gatherMetrics(data, own)).split('\n');
  for (const line of [
    'caliopen_verdicts_total{door="smtp",verdict="spam"} 1',
    'caliopen_verdicts_total{door="smtp",verdict="ham"} 1',
    'caliopen_verdicts_total{door="smtp",verdict="unknown"} 1',
    'caliopen_partial_total 1',
    'caliopen_spam_probability_bucket{le="0.01"} 1',
    'caliopen_spam_probability_bucket{le="0.99"} 2',
    'caliopen_spam_probability_count 2',
    'caliopen_score_seconds_count 3',
    'caliopen_learned_total{by="owner"} 2',
    'caliopen_learned_total{by="delivery"} 1',
  ])
    assert.ok(lines.includes(line), line);
});
