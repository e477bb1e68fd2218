import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sealMessage } from 'mailauth/lib/arc/index.js';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { authenticate } from '../../../delivery/authenticate/authenticate.ts';
import type { Arrival, Session } from '../../../delivery/delivery.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import type { Resolver } from '../../../delivery/resolver.ts';
import { openTestClock } from '../../support/clock.ts';
import { deadResolver, failingResolver, type Records, resolverOf } from '../../support/resolver.ts';

const pair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const keyRecord = `v=DKIM1; k=rsa; p=${pair.publicKey.replace(/-----[^-]+-----|\s/g, '')}`;

const records: Records = {
  'TXT example.org': [['v=spf1 ip4:192.0.2.0/24 -all']],
  'TXT _dmarc.example.org': [['v=DMARC1; p=reject']],
  'TXT s1._domainkey.example.org': [[keyRecord]],
  'TXT s1._domainkey.other.example.com': [[keyRecord]],
  'TXT s1._domainkey.example.com': [[keyRecord]],
  'PTR 1.2.0.192.in-addr.arpa': ['mail.example.org'],
  'A mail.example.org': ['192.0.2.1'],
};

const text =
  'From: Zoe <zoe@example.org>\r\nTo: adam@example.net\r\nSubject: lunch\r\nDate: Sun, 01 Mar 2026 12:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n\r\nAt noon?\r\n';

const live: Session = {
  source: 'live',
  remoteAddress: '192.0.2.1',
  remoteName: null,
  helo: 'mail.example.org',
  tls: null,
  authenticatedUser: null,
};

interface Options {
  readonly session?: Partial<Session>;
  readonly reversePath?: string;
  readonly resolver?: Resolver;
  readonly trustedHops?: number;
  readonly timeoutMilliseconds?: number;
  readonly trustedSealers?: readonly string[];
  readonly checksIndicators?: boolean;
}

function check(raw: string | Buffer, options: Options = {}) {
  const octets = Buffer.from(raw);
  const arrival: Arrival = {
    door: 'smtp',
    id: 'test',
    raw: octets,
    reversePath: options.reversePath ?? 'zoe@example.org',
    session: { ...live, ...options.session },
    receivedAt: new Date('2026-03-01T12:00:01Z'),
    recipients: [],
    trustedHops: options.trustedHops ?? 0,
  };
  return authenticate(arrival, parseMessage(octets), {
    resolver: options.resolver ?? resolverOf(records),
    hostname: 'mx.example.net',
    clock: openTestClock(),
    timeoutMilliseconds: options.timeoutMilliseconds ?? 4000,
    trustedSealers: options.trustedSealers ?? [],
    checksIndicators: options.checksIndicators ?? false,
  });
}

async function signed(
  message: string,
  signingDomain = 'example.org',
  maxBodyLength?: number,
): Promise<string> {
  const { signatures } = await dkimSign(message, {
    signTime: new Date('2026-03-01T12:00:00Z'),
    signingDomain,
    selector: 's1',
    privateKey: pair.privateKey,
    signatureData: [
      {
        signingDomain,
        selector: 's1',
        privateKey: pair.privateKey,
        ...(maxBodyLength === undefined ? {} : { maxBodyLength }),
      },
    ],
  });
  return `${signatures}${message}`;
}

describe('SPF (RFC 7208)', () => {
  it('passes the listed address and fails every other', async () => {
    assert.deepEqual((await check(text)).spf, { result: 'pass', domain: 'example.org', aligned: true });
    const other = await check(text, { session: { remoteAddress: '198.51.100.1' } });
    assert.equal(other.spf.result, 'fail');
  });

  it('checks the HELO name for the null reverse-path', async () => {
    const resolver = resolverOf({ ...records, 'TXT mail.example.org': [['v=spf1 ip4:192.0.2.1 -all']] });
    const { spf } = await check(text, { reversePath: '', resolver });
    assert.deepEqual(spf, { result: 'pass', domain: 'mail.example.org', aligned: true });
  });

  it('is none for mail from inside and for clients without address', async () => {
    assert.equal((await check(text, { session: { source: 'inside' } })).spf.result, 'none');
    assert.equal((await check(text, { session: { remoteAddress: null } })).spf.result, 'none');
  });

  it('is not aligned between tenants of one public suffix', async () => {
    const message = text.replace('zoe@example.org', 'zoe@one.github.io');
    const resolver = resolverOf({ 'TXT two.github.io': [['v=spf1 +all']] });
    const { spf } = await check(message, { reversePath: 'x@two.github.io', resolver });
    assert.deepEqual(spf, { result: 'pass', domain: 'two.github.io', aligned: false });
  });
});

describe('DKIM (RFC 6376)', () => {
  it('passes a good signature and gives its key size', async () => {
    const { dkim } = await check(await signed(text));
    assert.deepEqual(dkim, [
      {
        result: 'pass',
        domain: 'example.org',
        selector: 's1',
        algorithm: 'rsa-sha256',
        keyBits: 2048,
        aligned: true,
      },
    ]);
  });

  it('fails a changed body and a changed field', async () => {
    const message = await signed(text);
    assert.equal((await check(message.replace('noon', 'one'))).dkim[0]?.result, 'fail');
    assert.equal((await check(message.replace('lunch', 'money'))).dkim[0]?.result, 'fail');
  });

  it('says permerror without a key and temperror without an answer', async () => {
    const message = await signed(text);
    assert.equal((await check(message, { resolver: resolverOf({}) })).dkim[0]?.result, 'permerror');
    assert.equal((await check(message, { resolver: failingResolver })).dkim[0]?.result, 'temperror');
  });

  it('passes a signature of another domain, not aligned', async () => {
    const { dkim, dmarc } = await check(await signed(text, 'other.example.com'), {
      session: { remoteAddress: '198.51.100.1' },
    });
    assert.equal(dkim[0]?.result, 'pass');
    assert.equal(dkim[0]?.aligned, false);
    assert.deepEqual(dmarc, { result: 'fail', policy: 'reject', domain: 'example.org' });
  });

  it('gives nothing for a body that goes on behind l=', async () => {
    const message = await signed(text, 'example.org', 10);
    const found = await check(`${message}and send money\r\n`, { session: { remoteAddress: '198.51.100.1' } });
    assert.equal(found.dkim[0]?.result, 'policy');
    assert.equal(found.dmarc.result, 'fail');
  });

  it('looks at ten signatures, those of the author first', async () => {
    const many = await signed(text);
    const foreign = (await signed(text, 'other.example.com')).slice(0, -text.length);
    const { dkim } = await check(foreign.repeat(30) + many);
    assert.equal(dkim.length, 10);
    assert.equal(dkim[0]?.domain, 'example.org');
  });

  it('is not computed for a header section of another size than mail has', async () => {
    const message = await signed(text);
    for (const filler of [`X: ${' \r\n y'.repeat(100_000)}\r\n`, 'X: y\r\n'.repeat(2000)]) {
      const started = performance.now();
      const { dkim } = await check(filler + message);
      assert.equal(dkim[0]?.result, 'policy');
      assert.ok(performance.now() - started < 2000);
    }
  });

  it('agrees with mailauth reading the octets itself', async () => {
    const letters = fc.string({ unit: fc.constantFrom('a', ' ', '\t', '\r\n', '\n', '.', '=', 'é') });
    const resolver = resolverOf(records);
    await fc.assert(
      fc.asyncProperty(letters, letters, async (body, subject) => {
        const folded = subject.replace(/[\r\n]+/g, '\r\n ');
        const original = `From: zoe@example.org\r\nSubject: x${folded}\r\n\r\n${body}`;
        const message = await signed(original);
        const ours = await check(message);
        const theirs = await dkimVerify(message, {
          resolver: resolver as never,
          curTime: new Date('2026-03-01T12:00:01Z'),
        });
        assert.equal(ours.dkim[0]?.result, theirs.results[0]?.status.result);
      }),
      { numRuns: 60 },
    );
  });
});

describe('DMARC (RFC 9989)', () => {
  it('passes by aligned SPF or DKIM', async () => {
    assert.deepEqual((await check(text)).dmarc, { result: 'pass', policy: 'reject', domain: 'example.org' });
    const byDkim = await check(await signed(text), { session: { remoteAddress: '198.51.100.1' } });
    assert.equal(byDkim.dmarc.result, 'pass');
  });

  it('is none where no record is published', async () => {
    const { 'TXT _dmarc.example.org': _record, ...rest } = records;
    assert.equal((await check(text, { resolver: resolverOf(rest) })).dmarc.result, 'none');
  });

  it('never passes with several authors, and fails under the strictest of their policies', async () => {
    const two = text.replace('Zoe <zoe@example.org>', 'zoe@example.org, adam@example.com');
    assert.equal((await check(two)).dmarc.result, 'permerror');
    const forged = await check(two, { session: { remoteAddress: '198.51.100.1' } });
    assert.deepEqual(forged.dmarc, { result: 'fail', policy: 'reject', domain: 'example.org' });
    const fields = `From: eve@example.com\r\n${text}`;
    assert.notEqual((await check(fields)).dmarc.result, 'pass');
  });

  it('knows the author that people are shown', async () => {
    const shown = text.replace('Zoe <zoe@example.org>', '"zoe@example.org" <eve@example.com>');
    assert.equal((await check(shown)).dmarc.domain, 'example.com');
  });
});

describe('ARC (RFC 8617)', () => {
  const seal = { signingDomain: 'example.com', selector: 's1', privateKey: pair.privateKey };

  it('passes a good chain and names the sealer', async () => {
    const fields = await sealMessage(Buffer.from(text), {
      ...seal,
      authResults: 'list.example.com; spf=pass',
      cv: 'none',
    });
    const { arc } = await check(fields.toString() + text);
    assert.deepEqual(arc, { result: 'pass', sealer: 'example.com' });
    const broken = await check((fields.toString() + text).replace('noon', 'one'));
    assert.equal(broken.arc.result, 'fail');
    const unanswered = await check(fields.toString() + text, { resolver: failingResolver });
    assert.equal(unanswered.arc.result, 'temperror');
  });

  describe('of a forwarder whose seal is believed', () => {
    const elsewhere = { session: { remoteAddress: '198.51.100.1' }, reversePath: 'bounce@list.example.com' };
    const sealed = async (authResults: string, raw = text) =>
      (await sealMessage(Buffer.from(raw), { ...seal, authResults, cv: 'none' })).toString() + raw;
    const dmarcOf = async (
      authResults: string,
      trustedSealers: readonly string[],
      mend = (raw: string) => raw,
    ) => (await check(mend(await sealed(authResults)), { ...elsewhere, trustedSealers })).dmarc;
    const passed = 'list.example.com; spf=pass; dmarc=pass (p=reject) header.from=example.org';

    it('excuses a failure of DMARC, and says whose word it is', async () => {
      const found = await check(await sealed(passed), { ...elsewhere, trustedSealers: ['Example.com'] });
      assert.deepEqual(found.dmarc, {
        ...{ result: 'pass', policy: 'reject', domain: 'example.org', sealedBy: 'example.com' },
      });
      assert.match(
        found.authenticationResults,
        /; dmarc=pass \(p=reject arc=pass of example\.com\) header\.from=example\.org; arc=pass header\.d=example\.com;/,
      );
    });

    it('but not for others, not for a broken chain, and not where it does not say so', async () => {
      assert.equal((await dmarcOf(passed, [])).result, 'fail');
      assert.equal(
        (await dmarcOf(passed, ['other.example.com', 'ample.com', 'list.example.com'])).result,
        'fail',
      );
      assert.equal(
        (await dmarcOf(passed, ['example.com'], raw => raw.replace('noon', 'one'))).result,
        'fail',
      );
      for (const results of [
        'list.example.com; dmarc=fail header.from=example.org',
        'list.example.com; dmarc=pass header.from=example.net',
        'list.example.com; spf=pass (; dmarc=pass header.from=example.org)',
        'list.example.com; spf=pass smtp.mailfrom="; dmarc=pass header.from=example.org; "',
        'list.example.com; dkim=pass reason="dmarc=pass header.from=example.org"',
      ]) {
        assert.equal((await dmarcOf(results, ['example.com'])).result, 'fail', results);
      }
    });

    it('and not across a later sealer who is not believed', async () => {
      const first = await sealed(passed);
      const second = await sealMessage(Buffer.from(first), {
        ...{ signingDomain: 'other.example.com', selector: 's1', privateKey: pair.privateKey },
        authResults: 'other.example.com; arc=pass; dmarc=fail header.from=example.org',
        cv: 'pass',
      });
      const raw = second.toString() + first;
      const dmarc = async (trustedSealers: readonly string[]) =>
        (await check(raw, { ...elsewhere, trustedSealers })).dmarc;
      assert.equal((await check(raw, elsewhere)).arc.result, 'pass');
      assert.equal((await dmarc(['other.example.com'])).result, 'fail');
      assert.equal((await dmarc(['other.example.com', 'example.com'])).sealedBy, 'example.com');
    });
  });

  it('is none without a chain', async () => {
    assert.deepEqual((await check(text)).arc, { result: 'none', sealer: null });
  });
});

describe('the brand indicator (BIMI)', () => {
  const location = 'https://example.org/logo.svg';
  const published = { ...records, 'TXT default._bimi.example.org': [[`v=BIMI1; l=${location}`]] };

  it('is looked up only where it is switched on, for what passed an enforced policy', async () => {
    const resolver = resolverOf(published);
    const message = await signed(text);
    assert.equal((await check(message, { resolver })).bimi, undefined);
    const found = await check(message, { resolver, checksIndicators: true });
    assert.deepEqual(found.bimi, { result: 'pass', location });
    assert.match(found.authenticationResults, /; bimi=pass header\.d=example\.org; /);
    const forged = await check(text, {
      resolver,
      checksIndicators: true,
      session: { remoteAddress: '198.51.100.1' },
    });
    assert.deepEqual(forged.bimi, { result: 'none', location: null });
    const none = await check(message, { checksIndicators: true });
    assert.deepEqual(none.bimi, { result: 'none', location: null });
  });
});

describe('the reverse name (RFC 8601 §3)', () => {
  it('passes when a name of the address leads back to it', async () => {
    assert.deepEqual((await check(text)).iprev, { result: 'pass', name: 'mail.example.org' });
  });

  it('fails when it leads elsewhere and is permerror without a name', async () => {
    const elsewhere = resolverOf({ ...records, 'A mail.example.org': ['192.0.2.99'] });
    assert.equal((await check(text, { resolver: elsewhere })).iprev.result, 'fail');
    const session = { remoteAddress: '192.0.2.77' };
    assert.equal((await check(text, { session })).iprev.result, 'permerror');
  });

  it('works for IPv6', async () => {
    const name = `${'0.'.repeat(20)}8.b.d.0.1.0.0.2.ip6.arpa`;
    const resolver = resolverOf({
      [`PTR 5.2.0.0.${name}`]: ['mail6.example.org'],
      'AAAA mail6.example.org': ['2001:DB8:0::25'],
    });
    const { iprev } = await check(text, { resolver, session: { remoteAddress: '2001:db8::25' } });
    assert.deepEqual(iprev, { result: 'pass', name: 'mail6.example.org' });
  });

  it('asks nothing about private addresses', async () => {
    const asked: string[] = [];
    const resolver: Resolver = async (name, type) => {
      asked.push(name);
      return resolverOf(records)(name, type);
    };
    await check(text, { resolver, session: { remoteAddress: '10.1.2.3' } });
    assert.ok(!asked.some(name => name.endsWith('arpa')));
  });
});

describe('a resolver that does not answer', () => {
  it('costs one wait and gives temperror everywhere', async () => {
    const message = await signed(text);
    const started = performance.now();
    const found = await check(message, { resolver: deadResolver, timeoutMilliseconds: 200 });
    const took = performance.now() - started;
    assert.ok(took < 1000, `${took} ms`);
    assert.equal(found.spf.result, 'temperror');
    assert.equal(found.dkim[0]?.result, 'temperror');
    assert.equal(found.dmarc.result, 'temperror');
    assert.equal(found.iprev.result, 'temperror');
  });

  it('that answers nonsense or throws at once is no crash', async () => {
    const nonsense = (async () => 'x') as unknown as Resolver;
    assert.equal((await check(await signed(text), { resolver: nonsense })).dmarc.result, 'temperror');
    const thrower: Resolver = () => {
      throw new Error('broken');
    };
    assert.equal((await check(text, { resolver: thrower })).spf.result, 'temperror');
  });
});

describe('a user who has signed in', () => {
  const session = { remoteAddress: '198.51.100.1', authenticatedUser: 'zoe@example.org' };

  it('comes from no server of its domain, and writes in its name all the same', async () => {
    const found = await check(text, { session });
    assert.equal(found.spf.result, 'none');
    assert.equal(found.iprev.result, 'none');
    assert.equal(found.dmarc.result, 'none');
    assert.match(
      found.authenticationResults,
      /^mx\.example\.net; auth=pass; dkim=none; spf=none; dmarc=none /,
    );
    assert.ok(!found.authenticationResults.includes('zoe'));
  });

  it('may have a login without a domain, as an MTA tells it', async () => {
    const { dmarc } = await check(text, { session: { ...session, authenticatedUser: 'zoe' } });
    assert.equal(dmarc.result, 'none');
  });

  it('but not in the name of another', async () => {
    const other = { ...session, authenticatedUser: 'zoe@example.com' };
    assert.equal((await check(text, { session: other })).dmarc.result, 'fail');
  });
});

describe('the findings as a whole', () => {
  it('leave out the hops of servers we trust', async () => {
    const received = 'Received: from a by b with SMTP; x\r\nReceived: from c by d with ESMTPS; x\r\n';
    const { hops } = await check(received + text, { trustedHops: 1 });
    assert.deepEqual(
      hops.map(hop => hop.by),
      ['d'],
    );
  });

  it('write an Authentication-Results field that a sender cannot bend', async () => {
    const { authenticationResults } = await check(await signed(text));
    assert.match(
      authenticationResults,
      /^mx\.example\.net; dkim=pass header\.d=example\.org header\.s=s1 header\.a=rsa-sha256 header\.b=\S+; spf=pass smtp\.mailfrom=example\.org; dmarc=pass \(p=reject\) header\.from=example\.org; iprev=pass policy\.iprev=192\.0\.2\.1$/,
    );
    const bent = await check(text, { reversePath: '"x; dmarc=pass"@exa;mple.org; dkim=pass' });
    const methods = bent.authenticationResults.replace(/"(?:[^"\\]|\\.)*"/g, '""').match(/; [a-z]+=[a-z]+/g);
    assert.deepEqual(methods, ['; dkim=none', '; spf=none', '; dmarc=fail', '; iprev=pass']);
    assert.ok(!/[\r\n]/.test(bent.authenticationResults));
  });

  it('are the same whatever Authentication-Results the message brings', async () => {
    const plain = await check(text, { session: { remoteAddress: '198.51.100.1' } });
    const claim = 'Authentication-Results: mx.example.net; dkim=pass header.d=example.org; dmarc=pass\r\n';
    const claimed = await check(claim + text, { session: { remoteAddress: '198.51.100.1' } });
    assert.deepEqual(claimed, plain);
  });

  it('never throw on any octets', async () => {
    const piece = fc.constantFrom(
      'DKIM-Signature: ',
      'ARC-Seal: i=1; ',
      'ARC-Message-Signature: i=1; ',
      'ARC-Authentication-Results: i=1; ',
      'v=1; a=rsa-sha256; d=example.org; s=s1; h=from; bh=; b=;',
      'From: ',
      'Received: from ',
      '\r\n',
      '\n',
      '<',
      '@',
      ' ',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(piece, fc.string())), fc.string(), async (parts, reversePath) => {
        await check(parts.join(''), { reversePath });
      }),
      { numRuns: 200 },
    );
  });
});
