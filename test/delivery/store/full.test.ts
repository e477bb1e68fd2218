import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fromSqlite, openDurable } from '../../../delivery/store/sqlite/database.ts';
import { coded } from '../../suites/store/under-test.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('a file that has no room left answers storeFull and keeps what it had', t => {
  const database = openDurable(join(temporaryFolder(t), 'full.db'));
  t.after(() => database.close());
  database.exec('create table item(octets blob)');
  database.exec('pragma max_page_count=10');
  const insert = (): number =>
    database.write(() => database.run('insert into item values (zeroblob(10000))'));
  insert();
  assert.throws(
    () => {
      for (let count = 0; count < 20; count++) insert();
    },
    (error: unknown) => coded('storeFull')(fromSqlite(error)),
  );
  assert.ok((database.get<{ held: number }>('select count(*) held from item')?.held ?? 0) > 0);
});
