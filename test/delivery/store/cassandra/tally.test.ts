import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { LightRow } from '../../../../delivery/store/cassandra/mail/row.ts';
import { addUp, countRows, readTally, writeTally } from '../../../../delivery/store/cassandra/mail/tally.ts';

const row: fc.Arbitrary<LightRow> = fc
  .record({
    id: fc.uuid(),
    thread: fc.constantFrom('Ha', 'Hb', 'Hc'),
    discussion: fc.constantFrom('d1', 'd2', '__proto__', 'constructor'),
    tagIds: fc.subarray(['inbox', 'archive', 'trash', 'Tx'], { minLength: 1 }),
    keywords: fc.subarray(['$seen', '$flagged', 'toString']),
    size: fc.nat(1000),
    isSealed: fc.boolean(),
  })
  .map(({ id, thread, discussion, tagIds, keywords, size, isSealed }) => ({
    id,
    bucket: 1,
    head: {
      threadId: thread,
      discussion,
      participants: [],
      receivedAt: 0,
      sizeOctets: size,
      isSealed,
      hasAttachment: false,
      sentAt: 0,
      subject: '',
      originator: '',
      destination: '',
      links: [],
    },
    tagIds,
    keywords,
    isUnread: !keywords.includes('$seen'),
    level: null,
    importance: 0,
    isEncrypted: false,
    isUnfinished: false,
    deliveryKey: null,
    reworded: null,
    writtenAt: [],
  }));

describe('tallies', () => {
  it('of buckets add up to the tally of all, wherever a thread or a discussion is cut', () => {
    const rows = fc.uniqueArray(row, { maxLength: 40, selector: ({ id }) => id });
    fc.assert(
      fc.property(rows, fc.nat(40), (all, cut) => {
        const parts = addUp([countRows(all.slice(0, cut)), countRows(all.slice(cut))]);
        const whole = addUp([countRows(all)]);
        assert.deepEqual(new Map([...parts.tags].sort()), new Map([...whole.tags].sort()));
        assert.deepEqual(new Map([...parts.discussions].sort()), new Map([...whole.discussions].sort()));
        assert.deepEqual(
          [parts.emails, parts.octets, parts.sealed],
          [whole.emails, whole.octets, whole.sealed],
        );
      }),
    );
  });

  it('come back as they were written; another layout is counted anew', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), rows => {
        const tally = countRows(rows);
        assert.deepEqual(addUp([readTally(writeTally(tally)) ?? countRows([])]), addUp([tally]));
      }),
    );
    assert.equal(readTally(Buffer.from('{}')), null);
  });
});
