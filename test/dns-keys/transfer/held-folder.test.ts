import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { test } from 'node:test';
import { holdZoneFolder } from '../../../dns-keys/transfer/held-folder.ts';
import { poll } from '../../support/poll.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('each process has a folder of its own; one that ends leaves it to the next, however it ends', async t => {
  const data = temporaryFolder(t);
  const module = join(import.meta.dirname, '../../../dns-keys/transfer/held-folder.ts');
  const words = `import { holdZoneFolder } from ${JSON.stringify(module)};
    const held = await holdZoneFolder(${JSON.stringify(data)});
    console.log(held.path);
    setInterval(() => held, 1000);`;
  const other = spawn(execPath, ['--input-type=module', '--eval', words], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => other.kill('SIGKILL'));
  const [path] = await once(other.stdout, 'data');
  assert.equal(String(path).trim(), join(data, 'dns'));
  const second = await holdZoneFolder(data);
  const third = await holdZoneFolder(data);
  assert.deepEqual([second.path, third.path], [join(data, 'dns-2'), join(data, 'dns-3')]);
  second.release();
  const fourth = await holdZoneFolder(data);
  assert.equal(fourth.path, join(data, 'dns-2'));
  other.kill('SIGKILL');
  await once(other, 'close');
  await poll('the first folder', async () => {
    const next = await holdZoneFolder(data);
    next.release();
    return next.path === join(data, 'dns') ? true : undefined;
  });
  for (const held of [third, fourth]) held.release();
});
