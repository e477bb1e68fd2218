import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { sharedCassandra } from '../support/cassandra.ts';
import { openTables } from '../support/kept-store.ts';
import { type DumpedRow, dumpKeyspace } from './dump.ts';
import { restoreKeyspace } from './restore.ts';

const schema = [
  `create table IN.cell (account text, number int, total bigint, octets blob, at timestamp, made timeuuid,
     small tinyint, marks map<text, boolean>, tags set<text>, names frozen<list<text>>,
     primary key (account, number)) with clustering order by (number desc)`,
  'create table IN.only_keys (name text primary key)',
  // Rows of this one go with their last cell.
  'create table IN.document (name text primary key, value text)',
];

/** Restores in another keyspace what these statements write in one (`IN`). */
async function restored(t: TestContext, writes: readonly string[]) {
  const [one, two] = [await sharedCassandra(t), await sharedCassandra(t)];
  if (!one || !two) return null;
  const client = openTables(t, one);
  for (const cql of [...schema, ...writes]) await client.execute(cql.replaceAll('IN.', `${one.keyspace}.`));
  const dump = await dumpKeyspace(client, one.keyspace);
  await restoreKeyspace(client, two.keyspace, dump);
  return {
    dump,
    again: () => dumpKeyspace(client, two.keyspace),
    run: async (cql: string) => await client.execute(cql.replaceAll('IN.', `${two.keyspace}.`)),
  };
}

const rowsOf = (dump: string) =>
  dump
    .split('\n')
    .filter(line => line.startsWith('{"row"'))
    .map(line => JSON.parse(line) as DumpedRow);

test('what is restored has the values, types and times of what was dumped', async t => {
  const done = await restored(t, [
    `update IN.cell using timestamp 1000 set total = 9007199254740993, octets = 0x00ff, small = -3,
       at = '2026-01-01T00:00:00.123Z', made = 54e268b0-ec57-11f1-aa5f-69cf4465c6be, names = ['b', 'a'],
       tags = {'é', 'b'}, marks = {'10': true, '9': false, 'é': true} where account = 'a''"' and number = 2`,
    `update IN.cell using timestamp 2000 set marks['10'] = false, small = 4 where account = 'a''"' and number = 2`,
    "update IN.cell using timestamp 1000 set small = 1 where account = 'b' and number = 1",
    "insert into IN.only_keys (name) values ('alone')",
    "update IN.document using timestamp 1000 set value = 'one' where name = 'settings'",
  ]);
  if (!done) return;
  assert.equal(await done.again(), done.dump);
  assert.equal(rowsOf(done.dump).length, 4);
  assert.match(done.dump, /"9007199254740993"/);
  assert.match(done.dump, /\["2000",0,\{"marks":\{"10":false\},"small":4\}\]/);
  await done.run("delete value from IN.document where name = 'settings'");
  await done.run("delete small from IN.cell where account = 'b' and number = 1");
  const left = rowsOf(await done.again()).map(({ row, cells }) => `${row} ${cells.length}`);
  assert.deepEqual(left.sort(), ['cell 0', 'cell 2', 'only_keys 0']);
});

test('what was to go goes in the time that it had left', async t => {
  const done = await restored(t, [
    "insert into IN.document (name, value) values ('brief', '1') using ttl 1000",
  ]);
  if (!done) return;
  const [row] = rowsOf(await done.again());
  const seconds = row?.cells[0]?.[1] ?? 0;
  assert.ok(seconds > 800 && seconds <= 1000, String(seconds));
});

test('where the clock is behind, what is written afterwards wins nevertheless', async t => {
  const later = (Date.now() + 3_600_000) * 1000;
  const done = await restored(t, [
    `update IN.document using timestamp ${later - 5} set value = '1' where name = 'first'`,
    `update IN.document using timestamp ${later} set value = '1' where name = 'last'`,
  ]);
  if (!done) return;
  const [first, last] = rowsOf(await done.again()).map(({ cells }) => Number(cells[0]?.[0]));
  assert.equal(Number(last) - Number(first), 5);
  await done.run("update IN.document set value = '2' where name = 'last'");
  assert.match(await done.again(), /"name":"last"\},"cells":\[\["\d+",0,\{"value":"2"\}\]\]/);
});
