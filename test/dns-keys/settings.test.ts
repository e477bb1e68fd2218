import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../delivery/config.ts';
import { nameText } from '../../dns-keys/name.ts';
import { type DnsSettings, dnsSettings, mailboxName } from '../../dns-keys/settings.ts';

const secret = Buffer.alloc(32, 1).toString('base64');

function settingsOf(
  overrides: Parameters<typeof loadConfig>[0] extends { overrides?: infer T } | undefined ? T : never,
): DnsSettings {
  return dnsSettings(loadConfig({ overrides, environment: {} }));
}

test('without settings the host itself is the name server, zones are signed online with P-256, nobody may transfer', () => {
  const settings = settingsOf({ hostname: 'Mail.Example.org' });
  assert.deepEqual(settings.nameservers.map(nameText), ['mail.example.org.']);
  assert.equal(nameText(settings.host), 'mail.example.org.');
  assert.deepEqual(
    [settings.mode, settings.algorithm, settings.hostmaster, settings.catalog],
    ['online', 13, null, null],
  );
  assert.deepEqual([settings.secondaries, settings.updates, settings.tsigKeys], [[], [], []]);
});

test('names, keys and servers are read, whatever their letters', () => {
  const settings = settingsOf({
    'dns.nameservers': ['NS1.Example.net', 'ns2.example.net'],
    'dns.hostmaster': 'dns.admin@Example.net',
    'dns.signing': 'presigned',
    'dns.algorithm': 'ed25519',
    'dns.catalog': 'Catalog.Example.net',
    'dns.tsigKeys': [`hmac-sha256:Transfer.Example:${secret}`],
    'dns.secondaries': ['transfer.example@192.0.2.1:5353', '192.0.2.2', 'transfer.example@[2001:db8::1]:53'],
    'dns.updates': ['Example.org=transfer.example@192.0.2.3'],
  });
  assert.deepEqual(settings.nameservers.map(nameText), ['ns1.example.net.', 'ns2.example.net.']);
  assert.equal(settings.hostmaster && nameText(settings.hostmaster), 'dns\\.admin.example.net.');
  assert.deepEqual([settings.mode, settings.algorithm], ['presigned', 15]);
  assert.equal(settings.catalog && nameText(settings.catalog), 'catalog.example.net.');
  assert.deepEqual(
    settings.secondaries.map(({ address, port, key }) => [address, port, key && nameText(key.name)]),
    [
      ['192.0.2.1', 5353, 'transfer.example.'],
      ['192.0.2.2', 53, null],
      ['2001:db8::1', 53, 'transfer.example.'],
    ],
  );
  const [update] = settings.updates;
  assert.deepEqual(
    update && [nameText(update.zone), update.server.address, nameText(update.server.key.name)],
    ['example.org.', '192.0.2.3', 'transfer.example.'],
  );
});

test('keys that are not there, or there twice, are faults that say which', () => {
  const keys = [`hmac-sha256:one.example:${secret}`];
  for (const [overrides, words] of [
    [
      { 'dns.secondaries': ['other.example@192.0.2.1'] },
      /dns\.secondaries: .*other\.example.* dns\.tsigKeys/,
    ],
    [
      { 'dns.updates': ['example.org=other.example@192.0.2.1'], 'dns.tsigKeys': keys },
      /dns\.updates: .*other\.example/,
    ],
    [
      { 'dns.tsigKeys': [...keys, `hmac-sha512:ONE.example:${secret}`] },
      /two keys are called one\.example\./,
    ],
  ] as const)
    assert.throws(
      () => settingsOf(overrides),
      (error: Error) => words.test(error.message),
    );
});

test('dots and backslashes of a local part are part of its label', () => {
  assert.equal(nameText(mailboxName('a.b@example.org')), 'a\\.b.example.org.');
});
