import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DeliveryError } from '../../../delivery/errors.ts';
import { allEntities } from '../../../delivery/message/body.ts';
import { composeMessage, type NewField, type NewPart } from '../../../delivery/message/compose.ts';
import { decodeBody, decodeText } from '../../../delivery/message/content.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import type { Message } from '../../../delivery/message/shape.ts';
import { addrSpec, plainText, word } from './arbitrary.ts';

const text: NewPart = { mediaType: 'text/plain', content: 'Hello' };

function read(fields: readonly NewField[], body: NewPart = text): Message {
  return parseMessage(composeMessage({ fields, body }));
}

function assertBadInput(fields: readonly NewField[], body: NewPart = text): void {
  assert.throws(
    () => composeMessage({ fields, body }),
    (error: unknown) => error instanceof DeliveryError && error.code === 'badInput',
  );
}

const mailbox = fc.record(
  { name: fc.option(plainText.map(name => name || 'x')), address: addrSpec },
  { noNullPrototype: true },
);

describe('composeMessage', () => {
  it('writes fields that are read back the same', () => {
    const fields = fc.record({
      subject: plainText,
      to: fc.array(mailbox, { minLength: 1, maxLength: 30 }),
      references: fc.array(
        fc.tuple(word, word).map(pair => pair.join('@')),
        { minLength: 1, maxLength: 30 },
      ),
      date: fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true }),
    });
    fc.assert(
      fc.property(fields, ({ subject, to, references, date }) => {
        const message = read([
          { name: 'Subject', value: { text: subject } },
          { name: 'To', value: { mailboxes: to } },
          { name: 'References', value: { identifiers: references } },
          { name: 'Date', value: { date, offsetMinutes: 90 } },
        ]);
        assert.equal(message.subject, subject);
        assert.deepEqual(message.destinations.to, to);
        assert.deepEqual(message.references, references);
        assert.equal(message.date?.getTime(), Math.floor(date.getTime() / 1000) * 1000);
        assert.deepEqual(message.defects, []);
      }),
      { numRuns: 500 },
    );
  });

  it('writes bodies that are read back the same, in ASCII lines of at most 998 octets', () => {
    const content = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }).map(value => value.toWellFormed()),
      fc.uint8Array({ maxLength: 300 }),
      fc
        .array(fc.constantFrom('From x', ' ', '\t', '=', 'é', 'x'.repeat(90), '--b', '.', ''), {
          maxLength: 20,
        })
        .map(lines => lines.join('\n')),
    );
    fc.assert(
      fc.property(content, fc.option(plainText), (value, fileName) => {
        const raw = composeMessage({
          fields: [],
          body: {
            mediaType: 'multipart/mixed',
            parts: [
              { mediaType: 'text/plain', content: value, fileName, disposition: 'attachment' },
              { mediaType: 'application/octet-stream', content: value },
            ],
          },
        });
        assert.ok(
          raw
            .toString('latin1')
            .split('\r\n')
            .every(line => line.length <= 998 && !/[\r\n\x80-\xff]/.test(line)),
        );
        const message = parseMessage(raw);
        const [, first, second] = allEntities(message);
        assert.ok(first && second);
        assert.equal(first.fileName, fileName || null);
        if (typeof value === 'string') {
          const expected = value.replace(/\r\n?|\n/g, '\r\n');
          const isMarked = expected.startsWith('\ufeff');
          if (!isMarked) assert.deepEqual(decodeText(message, first), { text: expected, isProblem: false });
        } else {
          assert.deepEqual(Buffer.from(decodeBody(message, first)), Buffer.from(value));
          assert.deepEqual(Buffer.from(decodeBody(message, second)), Buffer.from(value));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('folds at 76 characters and encodes what is not ASCII', () => {
    const raw = composeMessage({
      fields: [
        {
          name: 'Subject',
          value: { text: 'Déjà vu, encore une fois et encore une fois, et toujours encore une fois' },
        },
        {
          name: 'To',
          value: {
            mailboxes: Array.from({ length: 9 }, (_, index) => ({
              name: 'É',
              address: `${index}@example.org`,
            })),
          },
        },
      ],
      body: text,
    }).toString();
    assert.ok(raw.split('\r\n').every(line => line.length <= 78 && /^[\x20-\x7e]*$/.test(line)));
  });

  it('nests multiparts with boundaries that differ and occur nowhere else', () => {
    const part = (depth: number): NewPart =>
      depth === 0 ? text : { mediaType: 'multipart/mixed', parts: [part(depth - 1), part(depth - 1)] };
    const raw = composeMessage({ fields: [], body: part(4) });
    const message = parseMessage(raw);
    assert.equal(allEntities(message).length, 31);
    // Both halves of a level are alike, so their boundaries are; the reader takes the innermost.
    assert.equal(new Set(allEntities(message).flatMap(entity => entity.parameters.boundary ?? [])).size, 4);
    assert.deepEqual(composeMessage({ fields: [], body: part(4) }), raw);
  });

  it('never lets a value become a line or field of its own', () => {
    const values = ['a\r\nBcc: x@example.org', 'a\nb', 'a\rb', 'a\0b'];
    for (const value of values) {
      assertBadInput([{ name: 'Subject', value: { text: value } }]);
      assertBadInput([{ name: 'To', value: { mailboxes: [{ name: value, address: 'a@example.org' }] } }]);
      assertBadInput([
        { name: 'To', value: { mailboxes: [{ name: null, address: `${value}@example.org` }] } },
      ]);
      assertBadInput([{ name: 'To', value: { groups: [{ name: value, mailboxes: [] }] } }]);
      assertBadInput([{ name: 'References', value: { identifiers: [value] } }]);
      assertBadInput([{ name: 'List-Post', value: { urls: [value] } }]);
      assertBadInput([{ name: 'X-Raw', value: { raw: value } }]);
      assertBadInput([{ name: `X-${value}`, value: { text: 'x' } }]);
      assertBadInput([], { ...text, fileName: value, disposition: 'attachment' });
      assertBadInput([], { ...text, mediaType: value });
      assertBadInput([], { ...text, disposition: value });
      assertBadInput([], { ...text, contentId: value });
      assertBadInput([], { ...text, contentLocation: value });
      assertBadInput([], { ...text, language: [value] });
      assertBadInput([], { ...text, parameters: { x: value } });
      assertBadInput([], { ...text, parameters: { [value]: 'x' } });
    }
  });

  it('refuses addresses and identifiers that hold more than one', () => {
    for (const address of ['a', 'a@', '@b', 'a@b>, <c@d', 'a b@c', 'a@b,c@d', '', 'a@b c']) {
      assertBadInput([{ name: 'To', value: { mailboxes: [{ name: null, address }] } }]);
    }
    assertBadInput([{ name: 'References', value: { identifiers: ['a> <b'] } }]);
  });

  it('refuses MIME fields among the others, empty multiparts and deep nesting', () => {
    assertBadInput([{ name: 'Content-Type', value: { text: 'text/html' } }]);
    assertBadInput([{ name: 'MIME-Version', value: { text: '2.0' } }]);
    assertBadInput([], { mediaType: 'multipart/mixed', parts: [] });
    let deep: NewPart = text;
    for (let level = 0; level < 60; level++) deep = { mediaType: 'multipart/mixed', parts: [deep] };
    assertBadInput([], deep);
  });

  it('keeps raw values with their folding', () => {
    const message = read([{ name: 'X-Raw', value: { raw: ' a\r\n b' } }]);
    assert.equal(message.root.fields[0]?.value, ' a\r\n b');
  });

  it('writes domains of other letters as A-labels', () => {
    const message = read([
      { name: 'To', value: { mailboxes: [{ name: null, address: 'zoé@exämple.org' }] } },
    ]);
    assert.equal(message.destinations.to[0]?.address, 'zoé@xn--exmple-cua.org');
  });

  it('is either written or refused as bad input, whatever the values', () => {
    const anything = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(anything, anything, anything, (name, value, address) => {
        const fields: NewField[] = [
          { name: 'Subject', value: { text: value } },
          { name: 'To', value: { mailboxes: [{ name, address }] } },
        ];
        try {
          const message = read(fields, { ...text, fileName: value, disposition: 'attachment' });
          assert.deepEqual(
            message.root.fields.map(field => field.name),
            [
              'Subject',
              'To',
              'MIME-Version',
              'Content-Type',
              'Content-Disposition',
              'Content-Transfer-Encoding',
            ],
          );
        } catch (error) {
          if (!(error instanceof DeliveryError)) throw error;
          assert.equal(error.code, 'badInput');
        }
      }),
      { numRuns: 1000 },
    );
  });
});
