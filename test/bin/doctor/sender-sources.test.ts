import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceFindings } from '../../../bin/doctor/sender-sources.ts';
import { testConfig } from '../../support/door-process.ts';
import { recordsOf, startNameServer } from '../../support/name-server.ts';

test('doctor tests each DNS list, and asks the other filter', async t => {
  const { address } = await startNameServer(t, question => {
    if (question.name.endsWith('.dead.example')) return null;
    if (question.name.endsWith('.all.example'))
      return { answers: [{ type: 'A', name: question.name, ttl: 60, data: '127.0.0.2' }] };
    return recordsOf({ 'A 2.0.0.127.zen.example': ['127.0.0.2'], 'A test.dom.example': ['127.0.1.2'] })(
      question,
    );
  });
  const config = testConfig(t, {
    'resolver.servers': [address],
    'resolver.timeoutMilliseconds': 500,
    'dnsLists.addresses': ['zen.example=127.0.0.2', 'all.example=127.0.0.2', 'dead.example=127.0.0.2'],
    'dnsLists.domains': ['dom.example=127.0.1.2', 'other.example=127.0.1.2'],
    'filter.spamd': '127.0.0.1:9',
  });
  const findings = await sourceFindings(config);
  for (const { status, todo } of findings) assert.equal(status === 'ok', todo === undefined);
  assert.deepEqual(
    findings.map(({ check, status, detail }) => `${check} ${status} ${detail}`),
    [
      'dns list ok zen.example lists its test entry and not everything',
      'dns list warn all.example: lists everything',
      'dns list warn dead.example: ETIMEOUT',
      'dns list ok dom.example lists its test entry and not everything',
      'dns list warn other.example: does not list its test entry',
      'filter warn 127.0.0.1:9: connect ECONNREFUSED 127.0.0.1:9',
    ],
  );
  assert.deepEqual(await sourceFindings(testConfig(t)), []);
});
