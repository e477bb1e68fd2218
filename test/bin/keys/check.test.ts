import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { it, type TestContext } from 'node:test';
import { newMessage, parseMessage, writeMessage } from '../../../dns-keys/message.ts';
import { labelsOf } from '../../../dns-keys/name.ts';
import { publishedOwners } from '../../../dns-keys/owner-name.ts';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import { jsonLines } from '../../support/command.ts';
import { withStore } from '../../support/command-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runKeys } from './run-keys.ts';

/** A resolver that has validated all it says and knows the record of one label. */
async function openResolver(t: TestContext, known: () => Record<string, Uint8Array>): Promise<string> {
  const socket = createSocket('udp4');
  socket.on('message', (octets, { port, address }) => {
    const { id, questions } = parseMessage(octets);
    const [question] = questions;
    if (!question) return;
    const label = Buffer.from(labelsOf(question.name)[0] ?? []).toString();
    const rdata = question.type === rrTypes.OPENPGPKEY ? known()[label] : undefined;
    const answers = rdata ? [{ ...question, ttlSeconds: 60, rdata }] : [];
    const answer = newMessage({ id, isResponse: true, authenticData: true, questions, answers });
    socket.send(writeMessage(answer), port, address);
  });
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
  t.after(() => socket.close());
  return `127.0.0.1:${socket.address().port}`;
}

it('caliopen keys check says by which way the world gets what, and ends with 1 when that is wrong', async t => {
  const data = temporaryFolder(t);
  await withStore(data, async ({ store }) => {
    await store.addDomain('nowhere.invalid');
    await store.addAccount({ address: 'zoe@nowhere.invalid', custody: 'server' });
  });
  await runKeys(data, ['keys', 'generate', 'zoe@nowhere.invalid']);
  let known: Record<string, Uint8Array> = {};
  const resolver = await openResolver(t, () => known);
  const check = (...words: readonly string[]) =>
    runKeys(data, ['--json', 'keys', 'check', ...words, '--resolver', resolver]);
  const none = await check();
  assert.deepEqual([none.code, jsonLines(none.stdout)], [0, [{ checked: 0 }]]);

  await runKeys(data, ['keys', 'publish', 'zoe@nowhere.invalid']);
  const octets = await withStore(data, ({ store }) =>
    store.getPublishedKey('zoe@nowhere.invalid', 'openpgp'),
  );
  known = Object.fromEntries(
    publishedOwners('zoe').map(label => [label, octets?.octets ?? new Uint8Array()]),
  );
  for (const words of [['zoe@nowhere.invalid'], ['--domain', 'nowhere.invalid'], []]) {
    const { code, stdout } = await check(...words);
    const [{ sources, isConsistent } = { sources: [] }] = jsonLines(stdout);
    const verdicts = (sources as { source: string; verdict: string }[]).map(each => each.verdict);
    // There is no web server of that domain.
    assert.deepEqual([code, isConsistent, verdicts], [1, false, ['same', 'skipped', 'failed', 'same']]);
  }
  const text = await runKeys(data, ['keys', 'check', 'zoe@nowhere.invalid', '--resolver', resolver]);
  assert.match(text.stdout, /^zoe@nowhere.invalid +DNS +same +[0-9a-f]{40} +validated +-$/m);
  assert.match(
    text.stdout,
    /^ALARM: zoe@nowhere.invalid: published is [0-9a-f]{40}, and what the world gets is not known of WKD direct$/m,
  );
  known = {};
  const gone = await runKeys(data, ['keys', 'check', 'zoe@nowhere.invalid', '--resolver', resolver]);
  assert.match(gone.stdout, /^ALARM: .*, and the world gets nothing by DNS$/m);
  for (const words of [['zoe@other.example'], ['--domain', 'other.example']]) {
    const { code, stderr } = await check(...words);
    assert.deepEqual([code, /no domain other\.example/.test(stderr)], [1, true]);
  }
  assert.equal((await check('zoe@nowhere.invalid', '--domain', 'nowhere.invalid')).code, 2);
});

it('a published key that is damaged keeps no other from being checked and listed', async t => {
  const data = temporaryFolder(t);
  await withStore(data, async ({ store }) => {
    await store.addDomain('nowhere.invalid');
    for (const name of ['adam', 'zoe'])
      await store.addAccount({ address: `${name}@nowhere.invalid`, custody: 'server' });
  });
  for (const address of ['adam@nowhere.invalid', 'zoe@nowhere.invalid']) {
    await runKeys(data, ['keys', 'generate', address]);
    await runKeys(data, ['keys', 'publish', address]);
  }
  await withStore(data, async ({ store }) => {
    const key = await store.getPublishedKey('adam@nowhere.invalid', 'openpgp');
    assert.ok(key);
    await store.publishKey({ ...key, octets: Buffer.from('damaged') });
  });
  const resolver = await openResolver(t, () => ({}));
  const { code, stdout, stderr } = await runKeys(data, ['--json', 'keys', 'check', '--resolver', resolver]);
  assert.deepEqual([code, stderr], [1, '']);
  assert.deepEqual(
    jsonLines(stdout).map(({ address }) => address),
    ['adam@nowhere.invalid', 'zoe@nowhere.invalid'],
  );
  const listed = await runKeys(data, ['--json', 'keys', 'list']);
  assert.deepEqual([listed.code, listed.stderr], [0, '']);
  // What stands there is none of the account's keys any more.
  assert.deepEqual(
    jsonLines(listed.stdout).map(({ address, published }) => [address, published]),
    [
      ['adam@nowhere.invalid', null],
      ['adam@nowhere.invalid', 'DNS,WKD,HKP'],
      ['zoe@nowhere.invalid', 'DNS,WKD,HKP'],
    ],
  );
});
