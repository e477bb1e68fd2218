import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findZone } from '../../../webmail/ui/time-zones.ts';

test('a time zone is found by its name, its city, or the beginning of one city', () => {
  for (const [typed, zone] of [
    ['Europe/Paris', 'Europe/Paris'],
    [' europe/paris ', 'Europe/Paris'],
    ['tokyo', 'Asia/Tokyo'],
    ['São Paulo', 'America/Sao_Paulo'],
    ['new york', 'America/New_York'],
    ['reykj', 'Atlantic/Reykjavik'],
    ['utc', 'UTC'],
    ['Asia/Calcutta', 'Asia/Calcutta'],
  ] as const) {
    assert.equal(findZone(typed), zone, typed);
  }
});

test('what names none, or several, is no time zone', () => {
  for (const typed of ['Moon/Tycho', 'san', 'constructor', '../etc', '']) {
    assert.equal(findZone(typed), undefined, typed);
  }
});
