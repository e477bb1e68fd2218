import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  isIn,
  type Places,
  placesFrom,
  rankIn,
  readPlaces,
  sift,
  union,
  writePlaces,
} from '../../../delivery/store/sqlite/search/places.ts';

/** Few enough values that some come more than once, and big ones as places are. */
const numbers = fc.array(
  fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 2 ** 52, max: 2 ** 52 + 30 })),
  { maxLength: 60 },
);

function inOrder(values: Iterable<number>): number[] {
  return [...new Set(values)].sort((one, other) => one - other);
}

const plain = (places: Places): number[] => [...places];

describe('places', () => {
  it('come in order, each once, however they were given', () =>
    fc.assert(
      fc.property(numbers, given => {
        assert.deepEqual(plain(placesFrom(given)), inOrder(given));
        assert.deepEqual(plain(readPlaces(JSON.stringify(given))), inOrder(given));
        assert.deepEqual(plain(placesFrom(given.toSorted((one, other) => one - other))), inOrder(given));
      }),
    ));

  it('are read back as they were written', () =>
    fc.assert(
      fc.property(numbers, given => {
        const places = placesFrom(given);
        assert.deepEqual(readPlaces(writePlaces(places)), places);
      }),
    ));

  it('are sifted and joined as sets are', () =>
    fc.assert(
      fc.property(numbers, numbers, (some, others) => {
        const [one, other] = [new Set(some), new Set(others)];
        const [places, sieve] = [placesFrom(some), placesFrom(others)];
        assert.deepEqual(plain(sift(places, sieve, true)), inOrder(one.intersection(other)));
        assert.deepEqual(plain(sift(places, sieve, false)), inOrder(one.difference(other)));
        assert.deepEqual(plain(union([places, sieve])), inOrder(one.union(other)));
      }),
    ));

  it('tell what stands before a place, and whether it is there', () =>
    fc.assert(
      fc.property(numbers, fc.integer({ min: 0, max: 31 }), (given, place) => {
        const places = placesFrom(given);
        assert.equal(rankIn(places, place), inOrder(given).filter(other => other < place).length);
        assert.equal(isIn(places, place), given.includes(place));
      }),
    ));
});
