import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type JudgedArrival, openAdmission } from '../../../delivery/admission.ts';
import type { AuthenticationFindings } from '../../../delivery/authenticate/findings.ts';
import type { SettingKey } from '../../../delivery/config.ts';
import type { Session } from '../../../delivery/delivery.ts';
import { openExempt } from '../../../delivery/greylist/exempt.ts';
import { type GreylistRequest, mustWait, plainPath } from '../../../delivery/greylist/greylist.ts';
import { openRateLimit } from '../../../delivery/greylist/rate-limit.ts';
import { silentLog } from '../../../delivery/log.ts';
import { openTestParts, testConfig } from '../../support/door-process.ts';

const settings = { waitSeconds: 60, retrySeconds: 3600, allowSeconds: 10 * 86_400 };
const request: GreylistRequest = {
  origin: '192.0.2',
  reversePath: 'zoe@example.net',
  recipientDomains: ['example.org'],
};
const start = Date.UTC(2026, 2, 2, 12);
const after = (seconds: number) => new Date(start + seconds * 1000);

async function openGreylist(t: TestContext) {
  const { store } = await openTestParts(t, testConfig(t));
  return (seconds: number, change: Partial<GreylistRequest> = {}) =>
    mustWait({ ...request, ...change }, { senders: store, settings, at: after(seconds) });
}

test('a message comes again after the wait, and its network is let in from then on', async t => {
  const waits = await openGreylist(t);
  assert.equal(await waits(0), true);
  assert.equal(await waits(59), true);
  assert.equal(await waits(61), false);
  assert.equal(
    await waits(62, { reversePath: 'other@example.net' }),
    false,
    'the network has shown its queue',
  );
  assert.equal(await waits(62, { origin: '192.0.3' }), true);
  assert.equal(await waits(9 * 86_400, { reversePath: 'late@example.net' }), false);
  assert.equal(await waits(18 * 86_400, { reversePath: 'later@example.net' }), false, 'the pass was renewed');
  assert.equal(await waits(29 * 86_400, { reversePath: 'last@example.net' }), true, 'the pass has run out');
});

test('who comes again too late begins anew; each triple waits for itself', async t => {
  const waits = await openGreylist(t);
  assert.equal(await waits(0), true);
  assert.equal(await waits(3700), true, 'forgotten');
  assert.equal(await waits(3701, { reversePath: 'x@example.net' }), true);
  assert.equal(await waits(3765, { recipientDomains: ['example.org', 'other.example'] }), true, 'one is new');
  assert.equal(await waits(3830, { recipientDomains: ['Example.ORG', 'other.example'] }), false);
});

test('paths that change with each try are one', () => {
  for (const [path, plain] of [
    ['Zoe@Example.NET', 'zoe@example.net'],
    ['bounce-1234-ada=example.org@lists.example', 'bounce-#-ada=example.org@lists.example'],
    ['prvs=12345abcde=zoe@example.net', 'zoe@example.net'],
    ['btv1==0123456789ab==zoe@example.net', 'zoe@example.net'],
    ['SRS0=abCD=ef=example.net=zoe@fwd.example', 'srs#=example.net=zoe@fwd.example'],
    ['zoe+token9@example.net', 'zoe@example.net'],
    ['', ''],
  ] as const) {
    assert.equal(plainPath(path), plain);
  }
});

test('messages are counted across processes, hour by hour, and never one beyond the limit is let in', async t => {
  const { store } = await openTestParts(t, testConfig(t));
  const two = [openRateLimit('network', 20, store), openRateLimit('network', 20, store)] as const;
  let beyond = 0;
  for (let at = 0; at < 30; at++) {
    // One process sees a burst of ten before the other sees any.
    if (await two[at < 10 || at % 2 === 0 ? 0 : 1].isBeyond('192.0.2', after(at))) beyond++;
  }
  assert.ok(beyond >= 10 && beyond <= 13, `${beyond} of 30 are beyond 20`);
  assert.equal(await two[0].isBeyond('192.0.3', after(40)), false, 'another network has its own');
  assert.equal(await two[1].isBeyond('192.0.2', after(3601)), false, 'the next hour begins anew');
  const late = openRateLimit('network', 1000, store);
  for (let at = 0; at < 200; at++) await late.isBeyond('198.51.100', after(0));
  let probes = 0;
  const fresh = openRateLimit('network', 1000, {
    noteSight: (...asked) => {
      probes++;
      return store.noteSight(...asked);
    },
  });
  assert.equal(await fresh.isBeyond('198.51.100', after(10)), false);
  assert.ok(probes < 40, `a new process finds its place in ${probes} looks`);
});

test('long paths that differ at their end alone are counted apart, and no path is kept as it is', async t => {
  const { store } = await openTestParts(t, testConfig(t));
  const keys: string[] = [];
  const limit = openRateLimit('sender', 1, {
    noteSight: (key, ...others) => {
      keys.push(key);
      return store.noteSight(key, ...others);
    },
  });
  const path = `${'zoe.'.repeat(16)}@${'long.'.repeat(40)}example`;
  assert.equal(await limit.isBeyond(`${path} 192.0.2`, after(0)), false);
  assert.equal(await limit.isBeyond(`${path} 192.0.3`, after(1)), false);
  assert.equal(await limit.isBeyond(`${path} 192.0.3`, after(2)), true);
  assert.ok(keys.every(key => !key.includes('zoe')));
});

const session: Session = {
  source: 'live',
  remoteAddress: '198.51.100.7',
  remoteName: null,
  helo: 'client.example.net',
  tls: null,
  authenticatedUser: null,
};

function authentication(change: Partial<AuthenticationFindings>): AuthenticationFindings {
  return {
    spf: { result: 'none', domain: null, aligned: false },
    dkim: [],
    dmarc: { result: 'none', policy: null, domain: 'example.net' },
    arc: { result: 'none', sealer: null },
    iprev: { result: 'none', name: null },
    hops: [],
    authenticationResults: '',
    ...change,
  };
}

const spfPass = authentication({ spf: { result: 'pass', domain: 'mail.example.net', aligned: true } });

async function openDoor(t: TestContext, changes: Partial<Record<SettingKey, unknown>>) {
  const config = testConfig(t, changes);
  const { store } = await openTestParts(t, config);
  const admission = openAdmission(config, { senders: store, log: silentLog });
  assert.ok(admission);
  return { admission, store };
}

const judged: JudgedArrival = {
  session,
  reversePath: 'zoe@example.net',
  forwardPaths: ['ada@example.org'],
  authentication: null,
  reputation: null,
  isCorrespondent: false,
};

test('nothing is opened where nothing is asked for', t => {
  const config = testConfig(t);
  assert.equal(openAdmission(config, { senders: {} as never, log: silentLog }), null);
});

test('users, inside, exempt networks and proven exempt domains, the well known: none of them waits', async t => {
  const { admission } = await openDoor(t, {
    'greylist.enabled': true,
    'senders.exempt': ['203.0.113.0/24', '2001:db8::/32', 'example.net'],
  });
  const waits = async (change: Partial<JudgedArrival>) =>
    (await admission.atEnd({ ...judged, ...change }, after(0))) === 'greylisted';
  const from = (change: Partial<Session>) => ({ session: { ...session, ...change } });
  assert.equal(await waits({}), true);
  assert.equal(await waits(from({ authenticatedUser: 'ada@example.org' })), false);
  assert.equal(await waits(from({ source: 'inside' })), false);
  assert.equal(await waits(from({ remoteAddress: '10.1.2.3' })), false);
  assert.equal(await waits(from({ remoteAddress: null })), false);
  assert.equal(await waits(from({ remoteAddress: '203.0.113.9' })), false);
  assert.equal(await waits(from({ remoteAddress: '2001:db8:7::9' })), false);
  assert.equal(await waits({ authentication: spfPass }), false);
  const signed = {
    result: 'pass',
    domain: 'example.net',
    selector: 's',
    algorithm: null,
    keyBits: null,
  } as const;
  assert.equal(
    await waits({ authentication: authentication({ dkim: [{ ...signed, aligned: true }] }) }),
    false,
  );
  const failed = authentication({ dkim: [{ ...signed, result: 'fail', aligned: true }] });
  assert.equal(await waits({ authentication: failed }), true, 'a domain alone proves nothing');
  assert.equal(await waits({ isCorrespondent: true }), false);
  const known = { standing: 0.6, verdicts: 4, lists: [], filter: null };
  assert.equal(await waits({ reputation: known }), false);
  assert.equal(await waits({ reputation: { ...known, standing: -0.6 } }), true);
});

test('a domain that names its servers by SPF may come again from another of its networks', async t => {
  const { admission } = await openDoor(t, { 'greylist.enabled': true, 'greylist.waitSeconds': 60 });
  const from = (remoteAddress: string, found: AuthenticationFindings | null, seconds: number) =>
    admission.atEnd(
      { ...judged, session: { ...session, remoteAddress }, authentication: found },
      after(seconds),
    );
  assert.equal(await from('192.0.2.7', spfPass, 0), 'greylisted');
  assert.equal(await from('203.0.113.7', spfPass, 61), null);
  assert.equal(await from('192.0.2.7', null, 62), 'greylisted', 'who does not prove it is somebody else');
  const signed = authentication({
    dkim: [
      { result: 'pass', domain: 'example.com', selector: 's', algorithm: null, keyBits: null, aligned: true },
    ],
  });
  assert.equal(await from('198.51.100.1', signed, 63), 'greylisted');
  assert.equal(
    await from('198.51.101.1', signed, 200),
    'greylisted',
    'a signature can be sent on by anybody',
  );
});

test('a limit per network ends at MAIL, one per sender after the message; a proven domain has its own', async t => {
  const { admission } = await openDoor(t, { 'rateLimit.perNetwork': 2, 'rateLimit.perSender': 1 });
  const atMail = () => admission.atMail(session, after(0));
  assert.deepEqual([await atMail(), await atMail(), await atMail()], [null, null, 'networkLimited']);
  const user = { ...session, authenticatedUser: 'ada@example.org' };
  assert.equal(await admission.atMail(user, after(0)), null);
  const atEnd = (change: object) => admission.atEnd({ ...judged, ...change }, after(0));
  assert.deepEqual([await atEnd({}), await atEnd({})], [null, 'senderLimited']);
  assert.equal(await atEnd({ authentication: spfPass }), null, 'who only pretends uses up nothing of it');
  const elsewhere = { session: { ...session, remoteAddress: '203.0.113.1' }, authentication: spfPass };
  assert.equal(await atEnd(elsewhere), 'senderLimited');
});

test('a try that is greylisted uses up nothing of what its sender may send', async t => {
  const { admission } = await openDoor(t, {
    'greylist.enabled': true,
    'greylist.waitSeconds': 60,
    'rateLimit.perSender': 1,
  });
  const atEnd = (seconds: number) => admission.atEnd(judged, after(seconds));
  assert.deepEqual([await atEnd(0), await atEnd(1), await atEnd(2)], Array(3).fill('greylisted'));
  assert.equal(await atEnd(61), null);
  assert.equal(await atEnd(62), 'senderLimited');
});

test('who has used up the hour leaves nothing more in the greylist', async t => {
  const { store } = await openTestParts(t, testConfig(t));
  const noteSight = t.mock.method(store, 'noteSight');
  const admission = openAdmission(
    testConfig(t, { 'greylist.enabled': true, 'greylist.waitSeconds': 60, 'rateLimit.perSender': 1 }),
    { senders: store, log: silentLog },
  );
  const atEnd = (seconds: number, domain: string) =>
    admission?.atEnd({ ...judged, forwardPaths: [`ada@${domain}`] }, after(seconds));
  assert.equal(await atEnd(0, 'example.org'), 'greylisted');
  assert.equal(await atEnd(61, 'example.org'), null);
  const before = noteSight.mock.callCount();
  for (let at = 0; at < 20; at++) assert.equal(await atEnd(62, `d${at}.example`), 'senderLimited');
  assert.equal(noteSight.mock.callCount(), before);
});

test('a signed message that is sent on uses up nothing of what its signer may send', async t => {
  const { admission } = await openDoor(t, { 'rateLimit.perSender': 1 });
  const dkim = [
    {
      ...({ result: 'pass', domain: 'example.net', selector: 's', algorithm: null } as const),
      ...{ keyBits: null, aligned: true },
    },
  ];
  const replayed = {
    ...judged,
    session: { ...session, remoteAddress: '203.0.113.1' },
    authentication: authentication({ dkim }),
  };
  assert.equal(await admission.atEnd(replayed, after(0)), null);
  assert.equal(await admission.atEnd(replayed, after(1)), 'senderLimited');
  const own = { ...judged, authentication: { ...spfPass, dkim } };
  assert.equal(await admission.atEnd(own, after(2)), null);
});

test('a store in trouble lets mail in', async t => {
  const failing = () => Promise.reject(new Error('down'));
  const senders = { getSenderCounts: failing, addSenderCounts: failing, noteSight: failing };
  const config = testConfig(t, { 'greylist.enabled': true, 'rateLimit.perNetwork': 1 });
  const admission = openAdmission(config, { senders, log: silentLog });
  assert.equal(await admission?.atMail(session, after(0)), null);
  assert.equal(await admission?.atEnd(judged, after(0)), null);
});

test('networks and domains are read as they are written', () => {
  const exempt = openExempt(['192.0.2.1', 'Example.ORG.']);
  assert.ok(exempt.hasAddress('::ffff:192.0.2.1'));
  assert.ok(!exempt.hasAddress('192.0.2.2'));
  assert.ok(!exempt.hasAddress(null));
  const found = authentication({ spf: { result: 'pass', domain: 'evilexample.org', aligned: true } });
  assert.ok(!exempt.hasProven(found));
});
