import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchangeCell, exchangeCells, readCell } from '../../../../delivery/store/cassandra/exchange-cell.ts';
import type { Session } from '../../../../delivery/store/cassandra/session.ts';
import { coded } from '../../../suites/store/under-test.ts';
import { requireCassandra } from '../../../support/cassandra.ts';
import { beforeClaims, losingAnswers, openProcess, openShared } from './parts.ts';

const cell = { table: 'state', column: 'generation', key: { name: 'some' } };
const isMismatch = coded('badRequest', 'versionMismatch');
const octets = (number: number) => new Uint8Array([number]);

test('what was written as it came by a clock ahead does not hide what was compared with it', async t => {
  if ((await requireCassandra(t)) === null) return;
  const shared = await openShared(t);
  const ahead = await openProcess(t, shared, { aheadSeconds: 4 });
  const one = await openProcess(t, shared);
  const known = await ahead.putInstanceState('some', octets(1));
  const version = await one.putInstanceState('some', octets(2), known);
  assert.ok(version > known);
  assert.deepEqual(await ahead.getInstanceState('some'), { octets: octets(2), version });
  await assert.rejects(ahead.putInstanceState('some', octets(3), known), isMismatch);
  const next = await ahead.putInstanceState('some', octets(4));
  assert.ok(next > version);
  assert.deepEqual(await one.getInstanceState('some'), { octets: octets(4), version: next });
});

for (const isApplied of [true, false]) {
  test(`an exchange whose answer is lost is made once (${isApplied ? 'applied' : 'not applied'})`, async t => {
    if ((await requireCassandra(t)) === null) return;
    const shared = await openShared(t);
    const losing = await openProcess(t, shared, { wrap: losingAnswers({ isApplied }) });
    const first = await losing.putInstanceState('some', octets(1), null);
    const one = await openProcess(t, shared);
    assert.deepEqual(await one.getInstanceState('some'), { octets: octets(1), version: first });
    await assert.rejects(losing.putInstanceState('some', octets(2), null), isMismatch);
  });
}

test('of two that compare with the same one is refused, also right before the other writes', async t => {
  if ((await requireCassandra(t)) === null) return;
  const shared = await openShared(t);
  const one = await openProcess(t, shared);
  const { session } = one.context;
  assert.ok(await exchangeCell(session, cell, { before: null, after: '1' }));
  let isFirst = true;
  const late = await openProcess(t, shared, {
    wrap: wrapped =>
      beforeClaims(wrapped, async () => {
        if (isFirst) assert.ok(await exchangeCell(session, cell, { before: '1', after: '2' }));
        isFirst = false;
      }),
  });
  assert.equal(await exchangeCell(late.context.session, cell, { before: '1', after: '3' }), false);
  assert.equal((await readCell(session, cell)).value, '2');
});

test('cells that go together are all put, also where a clock ahead hides one of them, or none is', async t => {
  if ((await requireCassandra(t)) === null) return;
  const shared = await openShared(t);
  const ahead = (await openProcess(t, shared, { aheadSeconds: 3 })).context.session;
  const { session } = (await openProcess(t, shared)).context;
  const row = { table: 'detail', key: { account: 'u', bucket: 1, id: 'e' } };
  const write = (by: Session, column: string, text: string) =>
    by.run(`update detail set ${column} = ? where account = 'u' and bucket = 1 and id = 'e'`, [text]);
  const seen = async (column: string) => (await readCell(session, { ...row, column })).value;
  const both = async () => [await seen('findings'), await seen('facts')];
  const put = (before: string[], after: Record<string, string>) =>
    exchangeCells(session, row, {
      columns: ['findings', 'facts'],
      isBefore: ({ findings, facts }) => findings === before[0] && facts === before[1],
      after,
    });
  await write(session, 'findings', 'a');
  await write(ahead, 'facts', 'b');
  assert.equal(await put(['a', 'c'], { findings: 'd' }), false);
  assert.ok(await put(['a', 'b'], { findings: 'd', facts: 'e' }));
  assert.deepEqual(await both(), ['d', 'e']);
  const late = beforeClaims(session, async () => {
    // A writer who compares nothing.
    await write(ahead, 'facts', 'f');
  });
  const exchange = { columns: ['findings', 'facts'], isBefore: () => true, after: { findings: 'g' } };
  assert.equal(await exchangeCells(late, row, exchange), false);
  assert.deepEqual(await both(), ['d', 'f']);
});
