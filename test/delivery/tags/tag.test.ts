import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthenticationFindings, AuthWord } from '../../../delivery/authenticate/findings.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import { computeIndex } from '../../../delivery/privacy/index.ts';
import type { TagFindings, TagRule } from '../../../delivery/tags/findings.ts';
import { decideTags as decide, type TagEvidence } from '../../../delivery/tags/tag.ts';

const friend = 'friend@friend.example';

function authentication(
  result: AuthWord,
  policy: AuthenticationFindings['dmarc']['policy'] = null,
): AuthenticationFindings {
  return {
    spf: { result: 'none', domain: null, aligned: false },
    dkim: [],
    dmarc: { result, policy, domain: 'friend.example' },
    arc: { result: 'none', sealer: null },
    iprev: { result: 'none', name: null },
    hops: [],
    authenticationResults: '',
  };
}

function evidence(change: Partial<TagEvidence> = {}, lines: readonly string[] = []): TagEvidence {
  const raw = [`From: Friend <${friend}>`, ...lines, '', 'hello', ''].join('\r\n');
  const message = parseMessage(Buffer.from(raw));
  return {
    message,
    summary: { originators: message.originators, listId: message.listId },
    authentication: authentication('pass', 'reject'),
    score: { verdict: 'ham', harmful: false },
    index: computeIndex('message', { encryption: 'none', lastHop: 'modern' }),
    rules: [],
    ...change,
  };
}

function decideTags(given: TagEvidence): TagFindings {
  return decide(given).tags;
}

function rule(change: Partial<TagRule>): TagRule {
  return { id: 'r1', subject: 'sender', value: friend, tagId: 't1', ...change };
}

/** Whether this one rule is met. */
function meets(
  change: Partial<TagRule>,
  given: Partial<TagEvidence> = {},
  lines: readonly string[] = [],
): boolean {
  return decideTags(evidence({ ...given, rules: [rule(change)] }, lines)).tagIds.length > 0;
}

test('a message goes to the inbox when nothing speaks against it', () => {
  assert.deepEqual(decideTags(evidence()), { roles: ['inbox'], tagIds: [], keywords: [], reasons: [] });
  assert.deepEqual(decideTags(evidence({ score: null, authentication: null, index: null })).roles, ['inbox']);
  assert.deepEqual(decideTags(evidence({ score: { verdict: 'unknown', harmful: false } })).roles, ['inbox']);
});

test('spam, reject, harmful and forged go to junk, each with its reason', () => {
  const cases: [Partial<TagEvidence>, string][] = [
    [{ score: { verdict: 'spam', harmful: false } }, 'spam'],
    [{ score: { verdict: 'reject', harmful: false } }, 'reject'],
    [{ score: { verdict: 'ham', harmful: true } }, 'harmful'],
    [{ authentication: authentication('fail', 'quarantine') }, 'forged'],
    [
      { authentication: authentication('fail', 'reject'), score: { verdict: 'spam', harmful: true } },
      'forged',
    ],
  ];
  for (const [given, id] of cases) {
    const { roles, keywords, reasons } = decideTags(evidence(given));
    assert.deepEqual(roles, ['junk']);
    assert.deepEqual(keywords, ['$junk']);
    assert.deepEqual(
      reasons.map(reason => [reason.tag, reason.rule]),
      [['junk', id]],
    );
  }
  assert.deepEqual(decideTags(evidence({ authentication: authentication('fail', 'none') })).roles, ['inbox']);
});

test('a rule by sender takes an address or a whole domain, without regard to case', () => {
  assert.ok(meets({ value: 'FRIEND@Friend.Example' }));
  assert.ok(meets({ value: '@friend.example' }));
  assert.ok(!meets({ value: '@example' }));
  assert.ok(!meets({ value: '@end.example' }));
  assert.ok(!meets({ value: 'end@friend.example' }));
});

test('a forged sender never meets a rule by sender, also not by way of a field', () => {
  for (const policy of ['none', 'quarantine', 'reject'] as const) {
    const forged = { authentication: authentication('fail', policy) };
    assert.ok(!meets({}, forged));
    assert.ok(!meets({ value: '@friend.example' }, forged));
    assert.ok(!meets({ subject: 'field', field: 'From', value: friend }, forged));
    assert.ok(!meets({ subject: 'field', field: 'Reply-To', value: 'x' }, forged, ['Reply-To: x@y.example']));
  }
  assert.ok(!meets({}, { authentication: null }));
  assert.ok(meets({}, { authentication: authentication('none') }));
  assert.ok(meets({}, { authentication: authentication('fail', 'reject'), authenticatedUser: friend }));
});

test('of several authors none meets a rule by sender', () => {
  assert.ok(!meets({}, {}, ['From: other@else.example']));
  const { message } = evidence({}, []);
  const [author] = message.originators.from;
  assert.ok(author);
  const originators = { ...message.originators, from: [author, author] };
  assert.ok(!meets({}, { summary: { originators, listId: null } }));
});

test('a rule by list, by field or by level', () => {
  const list = ['List-Id: Demo <Demo.Lists.example>', 'Subject: =?utf-8?q?Facture_d=E2=80=99=C3=A9t=C3=A9?='];
  assert.ok(meets({ subject: 'list', value: 'demo.lists.example' }, {}, list));
  assert.ok(meets({ subject: 'list', value: '<demo.lists.example>' }, {}, list));
  assert.ok(!meets({ subject: 'list', value: 'lists.example' }, {}, list));
  assert.ok(meets({ subject: 'field', field: 'subject', value: 'FACTURE' }, {}, list));
  assert.ok(meets({ subject: 'field', field: 'Subject', value: 'd’été' }, {}, list));
  assert.ok(!meets({ subject: 'field', field: 'X-None', value: 'a' }, {}, list));
  assert.ok(meets({ subject: 'level', value: 'e' }));
  assert.ok(!meets({ subject: 'level', value: 'A' }));
  assert.ok(!meets({ subject: 'level', value: 'E' }, { index: null }));
});

test('tags, keywords and reasons of all rules met are gathered, each tag once', () => {
  const rules = [
    rule({ keywords: ['$important'] }),
    rule({ id: 'r2', subject: 'level', value: 'E', keywords: ['$important', 'demo'] }),
    rule({ id: 'r3', subject: 'field', field: 'Subject', value: 'hi', tagId: 't2' }),
    rule({ id: 'r4', value: 'nobody@else.example', tagId: 't3' }),
  ];
  assert.deepEqual(decideTags(evidence({ rules }, ['Subject: Hi'])), {
    roles: ['inbox'],
    tagIds: ['t1', 't2'],
    keywords: ['$important', 'demo'],
    reasons: [
      { tag: 't1', rule: 'r1', text: `sender ${friend}`, french: `expéditeur ${friend}` },
      { tag: '$important', rule: 'r1', text: `sender ${friend}`, french: `expéditeur ${friend}` },
      { tag: 't1', rule: 'r2', text: 'level E', french: 'niveau E' },
      { tag: '$important', rule: 'r2', text: 'level E', french: 'niveau E' },
      { tag: 'demo', rule: 'r2', text: 'level E', french: 'niveau E' },
      { tag: 't2', rule: 'r3', text: 'field Subject contains hi', french: 'champ Subject contient hi' },
    ],
  });
});

test('a rule can keep a message out of the inbox, but not out of junk', () => {
  const rules = [rule({ skipInbox: true })];
  assert.deepEqual(decideTags(evidence({ rules })).roles, []);
  const junk = decideTags(evidence({ rules, score: { verdict: 'spam', harmful: false } }));
  assert.deepEqual([junk.roles, junk.tagIds], [['junk'], ['t1']]);
});
