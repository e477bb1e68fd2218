import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { discussionOf, threadOf } from '../../../delivery/discussions/discussion.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import { summarize } from '../../../delivery/message/summary.ts';
import type { Summary } from '../../../delivery/store/store.ts';

const hashKey = new Uint8Array(32).fill(7);
const own = ['owner@example.org', 'alias@example.org'];

function summaryOf(...lines: string[]): Summary {
  return summarize(parseMessage(Buffer.from([...lines, '', 'text'].join('\r\n'))));
}

function participants(...lines: string[]): readonly string[] {
  return discussionOf(summaryOf(...lines), own, hashKey).participants;
}

describe('discussionOf', () => {
  it('names the others, sorted, each once, in the form of comparison', () => {
    assert.deepEqual(
      participants(
        'From: B@Example.org',
        'To: owner@example.org, c@exämple.org',
        'Cc: "b"@example.org, a@example.org',
      ),
      ['email:a@example.org', 'email:b@example.org', 'email:c@xn--exmple-cua.org'],
    );
  });

  it('gives both directions of a talk the same key', () => {
    const received = discussionOf(summaryOf('From: a@example.org', 'To: Owner@example.org'), own, hashKey);
    const sent = discussionOf(summaryOf('From: alias+tag@example.org', 'To: A@example.org'), own, hashKey);
    assert.deepEqual(received, sent);
    assert.match(received.key, /^[a-z][\w-]{20,62}$/);
  });

  it('keeps the owner when the owner is alone', () => {
    assert.deepEqual(participants('From: owner@example.org', 'To: alias@example.org'), [
      'email:alias@example.org',
      'email:owner@example.org',
    ]);
  });

  it('lets a mailing list stand for everyone', () => {
    assert.deepEqual(
      participants('From: a@example.org', 'To: l@example.org', 'List-Id: Demo <Demo.Example.org>'),
      ['list:demo.example.org'],
    );
  });

  it('uses the sender where nobody is named as author', () => {
    assert.deepEqual(participants('Sender: s@example.org', 'To: owner@example.org'), ['email:s@example.org']);
  });

  it('tells nothing to those who have not got the key of the account', () => {
    const summary = summaryOf('From: a@example.org');
    const other = discussionOf(summary, own, new Uint8Array(32).fill(8));
    assert.notEqual(discussionOf(summary, own, hashKey).key, other.key);
  });

  it('never gives two sets of people one key', () => {
    const addresses = fc.uniqueArray(
      fc.stringMatching(/^[a-c]{1,2}$/).map(local => `${local}@example.org`),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(addresses, addresses, (left, right) => {
        const [one, two] = [left, right].map(all =>
          discussionOf(summaryOf('From: z@example.org', `To: ${all.join(', ')}`), own, hashKey),
        );
        assert.equal(one?.key === two?.key, left.toSorted().join() === right.toSorted().join());
      }),
    );
  });
});

describe('threadOf', () => {
  it('gives the references in order, then what is replied to, then the own identifier', () => {
    assert.deepEqual(
      threadOf(summaryOf('Message-ID: <3@x>', 'In-Reply-To: <2@x> <1@x>', 'References: <1@x> <2@x>')),
      { references: ['1@x', '2@x'], inReplyTo: '2@x', messageId: '3@x' },
    );
    assert.deepEqual(threadOf(summaryOf('Subject: x')), { references: [], inReplyTo: null, messageId: null });
  });
});
