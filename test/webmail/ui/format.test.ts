import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSize, shortDate } from '../../../webmail/ui/format.ts';
import { en } from '../../../webmail/ui/locales/en.ts';
import { fr } from '../../../webmail/ui/locales/fr.ts';

const now = new Date(2026, 4, 20, 12);

test('a date is as short as it can be read', () => {
  assert.match(shortDate(new Date(2026, 4, 20, 9, 5).toISOString(), 'fr', now), /^09:05$/);
  assert.match(shortDate(new Date(2026, 4, 18, 9, 5).toISOString(), 'en', now), /^Mon$/);
  assert.match(shortDate(new Date(2026, 0, 2, 9, 5).toISOString(), 'en', now), /^Jan 2$/);
  assert.match(shortDate(new Date(2024, 0, 2, 9, 5).toISOString(), 'en', now), /24$/);
  assert.equal(shortDate('no date', 'en', now), '');
});

test('sizes are told in the units of the language', () => {
  assert.equal(formatSize(0, 'en', en.units), '0 B');
  assert.equal(formatSize(12_345, 'fr', fr.units), '12 ko');
  assert.equal(formatSize(5_175_054, 'fr', fr.units), '5,2 Mo');
});
