import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDoor } from '../../../bin/serve/dns.ts';
import { systemClock } from '../../../delivery/clock.ts';
import type { loadConfig } from '../../../delivery/config.ts';
import { loadInstanceKey, openKeyring } from '../../../delivery/crypto/keyring.ts';
import { DeliveryError } from '../../../delivery/errors.ts';
import { silentLog } from '../../../delivery/log.ts';
import { openParts } from '../../../delivery/open.ts';
import { parseMessage, rcodes } from '../../../dns-keys/message.ts';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import { dnssecOk, queryOctets, typesOf } from '../../dns-keys/answer/queries.ts';
import { keyFor, openKeeper, ownersOf } from '../../dns-keys/publish/keeper.ts';
import { udpClient } from '../../dns-keys/server/open-server.ts';
import { freePort } from '../../support/acme/pebble.ts';
import { atEnd } from '../../support/at-end.ts';
import { backend } from '../../support/backend.ts';
import { poll } from '../../support/poll.ts';
import { makePair, shownCertificate } from '../../support/server-certificate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const away = () => Promise.reject(new DeliveryError('storeUnavailable', 'no node answers'));

test('while the store is away at a start presigned zones are answered from disk, and all is taken up later', async t => {
  const port = await freePort();
  const config = await backend.prepare(t, {
    'dns.address': ['127.0.0.1'],
    'dns.port': port,
    'dns.signing': 'presigned',
    'dns.checkHours': 0,
    'resolver.servers': ['127.0.0.1:9'],
  });
  await assert.rejects(openDoor(config, { open: away }), { code: 'storeUnavailable' }, 'nothing on disk');

  const clock = systemClock;
  const keyring = openKeyring(await loadInstanceKey(config));
  const store = await backend.open(config, { keyring, clock, log: silentLog });
  atEnd(t, () => store.close());
  await store.addDomain('example.org');
  const { id } = await store.addAccount({ address: 'ada@example.org' });
  await store.addAlias('other@example.org', id);
  await store.publishKey(keyFor(id, 'ada@example.org'));
  const keeper = await openKeeper(t, { store, clock, config, keyring, folder: join(config.data, 'dns') });
  await keeper.close();
  await store.publishKey(keyFor(id, 'other@example.org'));

  const state = { isAway: true };
  const open = (settings: ReturnType<typeof loadConfig>) =>
    state.isAway ? away() : openParts(settings, { log: silentLog });
  const door = await openDoor(config, { open, pauseMilliseconds: 20 });
  atEnd(t, () => door.close());
  assert.equal(door.port, port);
  const udp = await udpClient(t, port);
  const ask = async (address: string) => {
    udp.send(
      queryOctets(ownersOf(address)[0] ?? new Uint8Array(), { type: rrTypes.OPENPGPKEY, edns: dnssecOk }),
    );
    const octets = await udp.next(1000);
    return octets && parseMessage(octets);
  };
  assert.deepEqual(typesOf((await ask('ada@example.org'))?.answers ?? []), ['OPENPGPKEY', 'RRSIG']);
  assert.equal((await ask('other@example.org'))?.rcode, rcodes.NXDOMAIN);
  state.isAway = false;
  await poll('the store to be taken in', async () =>
    (await ask('other@example.org'))?.answers.length ? true : undefined,
  );
  assert.equal((await ask('ada@example.org'))?.rcode, rcodes.NOERROR);
});

test('DNS over TLS shows the certificates of tls.folder by name, also those that come while it runs', async t => {
  const folder = temporaryFolder(t);
  const [one, two] = [await makePair(['ns1.example.net']), await makePair(['ns2.example.net'])];
  writeFileSync(join(folder, 'one.pem'), one.certificate + one.key);
  const [port, tlsPort] = [await freePort(), await freePort()];
  const config = await backend.prepare(t, {
    ...{ 'dns.port': port, 'dns.tls': true, 'dns.tlsPort': tlsPort, 'dns.checkHours': 0 },
    ...{ 'tls.folder': folder, hostname: 'mx.example.org' },
  });
  const door = await openDoor(config);
  atEnd(t, () => door.close());
  const altNames = async (name: string) => (await shownCertificate(tlsPort, name)).altNames;
  assert.equal(await altNames('ns1.example.net'), 'DNS:ns1.example.net');
  assert.equal(await altNames('ns2.example.net'), 'DNS:mx.example.org');
  writeFileSync(join(folder, 'two.pem'), two.certificate + two.key);
  await poll('the new one', async () =>
    (await altNames('ns2.example.net')) === 'DNS:ns2.example.net' ? true : undefined,
  );
});
