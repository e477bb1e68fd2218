import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allEntities } from '../../delivery/message/body.ts';
import { parseMessage } from '../../delivery/message/message.ts';
import { shownMessage } from '../../delivery/shown-message.ts';
import type { Email } from '../../delivery/store/store.ts';

const trace = 'Return-Path: <a@example.net>\r\nAuthentication-Results: mx.example.org;\r\n\tspf=fail\r\n';
const sent = [
  'Authentication-Results: mx.example.org; spf=pass',
  'Authentication-Results: (c) MX.example.org; dmarc=pass',
  'Authentication-Results: lists.example.net; dmarc=pass',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b\r\nContent-Type: text/plain\r\n\r\none\r\n--b--',
  '',
].join('\r\n');

const email = (traceOctets: number, authenticationResults: string) =>
  ({ findings: { traceOctets, authentication: { authenticationResults } } }) as unknown as Email;

const resultsOf = (message: ReturnType<typeof parseMessage>) =>
  message.root.fields
    .filter(({ name }) => name === 'Authentication-Results')
    .map(({ value }) => value.trim());

test('results in our name that came with a message are not shown; ours and those of others are', () => {
  const stored = parseMessage(Buffer.from(trace + sent));
  const shown = shownMessage(stored, email(trace.length, 'mx.example.org; spf=fail'));
  assert.deepEqual(resultsOf(shown), ['mx.example.org;\r\n\tspf=fail', 'lists.example.net; dmarc=pass']);
  assert.equal(allEntities(shown).length, allEntities(stored).length);
  assert.equal(shown.raw, stored.raw);
});

test('a message without results of ours is shown as it is', () => {
  const stored = parseMessage(Buffer.from(sent));
  for (const shown of [null, email(0, 'mx.example.org; spf=fail'), email(10, '')]) {
    assert.equal(shownMessage(stored, shown), stored);
  }
});
