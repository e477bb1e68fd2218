import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateKey } from '../../delivery/crypto/keys.ts';
import { jsonLines, openCommand } from '../support/command.ts';
import { makePair } from '../support/server-certificate.ts';

/** Free ports, and no name server that answers. */
const environment = {
  CALIOPEN_SMTP_PORT: '0',
  CALIOPEN_LMTP_PORT: '0',
  CALIOPEN_WEB_PORT: '0',
  CALIOPEN_DNS_PORT: '0',
  CALIOPEN_RESOLVER_SERVERS: '127.0.0.1:9',
  CALIOPEN_RESOLVER_TIMEOUT_MILLISECONDS: '200',
};

function statuses(output: string): Record<string, unknown> {
  return Object.fromEntries(jsonLines(output).map(({ check, status }) => [String(check), status]));
}

test('doctor looks at everything on a new machine, finds no failure, and says what comes next', async t => {
  const { run } = openCommand(t);
  const { code, stdout, stderr } = await run(['doctor'], { environment });
  assert.equal(code, 0, stderr);
  for (const check of [
    'settings',
    'descriptors',
    'clock',
    'smtp port',
    'lmtp address',
    'tls',
    'instance key',
  ]) {
    assert.match(stdout, new RegExp(`^(ok  |warn) ${check} `, 'm'));
  }
  assert.match(stdout, /^ok {3}store /m);
  assert.match(stdout, /no domain is served\n +-> caliopen domain add NAME/);
});

test('doctor gives one JSON line per check, and a domain’s own findings', async t => {
  const { run } = openCommand(t);
  await run(['domain', 'add', 'example.org']);
  const { stdout } = await run(['--json', 'doctor'], { environment });
  const found = jsonLines(stdout);
  for (const { check, status, detail } of found) {
    assert.ok(['ok', 'warn', 'fail'].includes(String(status)), String(check));
    assert.equal(typeof detail, 'string');
  }
  assert.ok(found.some(({ check, detail }) => `${check} ${detail}`.includes('example.org')));
  for (const { status, todo, check } of found) {
    if (status !== 'ok') assert.ok(todo, `${check} says what to do`);
  }
});

test('a taken port is a warning, an instance key that others can read a failure: exit 1', async t => {
  const { run, folder } = openCommand(t);
  await run(['domain', 'add', 'example.org']);
  const taken = createServer();
  const port = await new Promise<number>(resolve => {
    taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port));
  });
  t.after(() => taken.close());
  chmodSync(join(folder, 'data', 'instance.key'), 0o644);
  const { code, stdout } = await run(['--json', 'doctor'], {
    environment: { ...environment, CALIOPEN_WEB_PORT: String(port), CALIOPEN_LMTP_ADDRESS: '0.0.0.0' },
  });
  assert.equal(code, 1);
  const found = statuses(stdout);
  assert.deepEqual(
    [found['web port'], found['lmtp address'], found['instance key']],
    ['warn', 'warn', 'fail'],
  );
});

test('bad certificates and a store that can not be opened are failures with what to do', async t => {
  const { run, folder } = openCommand(t);
  writeFileSync(join(folder, 'cert.pem'), 'no certificate');
  writeFileSync(join(folder, 'file'), '');
  const { code, stdout } = await run(['--json', 'doctor', '--data', 'file/data'], {
    environment: {
      ...environment,
      CALIOPEN_TLS_CERTIFICATE_FILE: 'cert.pem',
      CALIOPEN_TLS_KEY_FILE: 'cert.pem',
    },
  });
  assert.equal(code, 1);
  const found = statuses(stdout);
  assert.deepEqual([found.tls, found.store], ['fail', 'fail']);
});

test('a socket file needs a folder that can be written to, and no port', async t => {
  const { run, folder } = openCommand(t);
  const look = async (file: string) => {
    const words = ['--json', 'doctor'];
    const { stdout } = await run(words, {
      environment: { ...environment, CALIOPEN_LMTP_ADDRESS: `unix:${file}` },
    });
    return statuses(stdout)['lmtp port'];
  };
  assert.equal(await look(join(folder, 'lmtp')), 'ok');
  assert.equal(await look(join(folder, 'absent', 'lmtp')), 'fail');
});

test('an instance key that is not the folder’s is a fault of the settings, not of the folder', async t => {
  const { run } = openCommand(t);
  await run(['domain', 'add', 'example.org']);
  const { stdout } = await run(['--json', 'doctor'], {
    environment: { ...environment, CALIOPEN_KEYS_INSTANCE_KEY: 'ab'.repeat(32) },
  });
  const store = jsonLines(stdout).find(({ check }) => check === 'store');
  assert.deepEqual([store?.status, /settings/.test(String(store?.todo))], ['fail', true]);
  assert.doesNotMatch(String(store?.todo), /df/);
});

test('a data folder whose instance key is gone is told as that, and gets no other key', async t => {
  const { run, folder } = openCommand(t);
  await run(['domain', 'add', 'example.org']);
  const [data, elsewhere] = [join(folder, 'data'), join(folder, 'keys', 'other.key')];
  const mistyped = { ...environment, CALIOPEN_KEYS_INSTANCE_KEY_FILE: elsewhere };
  const { code, stdout } = await run(['--json', 'doctor'], { environment: mistyped });
  assert.equal(code, 1);
  assert.equal(statuses(stdout)['instance key'], 'fail');
  const listed = await run(['domain', 'list'], { environment: mistyped });
  assert.equal(listed.code, 2);
  const told = listed.stderr.trim();
  assert.equal(
    told.replaceAll(folder, ''),
    'caliopen: the data folder /data holds a store, but its instance key is not at /keys/other.key; put the file back from its copy, or set keys.instanceKeyFile to where it is',
  );
  renameSync(join(data, 'instance.key'), join(folder, 'kept.key'));
  const away = await run(['domain', 'list']);
  assert.match(away.stderr, /is not at .*instance\.key; put the file back/);
  assert.equal(existsSync(elsewhere) || existsSync(join(data, 'instance.key')), false);
  const found = await run(['domain', 'list'], {
    environment: { CALIOPEN_KEYS_INSTANCE_KEY_FILE: join(folder, 'kept.key') },
  });
  assert.match(found.stdout, /example\.org/);
});

test('a certificate without its key is told so, by doctor and by the doors', async t => {
  const { run, folder } = openCommand(t);
  const half = { ...environment, CALIOPEN_TLS_CERTIFICATE_FILE: join(folder, 'cert.pem') };
  const { stdout } = await run(['--json', 'doctor'], { environment: half });
  const tls = jsonLines(stdout).find(({ check }) => check === 'tls');
  assert.deepEqual([tls?.status, tls?.detail], ['fail', 'tls.keyFile is not set']);
  const { code, stderr } = await run(['serve', 'lmtp'], { environment: half });
  assert.equal(code, 2);
  assert.match(stderr, /tls\.certificateFile and tls\.keyFile: .*set both or neither/);
});

test('a host without a full name, or an MTA believed by a short one, is a warning', async t => {
  const { run } = openCommand(t);
  const look = async (hostname: string, mtaHostname: string) => {
    const { stdout } = await run(['--json', 'doctor'], {
      environment: {
        ...environment,
        CALIOPEN_HOSTNAME: hostname,
        CALIOPEN_LMTP_MTA_HOSTNAME: mtaHostname,
      },
    });
    const found = jsonLines(stdout).find(({ check }) => check === 'host name');
    return [found?.status, String(found?.todo ?? '').match(/set (\S+)/)?.[1]];
  };
  assert.deepEqual(await look('mail', ''), ['warn', 'hostname']);
  assert.deepEqual(await look('mail.example.org', 'mx'), ['warn', 'lmtp.mtaHostname']);
  assert.deepEqual(await look('mail.example.org', ''), ['ok', undefined]);
});

test('doctor says whose postmaster has no mailbox', async t => {
  const { run } = openCommand(t);
  await run(['domain', 'add', 'example.org']);
  await run(['account', 'add', 'ada@example.org']);
  const look = async (postmaster: string) => {
    const { stdout } = await run(['--json', 'doctor'], {
      environment: { ...environment, CALIOPEN_POSTMASTER: postmaster },
    });
    const found = jsonLines(stdout).find(({ check }) => check === 'postmaster');
    return [found?.status, found?.detail];
  };
  assert.deepEqual(await look(''), ['warn', 'postmaster@example.org is refused']);
  assert.deepEqual(await look('bo@example.org'), [
    'warn',
    'postmaster@example.org is refused: there is no account bo@example.org',
  ]);
  assert.deepEqual(await look('ada@example.org'), ['ok', 'postmaster@example.org is taken']);
});

test('doctor names the accounts whose mail is deferred for want of a key', async t => {
  const { run, folder } = openCommand(t);
  await run(['domain', 'add', 'example.org']);
  for (const name of ['ada', 'bo', 'cy'])
    await run(['account', 'add', `${name}@example.org`, '--custody', name === 'cy' ? 'none' : 'client']);
  const look = async () => {
    const { stdout } = await run(['--json', 'doctor'], { environment });
    return jsonLines(stdout).find(({ check }) => check === 'account keys');
  };
  const both = await look();
  assert.equal(both?.status, 'warn');
  assert.match(String(both?.detail), /^mail for ada@example\.org, bo@example\.org is deferred/);
  const key = join(folder, 'public.key');
  writeFileSync(key, (await generateKey('ada@example.org')).publicKey);
  const imported = await run(['keys', 'import', key, '--account', 'ada@example.org']);
  assert.equal(imported.code, 0, imported.stderr);
  assert.match(String((await look())?.detail), /^mail for bo@example\.org is deferred/);
});

test('doctor tells faults of the settings instead of looking: exit 2', async t => {
  const { run } = openCommand(t);
  const { code, stderr } = await run(['doctor'], { environment: { CALIOPEN_WEB_PORT: '70000' } });
  assert.equal(code, 2);
  assert.match(stderr, /CALIOPEN_WEB_PORT: web\.port: found .*70000.*; allowed: .*65535/);
});

test('doctor reads the folder of certificates, and sees whether an ACME server can ask', async t => {
  const { run, folder } = openCommand(t);
  const certificates = join(folder, 'certificates');
  mkdirSync(certificates);
  const { certificate, key } = await makePair(['openpgpkey.example.org']);
  writeFileSync(join(certificates, 'good.pem'), certificate + key);
  const settings = {
    ...environment,
    CALIOPEN_WEB_TLS: 'true',
    CALIOPEN_TLS_FOLDER: certificates,
    CALIOPEN_ACME_DIRECTORY: 'https://127.0.0.1:9/dir',
    CALIOPEN_ACME_HTTP_PORT: '0',
  };
  const good = await run(['doctor'], { environment: settings });
  assert.match(good.stdout, /^ok {3}tls folder .* holds certificates for 1 names$/m);
  assert.match(good.stdout, /^ok {3}acme port /m);
  writeFileSync(join(certificates, 'bad.pem'), 'nothing');
  const bad = await run(['doctor'], { environment: settings });
  assert.equal(bad.code, 1);
  assert.match(bad.stdout, /^fail tls folder .*bad\.pem: it holds no PEM certificate\n +-> give PEM files/m);
});
