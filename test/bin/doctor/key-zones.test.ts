import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { keyFor } from '../../dns-keys/publish/keeper.ts';
import { jsonLines, openCommand } from '../../support/command.ts';
import { withStore } from '../../support/command-store.ts';
import { openResolver } from '../../support/dns/known-records.ts';

const apex = '_openpgpkey.example.org.';
const names = { CALIOPEN_HOSTNAME: 'mail.host.example', CALIOPEN_RESOLVER_TIMEOUT_MILLISECONDS: '500' };

test('doctor says whether the world finds published keys, and of domains without any nothing', async t => {
  const { run, folder } = openCommand(t);
  const examine = async (records: Record<string, string[]> | null) => {
    const server = records ? await openResolver(t, records) : '127.0.0.1:9';
    const environment = { ...names, CALIOPEN_RESOLVER_SERVERS: server };
    const { stdout } = await run(['--json', 'doctor'], { environment });
    const found = jsonLines(stdout).filter(({ check }) => check === 'key zones');
    for (const { status, todo } of found) assert.equal(status === 'ok', todo === undefined);
    return found.map(({ status, detail }) => `${status} ${detail}`);
  };
  await run(['domain', 'add', 'example.org']);
  await withStore(join(folder, 'data'), async ({ store }) => {
    const { id } = await store.addAccount({ address: 'ada@example.org' });
    assert.deepEqual(await examine({}), []);
    await store.publishKey(keyFor(id, 'ada@example.org'));
  });
  assert.deepEqual(await examine({}), ['warn example.org: keys are published, and there is no key zone yet']);

  const shown = await run(['--json', 'domain', 'dns', 'example.org', '--no-check'], { environment: names });
  const placed = jsonLines(shown.stdout)[0]?.records as { name: string; type: string; data: string[] }[];
  const all = Object.fromEntries(placed.map(({ name, type, data }) => [`${name} ${type}`, data]));
  assert.deepEqual(await examine(all), ['ok example.org: delegated and secured, and its directory is named']);
  const { [`${apex} DS`]: _ds, ...withoutDs } = all;
  assert.deepEqual(await examine(withoutDs), ['warn _openpgpkey.example.org DS missing']);
  const wrong = { ...all, [`${apex} DS`]: [`1 13 2 ${'0'.repeat(64)}`] };
  assert.deepEqual(await examine(wrong), ['warn _openpgpkey.example.org DS different']);
  const [unknown] = await examine(null);
  assert.match(unknown ?? '', /^warn .*NS unknown; .*DS unknown/);
});
