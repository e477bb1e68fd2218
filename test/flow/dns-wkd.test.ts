import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backend } from '../support/backend.ts';
import { hostedZones, openHosted } from '../support/dns/hosted.ts';
import { makeLargeKey } from '../support/dns/large-key.ts';
import { gpgLocate, gpgMakeKey, gpgShow, type Located, sqWkdGet } from '../support/dns/locate.ts';
import { openWorld } from '../support/dns/world.ts';
import { requireService } from '../support/services.ts';

test('gpg and sq find keys in the Web Key Directory, by its advanced and its direct method', async t => {
  for (const name of ['gnupg', 'dirmngr', 'sq'] as const) {
    if (requireService(t, name) === null) return;
  }
  const world = await openWorld(t, hostedZones);
  if (world === null) return;
  const hosted = await openHosted(t, world, { on: backend });
  for (const name of ['Zoe', 'rsa', 'large', 'hidden']) await hosted.addAccount(`${name}@alpha.example`);
  await hosted.addAccount('zoe@beta.example');
  await hosted.caliopen(['account', 'alias', 'z@alpha.example', 'Zoe@alpha.example']);
  await hosted.caliopen(['keys', 'generate', 'hidden@alpha.example', '--custody', 'server']);
  const [zoe, rsa, large] = await Promise.all([
    gpgMakeKey(world, ['Zoe <zoe@alpha.example>', 'Z <z@alpha.example>', 'Zoe <zoe@beta.example>']),
    gpgMakeKey(world, ['rsa@alpha.example'], 'rsa4096'),
    makeLargeKey('large@alpha.example', 200),
  ]);
  for (const address of ['Zoe@alpha.example', 'z@alpha.example', 'zoe@beta.example'])
    await hosted.publish(address, zoe.octets);
  await hosted.publish('rsa@alpha.example', rsa.octets);
  await hosted.publish('large@alpha.example', large);
  await hosted.serve('web');

  const expected = {
    'zoe@alpha.example': zoe.fingerprint,
    'ZOE@alpha.example': zoe.fingerprint,
    'z@alpha.example': zoe.fingerprint,
    'zoe@beta.example': zoe.fingerprint,
    'rsa@alpha.example': rsa.fingerprint,
    'large@alpha.example': (await gpgShow(world, large)).fingerprint,
    'hidden@alpha.example': null,
    'nobody@alpha.example': null,
  };
  for (const [address, fingerprint] of Object.entries(expected)) {
    const byGpg: Located = await gpgLocate(world, address, 'wkd');
    assert.equal(byGpg.fingerprint, fingerprint, `${address}: ${byGpg.text}`);
    // sq 0.27 refuses a user id that is written in other letters than it was asked for.
    if (address !== address.toLowerCase()) continue;
    const bySq: Located = await sqWkdGet(world, address);
    assert.equal(bySq.fingerprint, fingerprint, `${address}: ${bySq.text}`);
    if (fingerprint) assert.equal(bySq.userIds.length, 1, 'only the user id that was asked for');
  }
});
