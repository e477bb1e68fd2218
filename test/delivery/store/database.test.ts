import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDurable } from '../../../delivery/store/sqlite/database.ts';
import { atEnd } from '../../support/at-end.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('a transaction is flushed unless it need not be, each time anew', t => {
  const database = openDurable(join(temporaryFolder(t), 'some.db'));
  atEnd(t, () => database.close());
  const [normal, full] = [1, 2];
  const level = () => database.get<{ synchronous: number }>('pragma synchronous')?.synchronous;
  database.exec('create table one(a)');
  for (let round = 0; round < 3; round++) {
    assert.equal(database.write(level), full);
    assert.equal(database.write(level, { isFlushed: false }), normal);
    const fails = () => database.write(() => assert.fail('undone'), { isFlushed: false });
    assert.throws(fails, /undone/);
    assert.equal(level(), full);
  }
});
