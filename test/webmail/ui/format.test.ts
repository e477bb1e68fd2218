import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatsOf, longDate, shortDate } from '../../../webmail/ui/format.ts';
import { formatSize } from '../../../webmail/ui/format-numbers.ts';
import { en } from '../../../webmail/ui/locales/en.ts';
import { fr } from '../../../webmail/ui/locales/fr.ts';
import { defaultPreferences, type Preferences } from '../../../webmail/ui/preferences.ts';

const now = new Date('2026-05-20T12:00:00Z');

function formats(locale: string, wishes: Partial<Preferences> = {}) {
  return formatsOf(locale, { ...defaultPreferences, timeZone: 'UTC', ...wishes });
}

/** As people read it: some locales write times with spaces that don't break. */
function plain(text: string): string {
  return text.replace(/[\u202f\u00a0]/g, ' ');
}

function short(iso: string, locale: string, wishes: Partial<Preferences> = {}): string {
  return plain(shortDate(iso, formats(locale, wishes), now));
}

function long(locale: string, wishes: Partial<Preferences> = {}): string {
  return plain(longDate('2026-05-20T19:05:00Z', formats(locale, wishes)));
}

test('a date is as short as it can be read', () => {
  assert.equal(short('2026-05-20T09:05:00Z', 'fr'), '09:05');
  assert.equal(short('2026-05-18T09:05:00Z', 'en'), 'Mon');
  assert.equal(short('2026-01-02T09:05:00Z', 'en'), 'Jan 2');
  assert.equal(short('2024-01-02T09:05:00Z', 'en'), '1/2/24');
  assert.equal(short('no date', 'en'), '');
  assert.equal(longDate('no date', formats('en')), '');
});

test('the day is the one that the reader’s time zone has', () => {
  const late = '2026-05-19T23:30:00Z';
  assert.equal(short(late, 'fr'), 'mar.');
  assert.equal(short(late, 'fr', { timeZone: 'Asia/Tokyo' }), '08:30');
  assert.equal(short('2025-12-31T23:30:00Z', 'en', { timeZone: 'Asia/Tokyo' }), 'Jan 1');
  assert.equal(long('en-GB', { timeZone: 'Asia/Tokyo' }), '21 May 2026 at 04:05');
});

test('day, month and year stand in the order that the reader chose', () => {
  const [near, far] = ['2026-01-02T09:05:00Z', '2024-01-02T09:05:00Z'];
  const both = (dateFormat: Preferences['dateFormat'], locale = 'en') =>
    [near, far].map(iso => short(iso, locale, { dateFormat }));
  assert.deepEqual(both('iso'), ['2026-01-02', '2024-01-02']);
  assert.deepEqual(both('dayMonth'), ['2 Jan', '02/01/2024']);
  assert.deepEqual(both('monthDay', 'fr'), ['janv. 2', '01/02/2024']);
  assert.equal(long('en', { dateFormat: 'iso', hourCycle: 'h23' }), '2026-05-20 19:05');
  assert.equal(long('en', { dateFormat: 'dayMonth', hourCycle: 'h23' }), '20 May 2026, 19:05');
  assert.equal(long('fr', { dateFormat: 'dayMonth' }), '20 mai 2026, 19:05');
  assert.equal(long('en', { dateFormat: 'monthDay', hourCycle: 'h12' }), 'May 20, 2026, 7:05 PM');
});

test('hours go to 12 or to 23 whatever the country', () => {
  const time = '2026-05-20T00:05:00Z';
  assert.equal(short(time, 'en-US', { hourCycle: 'h23' }), '00:05');
  assert.equal(short(time, 'fr', { hourCycle: 'h12' }), '12:05 AM');
});

test('sizes are told in the units of the language', () => {
  assert.equal(formatSize(0, 'en', en.units), '0 B');
  assert.equal(formatSize(12_345, 'fr', fr.units), '12 ko');
  assert.equal(formatSize(5_175_054, 'fr', fr.units), '5,2 Mo');
});
