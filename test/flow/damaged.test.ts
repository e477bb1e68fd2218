import assert from 'node:assert/strict';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { settingsEnvironment } from '../../bin/serve/settings-environment.ts';
import type { Config } from '../../delivery/config.ts';
import { openParts } from '../../delivery/open.ts';
import { noteDamage } from '../../delivery/store/sqlite/damage.ts';
import { newEmail } from '../suites/store/under-test.ts';
import { jsonLines, openCommand } from '../support/command.ts';
import { openTestParts, startDoor, testConfig } from '../support/door-process.ts';
import { greetDoor, type MailDoor, sendMail } from '../support/mail-client.ts';
import { listAll, madeMessage } from '../support/whole.ts';

const addresses = Array.from({ length: 24 }, (_unused, index) => `person${index}@example.org`);
const pageOctets = 8192;

/** A store whose accounts all have mail of their own in one shard, and in it one page of random octets. */
async function makeDamaged(t: TestContext): Promise<Config> {
  const config = testConfig(t);
  const parts = await openParts(config);
  await parts.store.addDomain('example.org');
  for (const address of addresses) {
    const { id } = await parts.store.addAccount({ address });
    await Promise.all(
      Array.from({ length: 30 }, (_unused, index) =>
        parts.store.deliverEmail(id, newEmail({ name: `n${index}` })),
      ),
    );
  }
  await parts.close();
  const shard = join(config.data, 'shard-0.db');
  const database = new DatabaseSync(shard);
  // The newest mail of one account: what it gets next would go there.
  const [row] = database
    .prepare(
      `select pageno from dbstat where name = 'detail' and pagetype = 'leaf' order by path desc limit 1`,
    )
    .all();
  database.close();
  const file = openSync(shard, 'r+');
  writeSync(file, Buffer.alloc(pageOctets, 0x55), 0, pageOctets, (Number(row?.pageno) - 1) * pageOctets);
  closeSync(file);
  return config;
}

/** Sends everybody a message of their own at once; gives the replies. */
function sendAll(door: MailDoor, name: string): Promise<string[]> {
  return Promise.all(
    addresses.map(async (address, index) => {
      const peer = await greetDoor(door);
      const mail = { forwardPaths: [address], octets: madeMessage(`${name}${index}`, 'text') };
      const replies = await sendMail(peer, door, mail);
      peer.drop();
      return replies.join('');
    }),
  );
}

test('a damaged page defers the mail of whose page it is, and the operator is told; all others go on', async t => {
  const config = await makeDamaged(t);
  const web = await startDoor(t, 'web', config);
  const hit = new Set<string>();
  for (const name of ['smtp', 'lmtp'] as const) {
    const { ports, log } = await startDoor(t, name, config);
    const replies = await sendAll({ name, port: ports[name] ?? 0 }, name);
    for (const [index, reply] of replies.entries()) {
      assert.match(reply, /^(250 2\.0\.0|45[12] 4\.)/);
      if (reply.startsWith('4')) hit.add(addresses[index] ?? '');
    }
    assert.ok(hit.size >= 1 && hit.size <= 2, `${hit.size} are deferred`);
    const told = log.map(line => JSON.parse(line)).find(({ event }) => event === 'storeWriteFailed');
    assert.equal(told?.level, 'error');
    assert.match(told?.file, /shard-0\.db$/);
  }
  const metrics = await (await fetch(`http://127.0.0.1:${web.ports.web}/metrics`)).text();
  assert.match(metrics, /^caliopen_store_damaged_files 1$/m);
  const { run } = openCommand(t);
  const environment = settingsEnvironment(config);
  const doctor = await run(['doctor', '--json'], { environment });
  assert.equal(doctor.code, 1);
  const finding = jsonLines(doctor.stdout).find(({ check }) => check === 'store files');
  assert.match(String(finding?.detail), /^shard-0\.db is damaged: /);
  const verify = await run(['store', 'verify', '--json'], { environment });
  assert.equal(verify.code, 1);
  const named = new Set(jsonLines(verify.stdout).flatMap(({ accountId }) => accountId ?? []));
  assert.ok(named.size <= 2, 'only accounts that are hit are named');
  const parts = await openTestParts(t, config);
  for (const address of addresses.filter(each => !hit.has(each))) {
    const account = await parts.store.getAccountByAddress(address);
    assert.ok(account);
    assert.equal((await listAll(parts.store, account.id, null)).length, 32);
  }
});

test('what doctor tells of damage is forgotten when the store is found whole', async t => {
  const config = testConfig(t);
  const { run } = openCommand(t);
  const environment = settingsEnvironment(config);
  noteDamage(config.data, { file: 'shard-0.db', cause: 'for a test', metAt: new Date(0).toISOString() });
  assert.match((await run(['doctor'], { environment })).stdout, /shard-0\.db is damaged: for a test/);
  assert.equal((await run(['store', 'verify'], { environment })).code, 0);
  assert.doesNotMatch((await run(['doctor'], { environment })).stdout, /damaged/);
});
