import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { silentLog } from '../../../delivery/log.ts';
import { NewsHub } from '../../../delivery/store/sqlite/news.ts';
import { poll } from '../../support/poll.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

interface Heard {
  readonly hub: NewsHub;
  /** Ids of accounts that the hub was told of. */
  readonly accountIds: string[];
  readonly events: string[];
}

function openHub(t: TestContext, folder: string): Heard {
  const events: string[] = [];
  const hub = new NewsHub(folder, { ...silentLog, warn: (_fields, event) => events.push(event) });
  t.after(() => hub.close());
  return { hub, accountIds: [], events };
}

function listen({ hub, accountIds }: Heard, accountId = 'A1'): void {
  hub.watch(accountId, change => accountIds.push(change.accountId));
}

/** A data folder whose path is too long for sockets, and where they lie instead. */
function longFolder(t: TestContext): { folder: string; sockets: string } {
  const folder = join(temporaryFolder(t), 'long'.repeat(30));
  mkdirSync(folder);
  const hash = createHash('sha256')
    .update(join(realpathSync(folder), 'news'))
    .digest('hex')
    .slice(0, 16);
  const sockets = join(tmpdir(), `caliopen-${statSync(folder).uid}-${hash}`);
  t.after(() => removeFolder(sockets));
  return { folder, sockets };
}

test('where no socket can be opened the process goes on with its own news', async t => {
  const folder = temporaryFolder(t);
  // A name that is no folder: for every user, root too, no socket can be made below it.
  writeFileSync(join(folder, 'news'), '');
  const heard = openHub(t, folder);
  listen(heard);
  heard.hub.publish([['A1', { Email: '1' }]]);
  assert.deepEqual(heard.accountIds, ['A1']);
  assert.deepEqual(heard.events, ['storeNewsUnavailable']);
});

test('a socket that fails to open stops nothing, and is tried again', async t => {
  const folder = temporaryFolder(t);
  const heard = openHub(t, folder);
  const other = openHub(t, folder);
  const listening = t.mock.method(Server.prototype, 'listen', function fail(this: Server) {
    process.nextTick(() => this.emit('error', new Error('EMFILE: too many open files')));
    return this;
  });
  listen(heard);
  await poll('the log', () => heard.events[0]);
  listening.mock.restore();
  listen(heard, 'A2');
  await poll('the socket', () => readdirSync(join(folder, 'news')).length > 0 || undefined);
  other.hub.publish([['A1', { Email: '1' }]]);
  assert.equal(await poll('the news', () => heard.accountIds[0]), 'A1');
});

test('a data folder with a long path has its sockets elsewhere, for its owner alone', async t => {
  const { folder, sockets } = longFolder(t);
  const heard = openHub(t, folder);
  const other = openHub(t, folder);
  listen(heard);
  await poll('the socket', () => (existsSync(sockets) && readdirSync(sockets).length > 0) || undefined);
  assert.equal(statSync(sockets).mode & 0o777, 0o700);
  other.hub.publish([['A1', { Email: '1' }]]);
  await poll('the news', () => heard.accountIds[0]);
});

test('a folder that others could use is neither listened in nor told', async t => {
  const { folder, sockets } = longFolder(t);
  mkdirSync(sockets);
  chmodSync(sockets, 0o777);
  const heard = openHub(t, folder);
  listen(heard);
  assert.deepEqual(readdirSync(sockets), []);
  const teller = openHub(t, folder);
  for (const state of ['1', '2']) {
    teller.hub.publish([['A1', { Email: state }]]);
    await poll('the refusal to tell', () => teller.events[0]);
  }
  assert.deepEqual([heard.events, teller.events], [['storeNewsUnavailable'], ['storeNewsUnavailable']]);
});
