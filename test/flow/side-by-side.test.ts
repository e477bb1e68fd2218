import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { env, execPath } from 'node:process';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'cassandra-driver';
import type { Config } from '../../delivery/config.ts';
import { schemaSteps } from '../../delivery/store/cassandra/schema.ts';
import { keptVersions, readKept, settingsOn } from '../data/kept.ts';
import { atEnd } from '../support/at-end.ts';
import { type Code, openTestParts, startDoor, testConfig } from '../support/door-process.ts';
import { requireCommit } from '../support/earlier.ts';
import { nameKeyspace, openTables } from '../support/kept-store.ts';
import { type LaterStep, laterCode, laterStep } from '../support/later.ts';
import { poll } from '../support/poll.ts';
import {
  caliopen,
  found,
  greet,
  names,
  send,
  sendAll,
  serveFromBoth,
  type TwoVersions,
  talkTo,
} from '../support/two-versions.ts';

/** Code that may still run while this one begins: of each version, and of the last change of the schema before. */
const earlier: Readonly<Record<string, string>> = {
  ...Object.fromEntries(keptVersions().map(version => [version, readKept(version, 'sqlite').commit])),
  'the first schema': 'cde7ab4b7cf15f7d81b9909f6374b489083bd7dc',
  'the schema before published keys': '778528892c384fa99e6de0c4b886acc5da02af7b',
  'the schema before states of accounts': 'ccc3dee6066c3483b46533ef3f8f508c1b72db24',
};

/** The same for Cassandra. */
const earlierOnCassandra: Readonly<Record<string, string>> = {
  ...Object.fromEntries(keptVersions().map(version => [version, readKept(version, 'cassandra').commit])),
  'the schema before published keys': '778528892c384fa99e6de0c4b886acc5da02af7b',
  'the schema before states of accounts': 'ccc3dee6066c3483b46533ef3f8f508c1b72db24',
  'the schema before findings are compared': '285ff93ccd7bacbed10367be97d72178b53cdb01',
};

function startDoors(t: TestContext, config: Config, code?: Code) {
  const options = code ? { code } : {};
  return Promise.all([startDoor(t, 'lmtp', config, options), startDoor(t, 'web', config, options)]);
}

/** Doors of the older code that have been at work, and doors of this one that join them, on one data folder. */
async function openBoth(t: TestContext, older: Code): Promise<TwoVersions> {
  const config = testConfig(t);
  found(older, config);
  const [oldLmtp, oldWeb] = await startDoors(t, config, older);
  const peer = await greet(oldLmtp.ports.lmtp ?? 0);
  const [before, during] = [names('before', 30), names('during', 60)];
  await sendAll(peer, before);
  // The older doors go on while this version steps the files.
  const [[newLmtp, newWeb]] = await Promise.all([startDoors(t, config), sendAll(peer, during)]);
  return await talkTo(config, [oldLmtp, oldWeb, newLmtp, newWeb], [...before, ...during]);
}

for (const [version, commit] of Object.entries(earlier)) {
  test(`${version} and this version serve one data folder at once: nothing lost, nothing twice`, async t => {
    const older = requireCommit(t, commit);
    if (!older) return;
    const opened = await openBoth(t, older);
    await serveFromBoth(opened);
    const parts = await openTestParts(t, opened.config);
    assert.deepEqual(await Array.fromAsync(parts.store.verify()), []);
  });
}

for (const [version, commit] of Object.entries(earlierOnCassandra)) {
  test(`${version} and a version with one step more serve one keyspace at once, also while it is stepped`, async t => {
    const older = requireCommit(t, commit);
    const shared = older && (await nameKeyspace(t));
    if (!shared) return;
    const config = testConfig(t, settingsOn(shared));
    found(older, config);
    const { step, newer, ...opened } = await openWithStep(t, {
      config,
      older,
      tables: openTables(t, shared),
    });
    const { length } = opened.before;
    assert.deepEqual([await step.isEnded(), await step.countFilled()], [true, length]);
    await serveFromBoth(opened);
    for (const code of [older, newer]) caliopen(code, config, ['store', 'verify']);
    assert.equal(await step.countFilled(), length);
  });
}

/**
 * Doors of the older code that have been at work, and go on while a process of the newer code is killed in its step,
 * and doors of the newer code end that.
 */
async function openWithStep(
  t: TestContext,
  { config, older, tables }: { config: Config; older: Code; tables: Client },
) {
  const [oldLmtp, oldWeb] = await startDoors(t, config, older);
  const peer = await greet(oldLmtp.ports.lmtp ?? 0);
  const before = names('before', 20);
  await sendAll(peer, before);
  const step = await laterStep(tables, config['cassandra.keyspace'], schemaSteps.length);
  const newer = laterCode(t, step.statements);
  const stepped = new AbortController();
  const [[newLmtp, newWeb], during] = await Promise.all([
    killInStep(t, { config, newer, step, tables })
      .then(() => startDoors(t, config, newer))
      .finally(() => stepped.abort()),
    sendUntil(stepped.signal, name => send(peer, name)),
  ]);
  const sent = [...before, ...during];
  return { ...(await talkTo(config, [oldLmtp, oldWeb, newLmtp, newWeb], sent)), before, step, newer };
}

/** Sends a few messages a second; gives their names. */
async function sendUntil(over: AbortSignal, post: (name: string) => Promise<void>): Promise<string[]> {
  const sent: string[] = [];
  while (!over.aborted) {
    const name = `during-${sent.length}`;
    await post(name);
    sent.push(name);
    await wait(100);
  }
  return sent;
}

/** Begins the step with a process that is killed when half of it is done. */
async function killInStep(
  t: TestContext,
  { config, newer, step, tables }: { config: Config; newer: Code; step: LaterStep; tables: Client },
): Promise<void> {
  const words = ['--disable-warning=ExperimentalWarning', newer.main, 'domain', 'list'];
  const child = spawn(execPath, words, { env: { ...env, ...newer.settings(config) }, stdio: 'ignore' });
  atEnd(t, () => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  await poll('the step to begin', async () => ((await step.countFilled()) > 0 ? true : undefined), 60_000);
  child.kill('SIGKILL');
  assert.deepEqual(await ended, [null, 'SIGKILL']);
  assert.equal(await step.isEnded(), false);
  // What a minute does: the lock of a process that died is free.
  await tables.execute(
    `delete from ${config['cassandra.keyspace']}.schema_lock where name = 'steps' if exists`,
  );
}
