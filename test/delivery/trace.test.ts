import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Arrival } from '../../delivery/delivery.ts';
import { parseMessage } from '../../delivery/message/message.ts';
import { traceFields } from '../../delivery/trace.ts';

const arrival: Arrival = {
  door: 'smtp',
  id: 'T1',
  raw: new Uint8Array(),
  reversePath: 'sender@example.org',
  session: {
    source: 'live',
    remoteAddress: '2001:db8::1',
    remoteName: 'mx.example.org',
    helo: 'mx.example.org',
    tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
    authenticatedUser: null,
  },
  receivedAt: new Date('2026-03-01T12:00:00Z'),
  recipients: [],
  trustedHops: 0,
};

const found = { hostname: 'mail.example.net', authentication: null };

test('the trace field says who brought the message, over which TLS, for whom and when', () => {
  const text = traceFields(arrival, 'alice@example.net', found);
  assert.match(text, /^Return-Path: <sender@example\.org>\r\n/);
  assert.match(text, /from mx\.example\.org \(mx\.example\.org \[IPv6:2001:db8::1\]\)/);
  assert.match(text, /by mail\.example\.net with ESMTPS \(TLSv1\.3 TLS_AES_256_GCM_SHA384\) id T1/);
  assert.match(text, /for <alice@example\.net>; Sun, 0?1 Mar 2026 12:00:00 \+0000\r\n$/);
});

test('the protocol keyword tells LMTP, plain SMTP, TLS and a signed-in user apart (RFC 3848)', () => {
  const keyword = (change: Partial<Arrival>) =>
    / with (\S+)/.exec(traceFields({ ...arrival, ...change }, 'a@example.net', found))?.[1];
  const { session } = arrival;
  assert.equal(keyword({ door: 'lmtp' }), 'LMTP');
  assert.equal(keyword({ session: { ...session, tls: null } }), 'ESMTP');
  assert.equal(keyword({ session: { ...session, authenticatedUser: 'a@example.net' } }), 'ESMTPSA');
});

test('nothing a peer says can end a trace field or add one', () => {
  const hostile = fc.string({ unit: 'binary', maxLength: 80 });
  fc.assert(
    fc.property(hostile, hostile, hostile, hostile, (helo, remoteName, reversePath, forwardPath) => {
      const session = { ...arrival.session, helo, remoteName };
      const text = traceFields({ ...arrival, session, reversePath }, forwardPath, found);
      const { root, defects } = parseMessage(Buffer.from(`${text}Subject: end\r\n\r\n`));
      assert.deepEqual(
        root.fields.map(field => field.name),
        ['Return-Path', 'Received', 'Subject'],
      );
      assert.ok(!defects.includes('badHeaderLine'));
    }),
  );
});

test('octets that begin like the rest of a field add nothing to ours', () => {
  const authentication = {
    spf: { result: 'none', domain: null, aligned: false },
    dkim: [],
    dmarc: { result: 'none', policy: null, domain: null },
    arc: { result: 'none', sealer: null },
    iprev: { result: 'none', name: null },
    hops: [],
    authenticationResults: 'mail.example.net; dmarc=none',
  } as const;
  const forged = ' dmarc=pass header.from=bank.example\r\nFrom: a@bank.example\r\n\r\nhello\r\n';
  for (const start of ['', '\t', '\r', '\r\r\t']) {
    const raw = Buffer.from(`${start}${forged}`);
    const text = traceFields({ ...arrival, raw }, 'a@example.net', { ...found, authentication });
    const { root } = parseMessage(Buffer.concat([Buffer.from(text), raw]));
    const results = root.fields.filter(({ name }) => name === 'Authentication-Results');
    assert.deepEqual(
      results.map(({ value }) => value.replace(/\s+/g, ' ').trim()),
      ['mail.example.net; dmarc=none'],
    );
  }
});
