import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCertificate } from '../../delivery/certificate.ts';
import { testConfig } from '../support/door-process.ts';

test('a self-made certificate is made once, kept to its owner, and made anew for another name or when damaged', async t => {
  const config = testConfig(t);
  const [first, second] = await Promise.all([openCertificate(config), openCertificate(config)]);
  assert.equal(first.certificate, second.certificate, 'two doors that start at once agree');
  assert.equal((await openCertificate(config)).certificate, first.certificate);
  assert.equal(statSync(first.keyFile).mode & 0o777, 0o600);
  const parsed = new X509Certificate(first.certificate);
  assert.equal(parsed.checkHost('mx.example.org'), 'mx.example.org');
  assert.ok(parsed.checkPrivateKey(createPrivateKey(first.key)));
  const renamed = await openCertificate({ ...config, hostname: 'other.example.org' });
  assert.notEqual(renamed.certificate, first.certificate);
  writeFileSync(renamed.certificateFile, 'damaged');
  assert.match((await openCertificate(config)).certificate, /BEGIN CERTIFICATE/);
});

test('a given certificate is used; one that does not fit its key is a fault of the settings', async t => {
  const config = testConfig(t);
  const [one, two] = [await openCertificate(config), await openCertificate(testConfig(t))];
  const given = (certificate: string, key: string) => {
    const [certificateFile, keyFile] = [join(config.data, 'c.pem'), join(config.data, 'k.pem')];
    writeFileSync(certificateFile, certificate);
    writeFileSync(keyFile, key);
    return openCertificate({ ...config, 'tls.certificateFile': certificateFile, 'tls.keyFile': keyFile });
  };
  assert.equal((await given(one.certificate, one.key)).isSelfMade, false);
  await assert.rejects(given(one.certificate, two.key), { code: 'badSettings' });
  await assert.rejects(given('no certificate', two.key), { code: 'badSettings' });
});
