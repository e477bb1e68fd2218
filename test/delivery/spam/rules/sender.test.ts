import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReputationFindings } from '../../../../delivery/reputation/findings.ts';
import { emptyModel } from '../../../../delivery/spam/model.ts';
import { reasonText } from '../../../../delivery/spam/reasons.ts';
import { senderRules } from '../../../../delivery/spam/rules/sender.ts';
import { type ScoreRequest, scoreMessage } from '../../../../delivery/spam/score.ts';
import { messageOf } from '../messages.ts';

const nothing: ReputationFindings = { standing: null, verdicts: 0, lists: [], filter: null };

function scored(reputation: Partial<ReputationFindings>, more: Partial<ScoreRequest> = {}) {
  return scoreMessage({
    message: messageOf('Shall we meet on Friday?'),
    authentication: null,
    knownSender: false,
    model: emptyModel(),
    junkAt: 0.8,
    rejectAt: 1,
    reputation: { ...nothing, ...reputation },
    ...more,
  });
}

const plain = scored({});
const entry = (of: string, weight: number, zone = 'zen.example') => ({ zone, of, code: '127.0.0.2', weight });
const said = (score: number) => ({ filter: 'rspamd' as const, score, required: 6, symbols: ['A_RULE'] });

const cases: ReadonlyArray<readonly [rule: string, found: Partial<ReputationFindings>, isAgainst: boolean]> =
  [
    ['goodReputation', { standing: 0.8, verdicts: 6 }, false],
    ['badReputation', { standing: -0.8, verdicts: 6 }, true],
    ['addressOnList', { lists: [entry('192.0.2.7', 1)] }, true],
    ['addressOnList', { lists: [entry('2001:db8::7', 1)] }, true],
    ['domainOnList', { lists: [entry('bad.example', 0.7)] }, true],
    ['senderCommended', { lists: [entry('192.0.2.7', -1)] }, false],
    ['otherFilterSpam', { filter: said(9) }, true],
    ['otherFilterHam', { filter: said(-2) }, false],
  ];

for (const [rule, found, isAgainst] of cases) {
  test(`${rule} weighs ${isAgainst ? 'against' : 'for'} the message, in words of both languages`, () => {
    const { score, reasons } = scored(found);
    assert.ok(
      reasons.some(({ id }) => id === rule),
      JSON.stringify(reasons),
    );
    assert.ok(isAgainst ? (score ?? 0) > (plain.score ?? 0) : (score ?? 1) < (plain.score ?? 1));
    for (const language of ['en', 'fr'] as const) assert.notEqual(reasonText(rule, language), rule);
  });
}

test('nothing known, a standing near the middle and a score at half the threshold say nothing', () => {
  const ids = new Set(senderRules.map(({ id }) => id));
  for (const found of [{}, { standing: 0.05, verdicts: 9 }, { filter: said(3) }]) {
    const { reasons } = scored(found);
    assert.deepEqual(
      reasons.filter(({ id }) => ids.has(id)),
      [],
    );
  }
});

test('however many lists warn, they alone never make a refusal', () => {
  const lists = Array.from({ length: 30 }, (_, at) =>
    entry(at % 2 ? '192.0.2.7' : 'bad.example', 1, `l${at}.example`),
  );
  const strict = { junkAt: 0.5, rejectAt: 0.1 };
  const alone = scored({ lists }, strict);
  assert.ok((alone.score ?? 0) > 0.1, `${alone.score}`);
  assert.notEqual(alone.verdict, 'reject');
  const spam = messageOf(
    'You have won a lottery prize of $5,000,000. Click here to claim. Buy cheap viagra pills now!',
  );
  const without = scored({}, { ...strict, message: spam });
  assert.ok((without.score ?? 0) >= 0.5, `${without.score}`);
  assert.equal(scored({ lists }, { ...strict, message: spam }).verdict, 'reject');
});
