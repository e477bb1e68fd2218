import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../../delivery/clock.ts';
import { DeliveryError } from '../../../delivery/errors.ts';
import { silentLog } from '../../../delivery/log.ts';
import { parseName } from '../../../dns-keys/name.ts';
import { backend } from '../../support/backend.ts';
import { keyFor, openHosting, openKeeper } from './keeper.ts';

const clock = systemClock;

test('files of domains that went while nobody was here are removed once all is read, and no others', async t => {
  const domains = ['stays.example', 'goes.example'];
  const hosting = await openHosting(t, backend, { clock, log: silentLog, domains });
  const { store, config } = hosting;
  const id = await hosting.addAccount('ada@stays.example');
  await store.publishKey(keyFor(id, 'ada@stays.example'));
  const catalog = parseName('catalog.example');
  const wish = { store, clock, config, settings: { mode: 'presigned', catalog } } as const;
  const first = await openKeeper(t, wish);
  await first.close();
  const { folder } = first;
  for (const name of [
    '_smimecert.goes.example.journal',
    'catalog.example.zone',
    'notes',
    '_openpgpkey.stays.example.zone.damaged',
  ])
    writeFileSync(join(folder, name), '');
  const files = () => readdirSync(folder).sort();
  const before = files();
  assert.ok(before.includes('_openpgpkey.goes.example.zone'));

  await store.removeDomain('goes.example');
  const away = new Proxy(store, {
    get(target, name, receiver) {
      if (name === 'listDomains') return () => Promise.reject(new DeliveryError('storeUnavailable', 'away'));
      const value = Reflect.get(target, name, receiver);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  await assert.rejects(openKeeper(t, { ...wish, store: away, folder }), { code: 'storeUnavailable' });
  assert.deepEqual(files(), before);

  const { lines, keysOf } = await openKeeper(t, { ...wish, folder });
  assert.deepEqual(
    files(),
    before.filter(name => !name.includes('goes.example')),
  );
  assert.equal(keysOf('ada@stays.example'), 1);
  const [told, ...more] = lines.filter(({ event }) => event === 'zoneFilesRemoved');
  assert.deepEqual(told?.fields, {
    zones: 2,
    names: ['_openpgpkey.goes.example', '_smimecert.goes.example'],
  });
  assert.deepEqual(more, []);
});
