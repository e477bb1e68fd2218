import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { test } from 'node:test';
import { removeStaleSocket } from '../../delivery/stale-socket.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a socket whose door was killed is removed', async t => {
  const path = join(temporaryFolder(t), 'lmtp');
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  assert.throws(() => execFileSync(execPath, ['-e', script], { stdio: 'ignore' }));
  assert.equal(existsSync(path), true);
  await removeStaleSocket(path);
  assert.equal(existsSync(path), false);
});

test('a socket that answers, and a file of another kind, stay', async t => {
  const folder = temporaryFolder(t);
  const [path, file] = [join(folder, 'lmtp'), join(folder, 'file')];
  const server = createServer().listen(path);
  await once(server, 'listening');
  t.after(() => server.close());
  writeFileSync(file, 'precious');
  await removeStaleSocket(path);
  await removeStaleSocket(file);
  await removeStaleSocket(join(folder, 'absent'));
  assert.deepEqual([existsSync(path), existsSync(file)], [true, true]);
});
