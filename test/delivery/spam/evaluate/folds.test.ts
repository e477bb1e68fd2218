import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutCollectorFields } from '../../../../delivery/spam/evaluate/collector-fields.ts';
import { groupedFolds, randomFolds, sketchesOf } from '../../../../delivery/spam/evaluate/folds.ts';
import { madeUp, rawMessage } from '../messages.ts';

test('twins share a fold; others are spread', () => {
  const raws = Array.from({ length: 60 }, (_, at) => madeUp(at % 2 ? 'ham' : 'spam', at).raw);
  const twins = raws.map(raw =>
    Buffer.from(Buffer.from(raw).toString('latin1').replace('Subject: ', 'Subject: Re: ')),
  );
  const folds = groupedFolds([...raws, ...twins].map(sketchesOf), 5);
  assert.deepEqual(folds.slice(60), folds.slice(0, 60));
  for (const fold of [0, 1, 2, 3, 4]) assert.ok(folds.filter(one => one === fold).length >= 8);
});

test('random folds are of one size, differ by the seed and are the same for the same', () => {
  const folds = randomFolds(101, 5);
  for (const fold of [0, 1, 2, 3, 4]) {
    const size = folds.filter(one => one === fold).length;
    assert.ok(size === 20 || size === 21);
  }
  assert.deepEqual(randomFolds(101, 5), folds);
  assert.notDeepEqual(randomFolds(101, 5, 2), folds);
});

test('fields that the way to a mailbox adds are cut with their folds, and nothing else is', () => {
  const fields = {
    Received: 'from a\r\n\tby b',
    'X-Spam-Status': 'Yes,\r\n score=7',
    'List-Id': '<a>',
    'X-Mailer': 'a\r\n b',
  };
  const bare = Buffer.from(withoutCollectorFields(rawMessage('Received: no\r\n', fields))).toString();
  assert.match(
    bare,
    /^From: .*\nTo: .*\nSubject: A word\nMessage-ID: .*\nContent-Type: .*\nX-Mailer: a\n b\r?\n\r?\nReceived: no\r\n$/,
  );
});
