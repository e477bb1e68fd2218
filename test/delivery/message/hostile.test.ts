import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allEntities, bodyLists } from '../../../delivery/message/body.ts';
import { scanHtml } from '../../../delivery/message/html.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import { summarize } from '../../../delivery/message/summary.ts';
import { visibleText } from '../../../delivery/message/text.ts';
import {
  equalBoundaries,
  hostileFields,
  hostileHtml,
  longBodyLine,
  longHeaderLine,
  manyFields,
  manyFolds,
  manyParts,
  nearlyBoundaries,
  nestedMessages,
  nestedMultiparts,
  noFields,
} from '../../fixtures/hostile/messages.ts';
import { assertLinear } from './work.ts';

function readWhole(raw: Uint8Array): void {
  const message = parseMessage(raw);
  summarize(message);
  bodyLists(message);
  visibleText(message, 200_000);
}

describe('hostile messages', () => {
  it('stops at a bounded depth of 10,000 nested multiparts and keeps the rest as an attachment', () => {
    const message = parseMessage(nestedMultiparts(10_000));
    assert.ok(message.defects.includes('tooDeep'));
    assert.ok(allEntities(message).length <= 102);
    assert.equal(bodyLists(message).attachments.length, 1);
  });

  it('stops at 10,000 parts and gives what follows to the last one', () => {
    const message = parseMessage(manyParts(12_000));
    assert.ok(message.defects.includes('tooManyParts'));
    assert.equal(allEntities(message).length, 10_000);
    assert.equal(allEntities(message).at(-1)?.bodyEnd, message.raw.length);
  });

  it('keeps a bounded number of header fields', () => {
    const message = parseMessage(manyFields(50_000));
    assert.ok(message.defects.includes('tooManyFields'));
    assert.equal(message.root.fields.length, 10_000);
    assert.equal(visibleText(message, 10), 'text');
  });

  it('reads a header line of 1 MB and a body line of 20 MB', () => {
    const message = parseMessage(longHeaderLine(1_000_000));
    assert.equal(message.root.fields.at(-1)?.value.length, 1_000_001);
    assert.equal(visibleText(parseMessage(longBodyLine(20_000_000)), 100).length, 100);
  });

  it('does the work of a message in time that grows with its size only', () => {
    assertLinear(nestedMultiparts, readWhole, 20_000);
    assertLinear(equalBoundaries, readWhole, 20_000);
    assertLinear(nestedMessages, readWhole, 20_000);
    assertLinear(manyParts, readWhole, 4500);
    assertLinear(nearlyBoundaries, readWhole, 20_000);
    assertLinear(longHeaderLine, readWhole, 1_000_000);
    assertLinear(longBodyLine, readWhole, 2_000_000);
    assertLinear(manyFields, readWhole, 100_000);
    assertLinear(noFields, readWhole, 100_000);
    assertLinear(manyFolds, readWhole, 100_000);
  });

  for (const [name, make] of Object.entries(hostileFields)) {
    it(`reads a field of many ${name} in linear time`, () => {
      assertLinear(make, readWhole, 50_000);
    });
  }

  for (const [name, make] of Object.entries(hostileHtml)) {
    it(`scans HTML of many ${name} in linear time`, () => {
      assertLinear(make, scanHtml, 50_000);
    });
  }
});
