import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Database } from '../../../delivery/store/sqlite/database.ts';
import { OtherHits } from '../../../delivery/store/sqlite/mail/other-hits.ts';
import { type Hits, ListedHits, MatchHits } from '../../../delivery/store/sqlite/search/hits.ts';
import { placesFrom } from '../../../delivery/store/sqlite/search/places.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** More than are looked at before all are listed. */
const emails = 5000;
/** Places are far apart, and those of another account lie between them. */
const placeOf = (n: number) => 7 * (n + 1);

const ranges = fc.record({
  /** The emails of every so many from one on are found, and all before another one. */
  every: fc.integer({ min: 1, max: 60 }),
  from: fc.integer({ min: 0, max: emails }),
  before: fc.integer({ min: 0, max: emails }),
});

interface Found {
  readonly every: number;
  readonly from: number;
  readonly before: number;
}

const isFound = (n: number, { every, from, before }: Found) => n < before || (n >= from && n % every === 0);

test('all but what a search finds is what a walk over all mail leaves, from any place on, both ways', t => {
  const database = new Database(join(temporaryFolder(t), 'mail.db'));
  t.after(() => database.close());
  database.exec(`
    create table account(number integer primary key, emails integer);
    create table email(account integer, place integer, primary key(account, place)) without rowid;
    create virtual table words using fts5(subject, content='', contentless_delete=1);
    insert into account values (1, ${emails});
  `);
  const all = Array.from({ length: emails }, (_unused, n) => n);
  database.write(() => {
    for (const n of all) {
      database.run('insert into email values (1, ?), (2, ?)', placeOf(n), placeOf(n) + 1);
      if (n % 5 !== 0) database.run('insert into words(rowid, subject) values (?, ?)', placeOf(n), 'boat');
    }
  });
  const mail = { database, account: 1, places: () => placesFrom(all.map(placeOf)) };
  const check = (found: () => Hits, isOther: (n: number) => boolean, bound: number | null) => {
    const others = all.filter(isOther).map(placeOf);
    const fresh = () => new OtherHits(mail, found());
    const behind = (places: number[], ascending: boolean) =>
      places.filter(place => bound === null || (ascending ? place >= bound : place <= bound));
    assert.equal(fresh().count(), others.length);
    assert.deepEqual([...fresh().all()], others);
    assert.deepEqual([...fresh().slices(true, bound)].flat(), behind(others, true));
    assert.deepEqual([...fresh().slices(false, bound)].flat(), behind(others.toReversed(), false));
    const known = fresh();
    known.all();
    assert.deepEqual([...known.slices(false, bound)].flat(), behind(others.toReversed(), false));
    assert.deepEqual([...known.between(placeOf(40), placeOf(90))], others.filter(isBetween));
  };
  const isBetween = (place: number) => place >= placeOf(40) && place <= placeOf(90);
  const bounds = fc.option(fc.integer({ min: 0, max: placeOf(emails) }));
  fc.assert(
    fc.property(ranges, bounds, (found, bound) => {
      const hits = () => new ListedHits(placesFrom(all.filter(n => isFound(n, found)).map(placeOf)));
      check(hits, n => !isFound(n, found), bound);
    }),
    { numRuns: 60 },
  );
  const boats = () => new MatchHits(database, 'words', '"boat"');
  for (const bound of [null, placeOf(3000), placeOf(3000) + 2]) check(boats, n => n % 5 === 0, bound);
});
