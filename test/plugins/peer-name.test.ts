import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookUpName } from '../../plugins/authenticate/peer-name.ts';
import { deadResolver, failingResolver, resolverOf } from '../support/resolver.ts';

const timeoutMilliseconds = 50;

test('the name is the record, if it is a host name at all', async () => {
  const resolver = resolverOf({
    'PTR 10.2.0.192.in-addr.arpa': ['Mail.Example.NET.'],
    'PTR 11.2.0.192.in-addr.arpa': ['evil\r\nX-Injected: 1'],
  });
  assert.equal(await lookUpName('192.0.2.10', { resolver, timeoutMilliseconds }), 'mail.example.net');
  assert.equal(await lookUpName('192.0.2.11', { resolver, timeoutMilliseconds }), null);
  assert.equal(await lookUpName('192.0.2.12', { resolver, timeoutMilliseconds }), null);
});

test('no answer, a failing server and an inside address give no name', async () => {
  assert.equal(await lookUpName('192.0.2.10', { resolver: deadResolver, timeoutMilliseconds }), null);
  assert.equal(await lookUpName('192.0.2.10', { resolver: failingResolver, timeoutMilliseconds }), null);
  assert.equal(await lookUpName('127.0.0.1', { resolver: deadResolver, timeoutMilliseconds: 60_000 }), null);
});
