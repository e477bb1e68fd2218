import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatDate, parseDate } from '../../../delivery/message/date.ts';

const vectors = JSON.parse(readFileSync('test/vectors/message/dates.json', 'utf8')) as [
  string,
  string | null,
][];

describe('parseDate', () => {
  for (const [value, expected] of vectors) {
    it(`reads ${JSON.stringify(value)}`, () => {
      assert.equal(parseDate(value)?.toISOString() ?? null, expected);
    });
  }

  it('reads back what formatDate wrote, at any offset', () => {
    const dates = fc.date({ min: new Date('0000-01-02'), max: new Date('9999-12-30'), noInvalidDate: true });
    fc.assert(
      fc.property(dates, fc.integer({ min: -840, max: 840 }), (date, offsetMinutes) => {
        const seconds = Math.floor(date.getTime() / 1000) * 1000;
        assert.equal(parseDate(formatDate(new Date(seconds), offsetMinutes))?.getTime(), seconds);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads anything without throwing', () => {
    const pieces = fc.constantFrom(
      'Thu',
      ',',
      'Jan',
      '1',
      '31',
      '2026',
      '12:00',
      ':',
      '+0100',
      '(',
      ')',
      'GMT',
      '-',
      'T',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), parts => {
        const date = parseDate(parts.join(' '));
        assert.ok(date === null || Number.isFinite(date.getTime()));
      }),
      { numRuns: 2000 },
    );
  });
});
