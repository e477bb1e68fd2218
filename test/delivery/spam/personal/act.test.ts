import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelOf, type Marks, wordOf } from '../../../../delivery/spam/personal/act.ts';
import type { Learned } from '../../../../delivery/spam/personal/learned.ts';

function marks(where: 'inbox' | 'junk' | 'trash', ...keywords: string[]): Marks {
  return { isJunk: where === 'junk', isTrash: where === 'trash', keywords };
}

test('what a change of mailboxes and keywords says', () => {
  const rows: [Marks, Marks, ReturnType<typeof wordOf>][] = [
    [marks('inbox'), marks('junk'), 'in'],
    [marks('junk', '$junk'), marks('inbox', '$junk'), 'out'],
    [marks('junk'), marks('trash'), null],
    [marks('inbox'), marks('trash'), null],
    [marks('inbox'), marks('inbox', '$junk'), 'spam'],
    [marks('inbox', '$notjunk'), marks('junk', '$junk'), 'in'],
    [marks('inbox', '$notjunk'), marks('inbox', '$junk'), 'spam'],
    [marks('junk'), marks('junk', '$notjunk'), 'ham'],
    [marks('junk', '$junk'), marks('inbox', '$notjunk'), 'ham'],
    [marks('inbox', '$junk'), marks('inbox'), 'out'],
    [marks('inbox', '$notjunk'), marks('inbox'), 'none'],
    [marks('inbox'), marks('inbox', '$seen'), null],
    [marks('junk', '$junk'), marks('trash'), null],
  ];
  for (const [before, after, word] of rows)
    assert.equal(wordOf(before, after), word, JSON.stringify([before, after]));
});

const record = (isSpam: boolean | null, source: Learned['source'] = 'owner'): Learned => ({
  ...{ isSpam, source, at: new Date(0), model: '' },
  entry: null,
  dropped: [],
});

test('moving back what was moved undoes it, moving what was delivered there is an act', () => {
  assert.equal(labelOf('in', { learned: null, wasJunk: false }), true);
  assert.equal(labelOf('out', { learned: record(true), wasJunk: false }), null);
  assert.equal(labelOf('out', { learned: null, wasJunk: true }), false);
  assert.equal(labelOf('in', { learned: record(false), wasJunk: true }), null);
  assert.equal(labelOf('out', { learned: record(false, 'reply'), wasJunk: true }), false);
  assert.equal(labelOf('ham', { learned: record(true), wasJunk: false }), false);
  assert.equal(labelOf('spam', { learned: record(false), wasJunk: true }), true);
  assert.equal(labelOf('none', { learned: record(false), wasJunk: false }), null);
});
