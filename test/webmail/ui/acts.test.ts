import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Act, acts, type Changeable, patchOf } from '../../../webmail/ui/acts.ts';
import { patched } from '../../../webmail/ui/email-patch.ts';
import { inverse } from '../../../webmail/ui/inverse-patch.ts';
import { leaves } from '../../../webmail/ui/leaving.ts';

const tags = [
  { id: 'i', role: 'inbox' },
  { id: 'a', role: 'archive' },
  { id: 'd', role: 'drafts' },
  { id: 's', role: 'sent' },
  { id: 'j', role: 'junk' },
  { id: 't', role: 'trash' },
  { id: 'boat', role: null },
  { id: 'tea', role: null },
] as const;

const plain = { noNullPrototype: true };
const setOf = (names: readonly string[], minLength: number) =>
  fc
    .uniqueArray(fc.constantFrom(...names), { minLength })
    .map(chosen => Object.fromEntries(chosen.map(name => [name, true] as const)));
const emails: fc.Arbitrary<Changeable> = fc.record(
  {
    mailboxIds: setOf(
      tags.map(tag => tag.id),
      1,
    ),
    keywords: setOf(['$seen', '$junk', '$notjunk', '$flagged'], 0),
  },
  plain,
);
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.constantFrom(...acts),
  fc.record({ tagId: fc.constantFrom('boat', 'tea'), isAdded: fc.boolean() }, plain),
);

const email = (ids: readonly string[], keywords: readonly string[] = []): Changeable => ({
  mailboxIds: Object.fromEntries(ids.map(id => [id, true])),
  keywords: Object.fromEntries(keywords.map(name => [name, true])),
});
const after = (act: Act, before: Changeable) => {
  const patch = patchOf(act, before, tags);
  return patch && patched(before, patch);
};

test('whatever is done can be taken back, and leaves every message under a tag', () => {
  fc.assert(
    fc.property(emails, anyAct, (before, act) => {
      const patch = patchOf(act, before, tags);
      if (!patch) return;
      const now = patched(before, patch);
      assert.notDeepEqual(now, before);
      assert.ok(Object.keys(now.mailboxIds).length > 0);
      assert.deepEqual(patched(now, inverse(patch)), before);
    }),
  );
});

test('doing it again changes nothing', () => {
  fc.assert(
    fc.property(emails, anyAct, (before, act) => {
      const now = after(act, before);
      if (now) assert.equal(patchOf(act, now, tags), null);
    }),
  );
});

test('an act that leaves a list takes the message out of it, and one that stays does not', () => {
  fc.assert(
    fc.property(emails, anyAct, fc.constantFrom(...tags), (before, act, { id }) => {
      const now = after(act, before);
      if (!now || !before.mailboxIds[id]) return;
      if (!now.mailboxIds[id]) assert.ok(leaves(act, id, tags), `${JSON.stringify(act)} of ${id}`);
    }),
  );
});

test('archiving keeps the owner’s tags; junk and trash take all away', () => {
  const before = email(['i', 'boat'], ['$seen']);
  assert.deepEqual(after('archive', before), email(['boat', 'a'], ['$seen']));
  assert.deepEqual(after('junk', before), email(['j'], ['$seen', '$junk']));
  assert.deepEqual(after('trash', before), email(['t'], ['$seen']));
  assert.deepEqual(after('notJunk', email(['j'], ['$junk'])), email(['i'], ['$notjunk']));
});

test('what one wrote oneself is neither junk nor archived', () => {
  for (const id of ['s', 'd']) {
    assert.equal(patchOf('junk', email([id]), tags), null);
    assert.equal(patchOf('archive', email([id]), tags), null);
  }
});

test('the last tag gives way to the archive', () => {
  const removal = { tagId: 'boat', isAdded: false };
  assert.deepEqual(after(removal, email(['boat'])), email(['a']));
  assert.deepEqual(after(removal, email(['boat', 'tea'])), email(['tea']));
});
