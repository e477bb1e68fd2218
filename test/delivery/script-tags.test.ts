import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scriptTags } from '../../delivery/script-tags.ts';
import { runFailures } from '../../delivery/sieve/run.ts';
import type { ScriptAction, ScriptOutcome } from '../../delivery/sieve/shape.ts';
import type { Tag, TagRole } from '../../delivery/store/store.ts';
import { pathToMake, tagOfPath } from '../../delivery/tag-paths.ts';
import type { TagFindings } from '../../delivery/tags/findings.ts';
import { reasonWords } from '../../delivery/tags/words.ts';

function tag(
  id: string,
  name: string,
  { role = null, parentId = null }: { role?: TagRole | null; parentId?: string | null } = {},
): Tag {
  const counts = { totalEmails: 0, unreadEmails: 0, totalThreads: 0, unreadThreads: 0 };
  return { id, name, role, parentId, sortOrder: 0, colour: null, isSubscribed: true, ...counts };
}

const tags: readonly Tag[] = [
  tag('i', 'Inbox', { role: 'inbox' }),
  tag('j', 'Junk', { role: 'junk' }),
  tag('t', 'Trash', { role: 'trash' }),
  tag('a', 'Old things', { role: 'archive' }),
  tag('w', 'Work'),
  tag('b', 'Boats', { parentId: 'w' }),
  tag('l', 'Lists', { parentId: 'i' }),
  tag('d', 'v1.2'),
  tag('c', 'caf\u00e9'),
];

const inInbox: TagFindings = { roles: ['inbox'], tagIds: ['r'], keywords: ['k'], reasons: [] };
const junkBy = (rule: string): TagFindings => ({
  roles: ['junk'],
  tagIds: [],
  keywords: ['$junk'],
  reasons: [{ tag: 'junk', rule, text: 'x' }],
});

function outcome(...actions: readonly ScriptAction[]): ScriptOutcome {
  return { actions, failure: null, trace: [] };
}

const file = (
  mailbox: string,
  more: Partial<Extract<ScriptAction, { kind: 'fileinto' }>> = {},
): ScriptAction => ({
  ...{ kind: 'fileinto', mailbox, specialUse: null, create: false, flags: [], line: 3 },
  ...more,
});
const keep: ScriptAction = { kind: 'keep', flags: [], line: null };

function placed(before: TagFindings, ...actions: readonly ScriptAction[]): string {
  const { tags: after } = scriptTags(before, outcome(...actions), tags);
  return [...after.roles, ...after.tagIds, ...after.keywords].join(' ');
}

test('a mailbox name means a tag by its path, a system tag by its role, or what other servers mean by it', () => {
  const named: Readonly<Record<string, string | undefined>> = {
    INBOX: 'i',
    inbox: 'i',
    Work: 'w',
    work: undefined,
    'Work/Boats': 'b',
    Boats: undefined,
    'INBOX/Lists': 'l',
    'Inbox/Lists': 'l',
    'INBOX/Work/Boats': 'b',
    'INBOX.Work.Boats': 'b',
    'Work.Boats': 'b',
    'INBOX.Lists': 'l',
    'v1.2': 'd',
    Archive: 'a',
    'Old things': 'a',
    junk: 'j',
    Spam: 'j',
    TRASH: 't',
    'cafe\u0301': 'c',
    constructor: undefined,
    '': undefined,
  };
  for (const [name, id] of Object.entries(named)) assert.equal(tagOfPath(name, tags)?.id, id, name);
});

test('what is there of a path is kept, the rest is to be made', () => {
  const made = (path: string) => {
    const { parent, missing } = pathToMake(path, tags);
    return [parent?.id ?? null, ...missing];
  };
  assert.deepEqual(made('Work/Boats/Red/Big'), ['b', 'Red', 'Big']);
  assert.deepEqual(made('New'), [null, 'New']);
  assert.deepEqual(made('INBOX/New/Er'), ['i', 'New', 'Er']);
  assert.deepEqual(made('INBOX.New.Er'), [null, 'New', 'Er']);
});

test('keep leaves the place that mail has without a script; filing takes it out, rules keep their tags', () => {
  assert.equal(placed(inInbox, keep), 'inbox r k');
  assert.equal(placed(inInbox, file('Work')), 'r w k');
  assert.equal(placed(inInbox, file('Work'), keep), 'inbox r w k');
  assert.equal(placed(inInbox, file('Work'), file('Work'), file('Archive')), 'archive r w k');
  assert.equal(placed(inInbox, file('Nowhere')), 'inbox r k');
  assert.equal(placed(inInbox, file('Nowhere'), file('Work')), 'inbox r w k');
  assert.equal(placed(inInbox, file('Spam', { specialUse: '\\Trash' })), 'trash r k');
  assert.equal(placed(inInbox, file('Work', { specialUse: '\\All' })), 'r w k');
});

test('a script takes unwanted mail out of junk where it files it, but not what is forged or harmful', () => {
  for (const rule of ['spam', 'reject']) {
    assert.equal(placed(junkBy(rule), keep), 'junk $junk');
    assert.equal(placed(junkBy(rule), file('Work')), 'w');
    assert.equal(placed(junkBy(rule), file('INBOX')), 'inbox');
  }
  for (const rule of ['forged', 'harmful']) {
    assert.equal(placed(junkBy(rule), keep), 'junk $junk');
    assert.equal(placed(junkBy(rule), file('Work')), 'junk w $junk');
    assert.equal(placed(junkBy(rule), file('INBOX')), 'junk $junk');
  }
});

test('what is discarded goes to the trash alone, unless the script also keeps it', () => {
  const discard: ScriptAction = { kind: 'discard', line: 7 };
  assert.equal(placed(inInbox, discard), 'trash k');
  assert.equal(placed(junkBy('spam'), discard), 'trash $junk');
  assert.equal(placed(inInbox, discard, keep), 'inbox r k');
  assert.equal(placed(inInbox, discard, file('Work')), 'r w k');
  const [reason] = scriptTags(inInbox, outcome(discard), tags).tags.reasons;
  assert.deepEqual(reason, { tag: 't', rule: 'sieve:discard', text: 'line 7' });
});

test('flags become keywords, as far as JMAP has them', () => {
  const flags = [
    '\\Seen',
    '\\FLAGGED',
    '\\Deleted',
    '\\x',
    'Work',
    '$Label1',
    'a b',
    'b(c',
    '\u00e9',
    'work',
  ];
  assert.equal(placed(inInbox, { kind: 'keep', flags, line: 2 }), 'inbox r k $seen $flagged work $label1');
});

test('a failed run leaves everything as it was', () => {
  const failure = { line: 12, text: runFailures.work };
  const { tags: after } = scriptTags(inInbox, { actions: [keep], failure, trace: [] }, tags);
  const { reasons, ...rest } = after;
  assert.deepEqual(rest, { roles: inInbox.roles, tagIds: inInbox.tagIds, keywords: inInbox.keywords });
  assert.deepEqual(reasons, [{ tag: 'i', rule: 'sieve:failed', text: `line 12: ${runFailures.work}` }]);
});

test('why a run failed is told in both languages', () => {
  for (const text of Object.values(runFailures)) {
    const { en, fr } = reasonWords({ tag: 'i', rule: 'sieve:failed', text: `line 12: ${text}` });
    assert.ok(en.endsWith(` (line 12: ${text}).`), en);
    assert.match(fr, / \(ligne 12\u00a0: [^)]+\)\.$/);
    assert.ok(!fr.includes(text), fr);
  }
  const named = reasonWords({ tag: 'i', rule: 'sieve:unknown', text: 'line 3: a: b' });
  assert.match(named.fr, /qui n’existe pas \(ligne 3\u00a0: a: b\)\.$/);
  assert.match(reasonWords({ tag: 'i', rule: 'sieve', text: 'line 3' }).fr, /donnée \(ligne 3\)\.$/);
});
