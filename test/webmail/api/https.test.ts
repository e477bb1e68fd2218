import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCertificate } from '../../../delivery/certificate.ts';
import { openKeyring } from '../../../delivery/crypto/keyring.ts';
import { silentLog } from '../../../delivery/log.ts';
import { openWeb } from '../../../webmail/api/app.ts';
import { atEnd } from '../../support/at-end.ts';
import { backend } from '../../support/backend.ts';
import { openTestClock } from '../../support/clock.ts';
import { startDoor } from '../../support/door-process.ts';
import { testKeyring } from '../../support/keyring.ts';
import { poll } from '../../support/poll.ts';
import { makePair, shownCertificate } from '../../support/server-certificate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { addAccount, password } from './web.ts';

test('over HTTPS the cookie is Secure and bound to the host', async t => {
  const config = await backend.prepare(t, { 'web.tls': true, hostname: 'mx.example.org' });
  const clock = openTestClock(new Date().toISOString());
  const store = await backend.open(config, { keyring: testKeyring, clock, log: silentLog });
  atEnd(t, () => store.close());
  const { certificate: cert, key } = await openCertificate(config, { clock });
  const keyring = openKeyring(new Uint8Array(32));
  const certificate = { cert, key };
  const door = await openWeb({
    config,
    store,
    keyring,
    clock,
    log: silentLog,
    bundle: new Map(),
    certificate,
  });
  atEnd(t, () => door.close());
  await store.addDomain('example.org');
  await addAccount(store, 'owner@example.org');
  const answer = await new Promise<{ cookie: string; transport: string }>((resolve, reject) => {
    const headers = { 'content-type': 'application/json', host: 'mx.example.org' };
    const options = {
      port: door.port,
      path: '/session',
      method: 'POST',
      ca: cert,
      servername: 'mx.example.org',
      headers,
    };
    const sent = request(options, response => {
      const { headers: fields } = response;
      response.resume();
      resolve({
        cookie: String(fields['set-cookie']),
        transport: String(fields['strict-transport-security']),
      });
    });
    sent.on('error', reject);
    sent.end(JSON.stringify({ address: 'owner@example.org', password }));
  });
  assert.match(answer.cookie, /^__Host-caliopen=.+Path=\/;.*; Secure$/);
  assert.match(answer.transport, /^max-age=/);
});

test('a door shows the certificates of tls.folder by name, also those that come while it runs', async t => {
  const folder = temporaryFolder(t);
  const [one, two] = [await makePair(['openpgpkey.example.net']), await makePair(['*.example.com'])];
  writeFileSync(join(folder, 'one.pem'), one.certificate + one.key);
  const config = await backend.prepare(t, { 'web.tls': true, 'tls.folder': folder });
  const { ports } = await startDoor(t, 'web', config);
  const altNames = async (name: string) => (await shownCertificate(Number(ports.web), name)).altNames;
  assert.equal(await altNames('openpgpkey.example.net'), 'DNS:openpgpkey.example.net');
  assert.equal(await altNames('openpgpkey.example.com'), 'DNS:mx.example.org');
  writeFileSync(join(folder, 'two.pem'), two.certificate + two.key);
  await poll('the new one', async () =>
    (await altNames('openpgpkey.example.com')) === 'DNS:*.example.com' ? true : undefined,
  );
});
