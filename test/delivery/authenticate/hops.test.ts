import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readHop, readHops, sessionFromTrace } from '../../../delivery/authenticate/hops.ts';
import { parseMessage } from '../../../delivery/message/message.ts';

interface Vector {
  readonly name: string;
  readonly value: string;
  readonly hop: object;
}

const vectors: Vector[] = JSON.parse(
  readFileSync(new URL('../../vectors/authenticate/received.json', import.meta.url), 'utf8'),
);

function messageOf(...received: readonly string[]) {
  const fields = received.map(value => `Received:${value}\r\n`);
  return parseMessage(Buffer.from(`${fields.join('')}From: zoe@example.org\r\n\r\nhello\r\n`));
}

describe('trace fields (RFC 5321 §4.4)', () => {
  for (const { name, value, hop } of vectors) {
    it(`reads ${name}`, () => assert.deepEqual(readHop(value), hop));
  }

  it('gives the topmost field first and at most 100', () => {
    const message = messageOf(
      ...Array.from({ length: 120 }, (_none, index) => ` by host${index} with SMTP; x`),
    );
    const hops = readHops(message);
    assert.equal(hops.length, 100);
    assert.equal(hops[0]?.by, 'host0');
  });

  it('never throws and stays fast on any text', () => {
    const pieces = fc.constantFrom(
      '(',
      ')',
      ';',
      ' from ',
      ' by ',
      ' with ',
      '[',
      ']',
      '\\',
      'helo=',
      'TLS1',
      ':',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), pieces), { maxLength: 200 }), parts => {
        readHop(parts.join(''));
      }),
    );
    const started = performance.now();
    for (const piece of ['(', '\\(', '[1', 'helo=', '::', ' (helo', 'cipher='])
      readHop(` from ${piece.repeat(100_000)}`);
    assert.ok(performance.now() - started < 1000);
  });
});

describe('the session from the trusted trace field', () => {
  const top = vectors[0]?.value ?? '';

  it('takes address, name, HELO and TLS from the field of the configured MTA', () => {
    assert.deepEqual(sessionFromTrace(messageOf(top), 'MX.example.net.'), {
      source: 'trace',
      remoteAddress: '192.0.2.1',
      remoteName: 'mail.example.org',
      helo: 'mail.example.org',
      tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
      authenticatedUser: null,
    });
  });

  it('believes no field that another host wrote, wherever the right one stands', () => {
    const forged = ' from a ([192.0.2.66]) by evil.example.org with ESMTPS; x';
    assert.equal(sessionFromTrace(messageOf(forged), 'mx.example.net'), null);
    assert.equal(sessionFromTrace(messageOf(forged, top), 'mx.example.net'), null);
    assert.equal(sessionFromTrace(messageOf(), 'mx.example.net'), null);
  });

  it('knows no TLS where the protocol says so, and nothing where it says nothing', () => {
    const session = (text: string) => sessionFromTrace(messageOf(text), 'mx.example.net');
    assert.equal(session(' from a (b [192.0.2.1]) by mx.example.net with ESMTP; x')?.tls, null);
    assert.equal(session(' by mx.example.net (Postfix, from userid 0) id 1; x')?.tls, undefined);
    assert.deepEqual(session(' from a (b [192.0.2.1]) by mx.example.net with ESMTPS; x')?.tls, {
      version: null,
      cipher: null,
    });
  });

  it('keeps the name that was looked up and the name that was claimed apart', () => {
    const exim =
      ' from real.example.org ([192.0.2.1] helo=claimed.example.com) by mx.example.net with esmtp (Exim 4.96); x';
    const found = sessionFromTrace(messageOf(exim), 'mx.example.net');
    assert.equal(found?.remoteName, 'real.example.org');
    assert.equal(found?.helo, 'claimed.example.com');
    const postfix =
      ' from claimed.example.com (unknown [192.0.2.1]) by mx.example.net (Postfix) with SMTP; x';
    const other = sessionFromTrace(messageOf(postfix), 'mx.example.net');
    assert.equal(other?.remoteName, null);
    assert.equal(other?.helo, 'claimed.example.com');
  });
});

describe('a HELO that is a keyword', () => {
  for (const helo of ['by', 'with', 'id', 'for', 'from', 'via']) {
    it(`${helo} hides neither the peer nor the server`, () => {
      const hop = readHop(
        ` from ${helo} (mx.example.net [192.0.2.7]) by mta.example.org (Postfix) with ESMTPS id 7; Sun, 01 Mar 2026 12:00:00 +0000`,
      );
      assert.equal(hop?.from, helo);
      assert.equal(hop?.fromAddress, '192.0.2.7');
      assert.equal(hop?.by, 'mta.example.org');
      assert.equal(hop?.with, 'ESMTPS');
    });
  }
});
