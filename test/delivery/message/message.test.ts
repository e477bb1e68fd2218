import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { allEntities, bodyLists } from '../../../delivery/message/body.ts';
import { decodeBody, decodeText } from '../../../delivery/message/content.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import type { Entity } from '../../../delivery/message/shape.ts';
import { summarize } from '../../../delivery/message/summary.ts';
import { visibleText } from '../../../delivery/message/text.ts';
import { messageOctets } from './arbitrary.ts';

interface Vector {
  readonly name: string;
  readonly lines: readonly string[];
  /** Octets in Latin-1 instead of UTF-8. */
  readonly latin1?: boolean;
  readonly eol?: string;
  readonly expected: Record<string, unknown>;
}

const vectors = JSON.parse(readFileSync('test/vectors/message/messages.json', 'utf8')) as Vector[];

/** The readings that a vector may name. */
function read(raw: Buffer): Record<string, unknown> {
  const message = parseMessage(raw);
  const lists = bodyLists(message);
  const ids = (entities: readonly Entity[]): (string | null)[] => entities.map(entity => entity.partId);
  return {
    ...message.originators,
    ...message.destinations,
    subject: message.subject,
    messageId: message.messageId,
    inReplyTo: message.inReplyTo,
    references: message.references,
    date: message.date?.toISOString() ?? null,
    listId: message.listId,
    defects: message.defects,
    structure: allEntities(message).map(entity => `${entity.partId ?? '-'} ${entity.mediaType}`),
    bodies: allEntities(message)
      .filter(entity => entity.parts.length === 0)
      .map(entity => Buffer.from(decodeBody(message, entity)).toString('latin1')),
    texts: allEntities(message)
      .filter(entity => entity.mediaType.startsWith('text/'))
      .map(entity => decodeText(message, entity)),
    fileNames: allEntities(message).map(entity => entity.fileName),
    fieldNames: message.root.fields.map(field => field.name),
    textBody: ids(lists.textBody),
    htmlBody: ids(lists.htmlBody),
    attachments: ids(lists.attachments),
    visibleText: visibleText(message, 1000),
    preview: summarize(message).preview,
    hasAttachment: summarize(message).hasAttachment,
  };
}

describe('parseMessage', () => {
  for (const { name, lines, latin1, eol, expected } of vectors) {
    it(name, () => {
      const readings = read(Buffer.from(lines.join(eol ?? '\r\n'), latin1 ? 'latin1' : 'utf8'));
      const chosen = Object.fromEntries(Object.keys(expected).map(key => [key, readings[key]]));
      assert.deepEqual(JSON.parse(JSON.stringify(chosen)), expected);
    });
  }

  it('reads any octets without throwing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 500 }), messageOctets), raw => {
        read(Buffer.from(raw));
      }),
      { numRuns: 1500 },
    );
  });

  it('gives offsets that follow each other, children inside their parents', () => {
    fc.assert(
      fc.property(messageOctets, raw => {
        const message = parseMessage(raw);
        assertPlaces(message.root, 0, raw.length);
      }),
      { numRuns: 1500 },
    );
  });

  it('gives every leaf a number of its own and multiparts none', () => {
    fc.assert(
      fc.property(messageOctets, raw => {
        const entities = allEntities(parseMessage(raw));
        const leaves = entities.filter(entity => !entity.mediaType.startsWith('multipart/'));
        assert.equal(new Set(leaves.map(entity => entity.partId)).size, leaves.length);
        assert.ok(leaves.every(entity => /^\d+(\.\d+)*$/.test(entity.partId ?? '')));
        assert.ok(entities.every(entity => entity.parts.length === 0 || entity.partId === null));
      }),
    );
  });

  it('reads the same from a view into a larger buffer', () => {
    fc.assert(
      fc.property(messageOctets, raw => {
        const larger = Buffer.concat([Buffer.from('junk\r\n--b'), raw, Buffer.from('--b--')]);
        const view = new Uint8Array(larger.buffer, larger.byteOffset + 9, raw.length);
        assert.deepEqual(read(Buffer.from(view)), read(raw));
        assert.deepEqual(parseMessage(view).root, parseMessage(raw).root);
      }),
    );
  });

  it('does not change the octets', () => {
    fc.assert(
      fc.property(messageOctets, raw => {
        const before = Buffer.from(raw);
        read(raw);
        assert.ok(before.equals(raw));
      }),
    );
  });
});

function assertPlaces(entity: Entity, from: number, to: number): void {
  assert.ok(entity.headerStart >= from && entity.bodyStart >= entity.headerStart);
  assert.ok(entity.bodyEnd >= entity.bodyStart && entity.bodyEnd <= to);
  let place = entity.headerStart;
  for (const field of entity.fields) {
    assert.ok(field.start >= place && field.end > field.start && field.end <= entity.bodyStart);
    place = field.end;
  }
  place = entity.bodyStart;
  for (const part of entity.parts) {
    assertPlaces(part, place, entity.bodyEnd);
    place = part.bodyEnd;
  }
}
