import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hop } from '../../../delivery/authenticate/findings.ts';
import type { SessionTls } from '../../../delivery/delivery.ts';
import { hopsWord, tlsWord } from '../../../delivery/privacy/connection.ts';

function tls(version: string | null, cipher: string | null = null): SessionTls {
  return { version, cipher };
}

test('TLS 1.3, and 1.2 with forward secrecy and AEAD, are modern; the rest falls by age', () => {
  const cases: [SessionTls | null | undefined, string | null][] = [
    [undefined, null],
    [null, 'none'],
    [tls('TLSv1.3', 'TLS_AES_256_GCM_SHA384'), 'modern'],
    [tls('TLSv1.3'), 'modern'],
    [tls('TLS1.3'), 'modern'],
    [tls('TLS1_3'), 'modern'],
    [tls('TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256'), 'modern'],
    [tls('TLSv1.2', 'DHE-RSA-CHACHA20-POLY1305'), 'modern'],
    [tls('TLSv1.2', 'ECDHE-ECDSA-AES256-CCM'), 'modern'],
    [tls('TLSv1.2', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'), 'modern'],
    [tls('TLSv1.2', 'ECDHE-RSA-AES256-SHA384'), 'dated'],
    [tls('TLSv1.2', 'AES128-GCM-SHA256'), 'dated'],
    [tls('TLSv1.2', 'TLS_RSA_WITH_AES_128_GCM_SHA256'), 'dated'],
    [tls('TLSv1.2', 'ADH-AES256-GCM-SHA384'), 'dated'],
    [tls('TLSv1.2', 'TLS_DH_anon_WITH_AES_256_GCM_SHA384'), 'dated'],
    [tls('TLSv1.2'), 'dated'],
    [tls('TLSv1.1', 'ECDHE-RSA-AES256-SHA'), 'old'],
    [tls('TLSv1', 'AES256-SHA'), 'old'],
    [tls('SSLv3'), 'old'],
    [tls(null, 'TLS_AES_256_GCM_SHA384'), 'old'],
    [tls('something'), 'old'],
  ];
  for (const [given, word] of cases) assert.equal(tlsWord(given), word, JSON.stringify(given));
});

function hop(claim: Partial<Hop>): Hop {
  return {
    from: 'a.example',
    fromAddress: '192.0.2.1',
    by: 'b.example',
    with: 'ESMTP',
    tls: null,
    id: null,
    at: null,
    ...claim,
  };
}

test('the trace fields claim all, some, none, or nothing', () => {
  const secure = hop({ with: 'ESMTPS', tls: tls(null) });
  assert.equal(hopsWord([]), null);
  assert.equal(hopsWord([secure, secure]), 'allTls');
  assert.equal(hopsWord([secure, hop({})]), 'someTls');
  assert.equal(hopsWord([hop({})]), 'none');
});

test('a field without a client, or from the same machine, is no way between machines', () => {
  const secure = hop({ with: 'ESMTPS', tls: tls(null) });
  assert.equal(
    hopsWord([secure, hop({ from: null, fromAddress: null }), hop({ fromAddress: '127.0.0.1' })]),
    'allTls',
  );
  assert.equal(hopsWord([hop({ fromAddress: '::1' })]), null);
});
