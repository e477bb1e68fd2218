import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { importKey } from '../../../bin/keys/import.ts';
import { generateKey } from '../../../delivery/crypto/keys.ts';
import { publishKey } from '../../../delivery/publish-key.ts';
import { wkdHash } from '../../../dns-keys/wkd/hash.ts';
import { openTestParts, startDoor, testConfig } from '../../support/door-process.ts';
import { get } from './get.ts';

const own: (() => unknown)[] = [];
let port = 0;
const known = '/.well-known/openpgpkey';
const joe = wkdHash('joe.doe');
const nobody = wkdHash('nobody');

before(async () => {
  const t = { after: (end: () => unknown) => own.push(end) };
  const config = testConfig(t);
  const parts = await openTestParts(t, config);
  await parts.store.addDomain('example.org');
  for (const name of ['Joe.Doe', 'nobody']) await parts.store.addAccount({ address: `${name}@example.org` });
  const account = await parts.store.getAccountByAddress('joe.doe@example.org');
  if (!account) throw new Error('no account');
  await importKey((await generateKey(account.address)).privateKey, { account, passphrase: null }, parts);
  await publishKey({ account, actor: 'operator' }, { address: account.address }, parts);
  port = (await startDoor(t, 'web', config)).ports.web ?? 0;
});
after(async () => {
  for (const end of own.reverse()) await end();
});

const direct = (path: string, method?: string) =>
  get({ port, host: 'example.org', path: known + path, method });
const advanced = (path: string, method?: string) =>
  get({ port, host: 'openpgpkey.example.org', path: `${known}/example.org${path}`, method });

test('§3.1: Joe.Doe hashes as the draft says', () => {
  assert.equal(joe, 'iy9q119eutrkn8s1mk4r39qejnbu3n5q');
});

test('§3.1: both methods give the same binary key, with or without l=', async () => {
  const answers = await Promise.all([
    direct(`/hu/${joe}?l=Joe.Doe`),
    direct(`/hu/${joe}`),
    advanced(`/hu/${joe}?l=Joe.Doe`),
    advanced(`/hu/${joe}`),
  ]);
  for (const { status, body, headers } of answers) {
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'application/octet-stream');
    assert.deepEqual(body, answers[0]?.body);
    // A packet of a public key (RFC 9580 §4.2), no armour.
    assert.ok([0x98, 0x99, 0xc6].includes(body[0] ?? 0));
  }
});

test('§3.1: HEAD is answered as GET is', async () => {
  for (const ask of [direct, advanced]) {
    const [whole, head] = [await ask(`/hu/${joe}`), await ask(`/hu/${joe}`, 'HEAD')];
    assert.deepEqual([head.status, head.body.length], [200, 0]);
    assert.equal(head.headers['content-length'], String(whole.body.length));
  }
});

test('§3.1: browsers may ask from anywhere', async () => {
  for (const path of [`/hu/${joe}`, `/hu/${nobody}`, '/policy'])
    assert.equal((await direct(path)).headers['access-control-allow-origin'], '*');
});

test('§4.5: the policy file is there', async () => {
  assert.deepEqual([(await direct('/policy')).status, (await advanced('/policy')).status], [200, 200]);
});

test('who is hidden and who is not there are answered the same', async () => {
  const strip = ({
    status,
    body,
    headers: { date: _date, ...headers },
  }: Awaited<ReturnType<typeof get>>) => ({
    status,
    body,
    headers,
  });
  const [hidden, absent] = [await direct(`/hu/${nobody}`), await direct(`/hu/${wkdHash('never')}`)];
  assert.equal(hidden.status, 404);
  assert.deepEqual(strip(hidden), strip(absent));
});

test('the method and the Host go together; other domains, hashes and words are not found', async () => {
  for (const [host, path] of [
    ['example.org', `${known}/example.org/hu/${joe}`],
    ['openpgpkey.example.org', `${known}/hu/${joe}`],
    ['openpgpkey.example.org', `${known}/example.com/hu/${joe}`],
    ['example.com', `${known}/hu/${joe}`],
    ['example.org', `${known}/hu/${joe}?l=nobody`],
    ['example.org', `${known}/hu/${joe.slice(1)}`],
    ['example.org', `${known}/hu/`],
  ] as const)
    assert.equal((await get({ port, host, path })).status, 404, `${host} ${path}`);
});
