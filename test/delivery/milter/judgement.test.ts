import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgementOf, unjudged } from '../../../delivery/milter/judgement.ts';
import type { OwnerAssessment } from '../../../delivery/pipeline.ts';
import type { Verdict } from '../../../delivery/spam/findings.ts';
import { reasonText } from '../../../delivery/spam/reasons.ts';

function owner(verdict: Verdict, failed: readonly string[] = []): OwnerAssessment {
  const score = {
    score: 0.9999,
    verdict,
    harmful: false,
    importance: 'normal' as const,
    reasons: [
      { id: 'unauthenticated', weight: -1 },
      { id: 'prior', weight: 5 },
      { id: 'prize', weight: 3 },
    ],
    model: '1:prior:0+0',
  };
  const findings = { authenticate: null, reputation: null, decrypt: null, score, tag: null };
  return { recipient: null, findings, facts: null, index: null, failed };
}

const stranger = {
  recipients: ['ada@example.org'],
  isStranger: true,
  appeal: '',
  hostname: 'mx.example.org',
};

test('a verdict of reject refuses with the heaviest reason and a way to appeal', () => {
  const { outcome, reply, fields } = judgementOf(owner('reject'), stranger);
  assert.equal(outcome, 'refused');
  assert.match(
    reply ?? '',
    /^550 5\.7\.1 Message refused: it looks like spam \([A-Z][^)]+\)\. If that is wrong/,
  );
  assert.ok(reply?.includes(`(${reasonText('prize', 'en')})`), 'what the sender can mend goes first');
  assert.match(reply ?? '', / postmaster@example\.org$/);
  assert.deepEqual(fields, []);
  const page = judgementOf(owner('reject'), { ...stranger, appeal: 'https://example.org/refused' });
  assert.match(page.reply ?? '', / https:\/\/example\.org\/refused$/);
  assert.match(
    judgementOf(owner('reject'), { ...stranger, recipients: ['ada'] }).reply ?? '',
    /@mx\.example\.org$/,
  );
});

test('nothing else is refused: other verdicts, users, postmaster and abuse, judging that failed in part', () => {
  for (const verdict of ['ham', 'spam', 'unknown'] as const) {
    assert.equal(judgementOf(owner(verdict), stranger).outcome, 'judged');
  }
  assert.equal(judgementOf(owner('reject'), { ...stranger, isStranger: false }).reply, null);
  assert.equal(judgementOf(owner('reject', ['authenticate']), stranger).reply, null);
  for (const path of ['postmaster', 'Postmaster@example.org', 'abuse@example.org']) {
    const { reply, fields } = judgementOf(owner('reject'), {
      ...stranger,
      recipients: ['ada@example.org', path],
    });
    assert.equal(reply, null);
    assert.match(fields[1]?.value ?? '', /verdict=reject/);
  }
});

test('what could not be judged passes and says why, or is put off for now', () => {
  assert.deepEqual(unjudged('failed', 'accept').fields, [
    { name: 'X-Caliopen-Authentication', value: 'unknown; unjudged=failed' },
    { name: 'X-Caliopen-Score', value: 'unknown; unjudged=failed' },
    { name: 'X-Caliopen-Privacy', value: 'unknown; unjudged=failed' },
  ]);
  assert.match(unjudged('failed', 'tempfail').reply ?? '', /^451 4\.3\.0 /);
});
