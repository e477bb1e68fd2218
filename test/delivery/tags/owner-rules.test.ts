import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseMessage } from '../../../delivery/message/message.ts';
import { ruleFaults } from '../../../delivery/tags/check.ts';
import {
  type RuleActions,
  type RuleCondition,
  type RuleForm,
  ruleOperators,
  ruleSubjects,
  type TagRule,
} from '../../../delivery/tags/findings.ts';
import { emptyMemory } from '../../../delivery/tags/memory.ts';
import { formOf, noActions, storedRule } from '../../../delivery/tags/owner-rules.ts';
import { type Decision, decideTags, type TagEvidence } from '../../../delivery/tags/tag.ts';

const raw = [
  'From: "Ada Byron" <ada@shop.example>',
  'To: Owner <owner+shop@example.org>, Bob <bob@example.net>',
  'Subject: =?utf-8?q?Facture_d=E2=80=99=C3=A9t=C3=A9?=',
  'List-Id: Clients <clients.shop.example>',
  'X-Order: 4711',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  '',
  'Thank   you for',
  'your order.',
  '--b',
  'Content-Type: application/pdf; name="facture.pdf"',
  'Content-Disposition: attachment',
  '',
  'x',
  '--b--',
  '',
].join('\r\n');

function evidence(change: Partial<TagEvidence> = {}): TagEvidence {
  const message = parseMessage(Buffer.from(raw));
  return {
    message,
    summary: { originators: message.originators, listId: message.listId },
    authentication: null,
    authenticatedUser: 'ada@shop.example',
    score: { verdict: 'ham', harmful: false },
    index: { level: 'C' },
    rules: [],
    forwardPath: 'owner+shop@example.org',
    importance: 2,
    taught: { memory: emptyMemory, hash: () => 0, wishes: { sortsByStructure: false, learnsTags: false } },
    ...change,
  };
}

function form(
  conditions: readonly RuleCondition[],
  actions: Partial<RuleActions> = { tagIds: ['t1'] },
): RuleForm {
  const all = { ...noActions, ...actions };
  return { name: '', match: 'all', conditions, actions: all, stop: false, isEnabled: true };
}

function decideBy(forms: readonly RuleForm[], given: Partial<TagEvidence> = {}): Decision {
  const rules = forms.map((one, place) => storedRule(`r${place}`, one));
  return decideTags(evidence({ ...given, rules }));
}

function meets(condition: RuleCondition, given: Partial<TagEvidence> = {}): boolean {
  assert.deepEqual(ruleFaults(form([condition])), []);
  return decideBy([form([condition])], given).tags.tagIds.length > 0;
}

const cases: readonly [RuleCondition, met: boolean][] = [
  [{ subject: 'sender', operator: 'is', value: 'ADA@shop.example' }, true],
  [{ subject: 'sender', operator: 'is', value: '@shop.example' }, true],
  [{ subject: 'sender', operator: 'is', value: 'shop.example' }, false],
  [{ subject: 'sender', operator: 'contains', value: 'byron' }, true],
  [{ subject: 'recipient', operator: 'is', value: 'bob@example.net' }, true],
  [{ subject: 'recipient', operator: 'is', value: 'owner+shop@example.org' }, true],
  [{ subject: 'recipient', operator: 'contains', value: '+other@' }, false],
  [{ subject: 'list', operator: 'is', value: '<Clients.shop.example>' }, true],
  [{ subject: 'list', operator: 'contains', value: 'shop' }, true],
  [{ subject: 'list', operator: 'exists', value: '' }, true],
  [{ subject: 'field', operator: 'exists', field: 'x-order', value: '' }, true],
  [{ subject: 'field', operator: 'exists', field: 'x-none', value: '' }, false],
  [{ subject: 'field', operator: 'is', field: 'X-Order', value: '4711' }, true],
  [{ subject: 'field', operator: 'is', field: 'X-Order', value: '471' }, false],
  [{ subject: 'field', operator: 'startsWith', field: 'Subject', value: 'FACTURE D’' }, true],
  [{ subject: 'field', operator: 'endsWith', field: 'Subject', value: 'ÉTÉ' }, true],
  [{ subject: 'field', operator: 'endsWith', field: 'Subject', value: 'facture' }, false],
  [{ subject: 'text', operator: 'contains', value: 'thank you for your order' }, true],
  [{ subject: 'text', operator: 'contains', value: 'facture' }, true],
  [{ subject: 'text', operator: 'contains', value: 'refund' }, false],
  [{ subject: 'level', operator: 'is', value: 'c' }, true],
  [{ subject: 'level', operator: 'atLeast', value: 'D' }, true],
  [{ subject: 'level', operator: 'atLeast', value: 'B' }, false],
  [{ subject: 'level', operator: 'atMost', value: 'B' }, true],
  [{ subject: 'level', operator: 'atMost', value: 'D' }, false],
  [{ subject: 'importance', operator: 'atLeast', value: '2' }, true],
  [{ subject: 'importance', operator: 'atMost', value: '-1' }, false],
  [{ subject: 'attachment', operator: 'exists', value: '' }, true],
  [{ subject: 'attachment', operator: 'contains', value: '.PDF' }, true],
  [{ subject: 'attachment', operator: 'contains', value: 'application/pdf' }, true],
  [{ subject: 'attachment', operator: 'contains', value: '.zip' }, false],
  [{ subject: 'size', operator: 'atLeast', value: '100' }, true],
  [{ subject: 'size', operator: 'atMost', value: '100' }, false],
];

test('each condition holds where it should, and the other way round when it is negated', () => {
  for (const [condition, met] of cases) {
    const name = JSON.stringify(condition);
    assert.equal(meets(condition), met, name);
    assert.equal(meets({ ...condition, isNegated: true }), !met, name);
  }
});

test('what is not known meets nothing', () => {
  assert.ok(!meets({ subject: 'level', operator: 'atMost', value: 'A' }, { index: null }));
  const forged = { authenticatedUser: null };
  assert.ok(!meets({ subject: 'sender', operator: 'contains', value: 'ada' }, forged));
  assert.ok(!meets({ subject: 'field', operator: 'contains', field: 'From', value: 'ada' }, forged));
});

const isAda: RuleCondition = { subject: 'sender', operator: 'is', value: 'ada@shop.example' };
const isBob: RuleCondition = { subject: 'sender', operator: 'is', value: 'bob@example.net' };

test('all conditions must hold, or any', () => {
  const tags = (match: 'all' | 'any') => decideBy([{ ...form([isAda, isBob]), match }]).tags.tagIds;
  assert.deepEqual([tags('all'), tags('any')], [[], ['t1']]);
});

test('rules run in order, see what those before did, and one can be the last', () => {
  const hasTag = { subject: 'tag', operator: 'is', value: 't1' } as const;
  const first = form([isAda], { tagIds: ['t1'], keywords: ['bill'] });
  const second = form([hasTag], { tagIds: ['t2'], untagIds: ['t1', 'bill'] });
  const third = form([isAda], { tagIds: ['t3'] });
  const { tags } = decideBy([first, second, third]);
  assert.deepEqual([tags.tagIds, tags.keywords], [['t2', 't3'], []]);
  assert.deepEqual(
    tags.reasons.map(({ tag, rule }) => [tag, rule]),
    [
      ['t2', 'r1'],
      ['t3', 'r2'],
    ],
  );
  assert.deepEqual(decideBy([first, { ...second, stop: true }, third]).tags.tagIds, ['t2']);
  assert.deepEqual(decideBy([second, first]).tags.tagIds, ['t1']);
  assert.deepEqual(decideBy([{ ...first, isEnabled: false }, second]).tags.tagIds, []);
});

test('a rule archives, marks as read, sets the importance', () => {
  const { tags, importance } = decideBy([
    form([isAda], { archive: true, markRead: true, importance: -4 }),
    form([{ subject: 'importance', operator: 'atMost', value: '-4' }], { tagIds: ['dull'] }),
  ]);
  assert.deepEqual([tags.roles, tags.keywords, tags.tagIds], [['archive'], ['$seen'], ['dull']]);
  assert.deepEqual(importance, { value: -4, rule: 'r0' });
  assert.equal(decideBy([form([isAda])]).importance, null);
  assert.deepEqual(decideBy([form([isAda], { skipInbox: true })]).tags.roles, ['archive']);
  assert.deepEqual(decideBy([form([isAda], { skipInbox: true, tagIds: ['t1'] })]).tags.roles, []);
});

test('no rule takes a message out of junk', () => {
  const rules = [form([isAda], { archive: true, untagIds: ['$junk'] })];
  const { tags } = decideBy(rules, { score: { verdict: 'spam', harmful: false } });
  assert.deepEqual([tags.roles, tags.keywords], [['junk'], ['$junk']]);
});

test('what the short form can say is stored in it, and the rest never holds for whoever reads the short form alone', () => {
  const short = storedRule('r1', form([isAda], { tagIds: ['t1'], keywords: ['k'], skipInbox: true }));
  assert.deepEqual(short, {
    ...{ id: 'r1', subject: 'sender', value: isAda.value, tagId: 't1' },
    ...{ keywords: ['k'], skipInbox: true },
  });
  const { form: _form, ...rest } = storedRule('r2', form([isAda], { archive: true }));
  assert.deepEqual(decideTags(evidence({ rules: [rest] })).tags.tagIds, []);
});

const condition: fc.Arbitrary<RuleCondition> = fc
  .record({
    subject: fc.constantFrom(...ruleSubjects),
    operator: fc.constantFrom(...ruleOperators),
    value: fc.oneof(fc.constantFrom('', 'B', '3', '-10', '@shop.example', 'ada'), fc.string()),
    hasField: fc.boolean(),
    isNegated: fc.boolean(),
  })
  .map(({ hasField, isNegated, ...given }) => ({
    ...given,
    ...(hasField ? { field: 'Subject' } : {}),
    ...(isNegated ? { isNegated } : {}),
  }));
const plain = { noNullPrototype: true };
const anyForm: fc.Arbitrary<RuleForm> = fc.record(
  {
    name: fc.string(),
    match: fc.constantFrom('all', 'any'),
    conditions: fc.array(condition, { maxLength: 4 }),
    actions: fc.record(
      {
        tagIds: fc.array(fc.constantFrom('t1', 't2'), { maxLength: 2 }),
        untagIds: fc.array(fc.constantFrom('t1', 't2'), { maxLength: 2 }),
        keywords: fc.array(fc.constantFrom('k'), { maxLength: 1 }),
        archive: fc.boolean(),
        skipInbox: fc.boolean(),
        markRead: fc.boolean(),
        importance: fc.option(fc.integer({ min: -10, max: 10 })),
      },
      plain,
    ),
    stop: fc.boolean(),
    isEnabled: fc.boolean(),
  },
  plain,
);

test('a rule is read as it was stored, and any rule can be decided by', () => {
  fc.assert(
    fc.property(anyForm, one => {
      const rule: TagRule = storedRule('r1', one);
      assert.deepEqual(formOf(JSON.parse(JSON.stringify(rule))), one);
      if (one.conditions.length > 0) decideTags(evidence({ rules: [rule] }));
    }),
  );
});

test('a message whose header is nothing but long costs many rules little', () => {
  const long = '=?utf-8?q?a=C3=A9?= '.repeat(40_000);
  const ask = (subject: RuleCondition['subject'], operator: RuleCondition['operator']) =>
    [
      { subject, operator, ...(subject === 'field' ? { field: 'Subject' } : {}), value: '@no.example' },
    ] as const;
  const asked = [ask('field', 'contains'), ask('sender', 'contains'), ask('recipient', 'contains')];
  const forms = Array.from({ length: 200 }, (_, n) => form(asked[n % asked.length] ?? []));
  const head = `From: ${long} <ada@shop.example>\r\nTo: ${long} <b@c.example>\r\nSubject: ${long}\r\n\r\n`;
  const message = parseMessage(Buffer.from(head));
  const start = process.cpuUsage();
  assert.deepEqual(decideBy(forms, { message }).tags.tagIds, []);
  const { user, system } = process.cpuUsage(start);
  assert.ok(user + system < 1_000_000, `${user + system} µs`);
});

test('what can mean nothing is refused', () => {
  const wrong: readonly RuleCondition[] = [
    { subject: 'level', operator: 'contains', value: 'A' },
    { subject: 'level', operator: 'is', value: 'F' },
    { subject: 'size', operator: 'atLeast', value: '1 MB' },
    { subject: 'importance', operator: 'atLeast', value: '11' },
    { subject: 'field', operator: 'contains', value: 'x' },
    { subject: 'text', operator: 'contains', field: 'Subject', value: 'x' },
    { subject: 'list', operator: 'exists', value: 'x' },
    { subject: 'sender', operator: 'is', value: '  ' },
  ];
  for (const one of wrong) assert.equal(ruleFaults(form([one])).length, 1, JSON.stringify(one));
  assert.equal(ruleFaults(form([isAda], {}))[0]?.property, 'actions');
  assert.equal(ruleFaults(form([]))[0]?.property, 'conditions');
  assert.equal(ruleFaults(form(Array(21).fill(isAda)))[0]?.property, 'conditions');
});
