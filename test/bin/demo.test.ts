import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addressOf, demoAccounts } from '../../bin/demo/people.ts';
import { demoMail } from '../../bin/demo.ts';
import { atEnd } from '../support/at-end.ts';
import { type Demo, startDemo, stopDemo } from '../support/demo.ts';
import { poll } from '../support/poll.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** How many messages an account holds, or of those that fit the filter. */
async function countMail(demo: Demo, address: string, filter: object | null = null): Promise<number> {
  const credentials = Buffer.from(`${address}:${demo.passwords.get(address)}`).toString('base64');
  const headers = { Authorization: `Basic ${credentials}`, 'Content-Type': 'application/json' };
  const session = (await (await fetch(`${demo.web}jmap/session`, { headers })).json()) as {
    primaryAccounts: Record<string, string>;
    capabilities: Record<string, object>;
  };
  const using = Object.keys(session.capabilities);
  const accountId = session.primaryAccounts['urn:ietf:params:jmap:mail'];
  const methodCalls = [['Email/query', { accountId, filter, calculateTotal: true, limit: 1 }, 'query']];
  const body = JSON.stringify({ using, methodCalls });
  const answer = (await (await fetch(`${demo.web}jmap`, { method: 'POST', headers, body })).json()) as {
    methodResponses: [string, { total: number }, string][];
  };
  return answer.methodResponses[0]?.[1].total ?? -1;
}

test('the demo brings its mail once and goes on with it at the next start', { timeout: 240_000 }, async t => {
  const folder = temporaryFolder(t);
  const first = await startDemo(folder);
  atEnd(t, () => first.process.kill('SIGKILL'));
  for (const { name } of demoAccounts) {
    const expected = demoMail.filter(message => message.recipients.includes(name)).length;
    await poll(
      `all mail of ${name}`,
      async () => ((await countMail(first, addressOf(name))) === expected ? true : undefined),
      60_000,
    );
  }
  const server = addressOf('serverKey');
  assert.equal(await countMail(first, server, { hasKeyword: 'auto-newsletter' }), 2);
  assert.equal(await countMail(first, server, { query: 'in:"Demo beans"' }), 3, 'by a rule');
  for (const file of ['demo.json', 'demo-own-key.asc']) {
    assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600, file);
  }
  await stopDemo(first);
  const second = await startDemo(folder);
  atEnd(t, () => second.process.kill('SIGKILL'));
  assert.deepEqual(second.passwords, first.passwords);
  for (const { name } of demoAccounts) {
    const expected = demoMail.filter(message => message.recipients.includes(name)).length;
    assert.equal(await countMail(second, addressOf(name)), expected);
  }
  await stopDemo(second);
});
