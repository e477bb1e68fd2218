import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageFacts, messageSources } from '../../../delivery/privacy/collect.ts';
import { checkFacts, computeIndex } from '../../../delivery/privacy/index.ts';
import {
  authentication,
  contact,
  evidence,
  evidenceOf,
  friend,
  messageOf,
  notEncrypted,
  owner,
  plainLines,
  session,
} from './evidence.ts';

const signer = { keyId: '0011223344556677', fingerprint: null, address: friend };
const encrypted = {
  ...notEncrypted,
  form: 'pgpMime',
  encryption: 'strong',
  signature: 'verified',
  signer,
  subject: 'protected',
  opened: true,
} as const;

test("a friend's plain mail over TLS gives every fact, all of them allowed", () => {
  const facts = messageFacts(evidence());
  assert.deepEqual(facts, {
    encryption: 'none',
    signature: 'none',
    subject: 'open',
    lastHop: 'modern',
    sender: 'dmarc',
    tracking: 'clean',
    remoteContent: 'absent',
    audience: 1,
    habit: 0.25,
    known: 1,
    weakestContact: 60,
    custody: 'open',
    storage: 'clear',
  });
  assert.equal(checkFacts('message', facts), facts);
  assert.equal(computeIndex('message', facts).level, 'C');
});

test('an encrypted, signed message on a key of the owner alone is an A', () => {
  const index = computeIndex(
    'message',
    messageFacts(evidence({ decrypt: encrypted, custody: 'client', storage: 'sealed', habit: 1 })),
  );
  assert.equal(index.level, 'A');
});

test('a stage that failed leaves its facts out', () => {
  const facts = messageFacts(evidence({ authentication: null, decrypt: null, habit: null }));
  for (const id of [
    'encryption',
    'signature',
    'subject',
    'sender',
    'earlierHops',
    'habit',
    'known',
    'weakestContact',
  ]) {
    assert.equal(facts[id], undefined, id);
  }
});

test('the sender is what DMARC says, else what is aligned, and forged only under an enforced policy', () => {
  const passing = { result: 'pass', domain: 'friend.example', aligned: true } as const;
  const signed = { ...passing, selector: 's', algorithm: null, keyBits: null };
  const cases: [Parameters<typeof authentication>, unknown, unknown][] = [
    [['pass', 'none'], 'dmarc', undefined],
    [['fail', 'none'], 'failed', undefined],
    [['fail', 'quarantine'], 'failed', true],
    [['fail', 'reject'], 'failed', true],
    [['none', null, { spf: passing }], 'aligned', undefined],
    [['none', null, { dkim: [signed] }], 'aligned', undefined],
    [['none', null, { dkim: [{ ...signed, aligned: false }] }], 'none', undefined],
    [['none'], 'none', undefined],
    [['none', null, { spf: { ...passing, result: 'temperror' } }], undefined, undefined],
    [['temperror', null, { spf: passing }], undefined, undefined],
    [['permerror'], undefined, undefined],
  ];
  for (const [given, sender, forged] of cases) {
    const facts = messageFacts(evidence({ authentication: authentication(...given) }));
    assert.deepEqual([facts.sender, facts.forged], [sender, forged], JSON.stringify(given));
    checkFacts('message', facts);
  }
});

test('a signed-in user counts as inside for addresses of the same domain alone', () => {
  const signedIn = { ...session, authenticatedUser: 'colleague@demo.example' };
  const from = (address: string) => [`From: ${address}`, ...plainLines.slice(1)];
  const own = messageFacts(evidenceOf(from('colleague@demo.example'), { session: signedIn }));
  assert.deepEqual([own.sender, own.earlierHops, own.lastHop], ['inside', 'inside', 'modern']);
  const foreign = messageFacts(
    evidenceOf(from(friend), { session: signedIn, authentication: authentication('fail', 'reject') }),
  );
  assert.deepEqual([foreign.sender, foreign.forged], ['failed', true]);
  const handedOver = { ...session, source: 'inside', tls: undefined } as const;
  assert.equal(messageFacts(evidence({ session: handedOver })).lastHop, 'modern');
  assert.deepEqual(messageSources({ session: handedOver }), { sender: 'signIn', earlierHops: 'session' });
  assert.deepEqual(messageSources({ session: { ...session, source: 'xforward' } }), { lastHop: 'relay' });
});

test('closed content is unknown, never clean, unless what stands outside tracks already', () => {
  const closed = { ...encrypted, opened: false, subject: 'unknown' } as const;
  const facts = messageFacts(evidence({ decrypt: closed }));
  assert.deepEqual([facts.tracking, facts.remoteContent, facts.subject], ['unknown', 'unknown', 'unknown']);
  const receipt = ['Disposition-Notification-To: a@b.example', ...plainLines];
  assert.equal(messageFacts(evidenceOf(receipt, { decrypt: closed })).tracking, 'tracked');
  const opened = evidence({ decrypt: encrypted, outer: messageOf(receipt) });
  assert.equal(messageFacts(opened).tracking, 'tracked');
  assert.equal(
    messageFacts(evidence({ decrypt: encrypted, outer: messageOf(plainLines) })).tracking,
    'clean',
  );
});

test('only the message as it came says who takes part', () => {
  const outer = messageOf(['From: stranger@else.example', `To: ${owner}, third@else.example`, '', '']);
  const facts = messageFacts(evidence({ outer, participants: [], decrypt: encrypted }));
  assert.deepEqual([facts.audience, facts.known, facts.weakestContact], [2, 0, 0]);
});

test('the owner under every address, alias or detail, is no participant', () => {
  const lines = [`From: ${friend}`, 'To: Owner <OWNER@Demo.example>, owner+shop@demo.example', '', ''];
  const facts = messageFacts(evidenceOf(lines, { ownAddresses: [owner, 'owner+shop@demo.example'] }));
  assert.equal(facts.audience, 1);
});

test('a mailing list is an audience of its own and no contact', () => {
  const list = ['List-Id: <demo.lists.example>', ...plainLines];
  const facts = messageFacts(evidenceOf(list));
  assert.deepEqual([facts.audience, facts.known, facts.weakestContact], ['list', 0, 0]);
  assert.equal(messageFacts(evidence({ participants: ['list:demo.lists.example'] })).audience, 'list');
});

test('names of contacts count only where the author is a contact with a confirmed address', () => {
  const other = 'other@else.example';
  const both = [contact(friend, 60), contact(other, 40)];
  const lines = [`From: ${friend}`, `To: ${owner}`, `Cc: ${other}`, '', ''];
  const facts = (change: Parameters<typeof evidenceOf>[1], from: readonly string[] = lines) => {
    const { known, weakestContact } = messageFacts(evidenceOf(from, { contacts: both, ...change }));
    return [known, weakestContact];
  };
  assert.deepEqual(facts({}), [1, 40]);
  assert.deepEqual(facts({ contacts: [contact(friend, 60)] }), [0.5, 0]);
  assert.deepEqual(facts({ contacts: [] }), [0, 0]);
  assert.deepEqual(facts({ authentication: authentication('none') }), [undefined, undefined]);
  assert.deepEqual(facts({ contacts: [contact(other, 40)] }), [undefined, 0]);
  assert.deepEqual(facts({ contacts: [contact(friend, null), contact(other, 40)] }), [1, undefined]);
  const confirmed = { ...notEncrypted, signature: 'verified', signer } as const;
  assert.deepEqual(facts({ authentication: null, decrypt: confirmed }), [1, 40]);
  const seen = { ...confirmed, signature: 'seen' } as const;
  assert.deepEqual(facts({ authentication: null, decrypt: seen }), [undefined, undefined]);
});

test('a note to oneself has nobody else, but not because its author says so', () => {
  const note = [`From: ${owner}`, `To: ${owner}`, '', ''];
  const inside = { ...session, authenticatedUser: owner };
  const own = messageFacts(evidenceOf(note, { session: inside, contacts: [] }));
  assert.deepEqual([own.audience, own.known, own.weakestContact], [0, 1, 100]);
  const claimed = messageFacts(evidenceOf(note, { authentication: authentication('none'), contacts: [] }));
  assert.deepEqual([claimed.known, claimed.weakestContact, claimed.habit], [undefined, undefined, undefined]);
  const nobody = messageFacts(evidenceOf(['Subject: x', '', ''], { contacts: [] }));
  assert.deepEqual([nobody.known, nobody.weakestContact], [undefined, undefined]);
});

test('a message without any author, octet or field has facts, all allowed', () => {
  for (const lines of [[], [''], ['no header'], ['From:', 'To: ,,;', '']]) {
    checkFacts('message', messageFacts(evidenceOf(lines)));
  }
});
