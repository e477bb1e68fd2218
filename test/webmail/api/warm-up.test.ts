import assert from 'node:assert/strict';
import { test } from 'node:test';
import { warmUp } from '../../../webmail/api/warm-up.ts';
import { backend } from '../../support/backend.ts';
import { openTestParts } from '../../support/door-process.ts';

test('a store that is warmed up holds what it held, and one that is closed takes it as well', async t => {
  const { store } = await openTestParts(t, await backend.prepare(t), [{ address: 'ada@example.org' }]);
  const accounts = async () => (await store.listAccounts()).items.map(({ address }) => address);
  await warmUp(store);
  assert.deepEqual(await accounts(), ['ada@example.org']);
  for await (const fault of store.verify()) assert.fail(JSON.stringify(fault));
  await store.close();
  await warmUp(store);
});
