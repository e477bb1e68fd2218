import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Database } from '../../../delivery/store/sqlite/database.ts';
import { directorySteps, migrate, shardSteps } from '../../../delivery/store/sqlite/schema.ts';
import { coded } from '../../suites/store/under-test.ts';
import { atEnd } from '../../support/at-end.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function open(t: Parameters<typeof temporaryFolder>[0]): { file: string; database: Database } {
  const file = join(temporaryFolder(t), 'some.db');
  const database = new Database(file);
  atEnd(t, () => database.close());
  return { file, database };
}

const versionOf = (database: Database) =>
  database.get<{ user_version: number }>('pragma user_version')?.user_version;

const older = ['create table one(a)'];
const newer = [...older, 'create table two(a)', 'create index two_a on two(a)'];

test('steps are numbered, each runs once, newer ones are added to what is there', t => {
  const { file, database } = open(t);
  migrate(database, older, file);
  assert.equal(versionOf(database), 1001);
  database.run('insert into one values (1)');
  migrate(database, newer, file);
  migrate(database, newer, file);
  assert.equal(versionOf(database), 1003);
  assert.equal(database.get<{ a: number }>('select a from one')?.a, 1);
});

test('older code goes on with a file that newer code has stepped, and leaves its number', t => {
  const { file, database } = open(t);
  migrate(database, newer, file);
  migrate(database, older, file);
  assert.equal(versionOf(database), 1003);
});

test('a process that waited while a newer one stepped the file does not set it back', t => {
  const { file, database } = open(t);
  const late = Object.create(database, {
    get: { value: database.get.bind(database) },
    exec: { value: database.exec.bind(database) },
    write: {
      value: (work: () => unknown) => {
        migrate(database, newer, file);
        return database.write(work);
      },
    },
  }) as Database;
  migrate(late, older, file);
  assert.equal(versionOf(database), 1003);
});

test('a step that fails leaves the file as it was', t => {
  const { file, database } = open(t);
  migrate(database, older, file);
  assert.throws(() => migrate(database, [...newer, 'create table three(a); nonsense'], file));
  assert.equal(versionOf(database), 1001);
  assert.deepEqual(
    database
      .all<{ name: string }>("select name from sqlite_master where type = 'table'")
      .map(row => row.name),
    ['one'],
  );
  migrate(database, newer, file);
  assert.equal(versionOf(database), 1003);
});

test('a file of a newer generation is refused in words that say what to do', t => {
  const { file, database } = open(t);
  database.exec('pragma user_version=2001');
  assert.throws(
    () => migrate(database, older, file),
    error =>
      coded('storeUnavailable')(error) &&
      /has schema version 2001, this version of Caliopen knows up to 1001; use a newer one/.test(
        String(error),
      ),
  );
  assert.equal(versionOf(database), 2001);
});

test('every step adds: no table, column or index that older code uses goes or changes', () => {
  for (const step of [...directorySteps, ...shardSteps]) {
    assert.doesNotMatch(step, /\bdrop\b|\brename\b|\bpragma\b/i);
    for (const [, table] of step.matchAll(/alter table \w+ (?!add column \w+ \w+(?:;|$))(.*)/gim)) {
      assert.fail(`a column that older code leaves out must be one that may be null: ${table}`);
    }
  }
});
