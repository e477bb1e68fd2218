import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasUnknownParameter } from '../../plugins/parameters.ts';

const ours = ['mx.example.org Hello', 'PIPELINING', '8BITMIME', 'SMTPUTF8', 'SIZE 1000', 'STARTTLS'];

test('a command takes the parameters of the extensions that were announced, and no other', () => {
  assert.equal(hasUnknownParameter('mail', { SIZE: '5', BODY: '8bitmime', SMTPUTF8: null }, ours), false);
  assert.equal(hasUnknownParameter('mail', {}, ours), false);
  for (const given of [{ BODY: 'BINARYMIME' }, { BODY: null }, { RET: 'HDRS' }, { CONSTRUCTOR: null }])
    assert.equal(hasUnknownParameter('mail', given, ours), true, JSON.stringify(given));
  assert.equal(hasUnknownParameter('rcpt', { SIZE: '5' }, ours), true);
  assert.equal(hasUnknownParameter('mail', { BODY: '8BITMIME' }, ['mx.example.org Hello']), true);
});

test('where a plugin of others announces an extension, its parameters are its own matter', () => {
  assert.equal(hasUnknownParameter('rcpt', { NOTIFY: 'NEVER' }, [...ours, 'DSN']), false);
  assert.equal(hasUnknownParameter('mail', { AUTH: '<>' }, [...ours, 'AUTH PLAIN LOGIN']), false);
});
