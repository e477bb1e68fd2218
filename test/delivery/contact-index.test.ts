import assert from 'node:assert/strict';
import { before, describe, it, type TestContext } from 'node:test';
import { confirmKey, renewMailSignedBy } from '../../delivery/confirm-key.ts';
import { keepContact, openContactIndexer } from '../../delivery/contact-index.ts';
import { readPrivateKey, readPublicKeys } from '../../delivery/crypto/keys.ts';
import { loadOpenPgp } from '../../delivery/crypto/openpgp.ts';
import { silentLog } from '../../delivery/log.ts';
import { type PipelineDeps, run } from '../../delivery/pipeline.ts';
import { renewIndex } from '../../delivery/renew-index.ts';
import { emptyModel } from '../../delivery/spam/model.ts';
import type { Account, Email, Owner, Store } from '../../delivery/store/store.ts';
import { atEnd } from '../support/at-end.ts';
import { backend } from '../support/backend.ts';
import { openTestClock, type TestClock } from '../support/clock.ts';
import { testKeyring } from '../support/keyring.ts';
import { setImportanceMeanwhile } from '../support/meanwhile.ts';
import { keyring, makePerson, type Person, sign, writtenAt } from '../support/openpgp-mail.ts';
import { poll } from '../support/poll.ts';
import { resolverOf } from '../support/resolver.ts';

const entity = 'Content-Type: text/plain; charset=utf-8\r\n\r\nAt noon, as ever.\r\n';
const zoeAddress = 'zoe@friend.example';

let zoe: Person;
/** Another key with Zoe's address in it. */
let second: Person;

before(async () => {
  [zoe, second] = await Promise.all([makePerson(zoeAddress), makePerson(zoeAddress)]);
});

interface Stage {
  readonly store: Store;
  readonly account: Account;
  readonly owner: Owner;
  readonly clock: TestClock;
  readonly deps: PipelineDeps;
  /** Delivers and gives the email as it is stored. */
  deliver(raw: string, way?: Partial<Way>): Promise<Email>;
  email(id: string): Promise<Email>;
}

interface Way {
  readonly remoteAddress: string;
  readonly forwardPath: string;
}

async function openStage(t: TestContext, custody: Account['custody'] = 'none'): Promise<Stage> {
  const clock = openTestClock();
  const store = await backend.open(await backend.prepare(t), { keyring: testKeyring, clock, log: silentLog });
  atEnd(t, () => store.close());
  await store.addDomain('demo.example');
  const account = await store.addAccount({ address: 'adam@demo.example', custody });
  const { source: _source, ...key } = (await makePerson(account.address)).known('own');
  await store.putPublicKey(account.id, { ...key, source: 'own' });
  const owner = await store.getOwner(account.id);
  assert.ok(owner);
  const resolver = resolverOf({
    'TXT friend.example': [['v=spf1 ip4:192.0.2.7 -all']],
    'TXT _dmarc.friend.example': [['v=DMARC1; p=reject']],
  });
  const deps: PipelineDeps = {
    store,
    keyring,
    resolver,
    model: async () => emptyModel(),
    settings: { hostname: 'mx.demo.example', junkAt: 1, rejectAt: 1, resolverTimeoutMilliseconds: 1000 },
    clock,
    log: silentLog,
    contactIndexer: openContactIndexer({ store, clock, log: silentLog }, { pause: 1 }),
  };
  const email = async (id: string) => {
    const [found] = await store.getEmails(account.id, [id]);
    assert.ok(found);
    return found;
  };
  return { store, account, owner, clock, deps, email, deliver: (raw, way) => deliver(raw, way ?? {}) };

  async function deliver(raw: string, way: Partial<Way>): Promise<Email> {
    clock.advance(1);
    const { outcomes } = await run(
      {
        door: 'smtp',
        id: 'test',
        raw: Buffer.from(raw),
        reversePath: zoeAddress,
        session: {
          source: 'live',
          remoteAddress: way.remoteAddress ?? '192.0.2.7',
          remoteName: null,
          helo: 'mx.friend.example',
          tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
          authenticatedUser: null,
        },
        receivedAt: clock.now(),
        recipients: [{ forwardPath: way.forwardPath ?? account.address, accountId: account.id }],
        trustedHops: 0,
      },
      {},
      deps,
    );
    const [outcome] = outcomes;
    assert.ok(outcome && 'emailId' in outcome, JSON.stringify(outcome));
    return email(outcome.emailId);
  }
}

let count = 0;

/** A signed message by Zoe with the key along, as mail programs send it (Autocrypt). */
async function letter(
  signer: Person,
  carried: Person | Uint8Array | null = signer,
  more = '',
): Promise<string> {
  const octets = carried === null ? null : 'key' in carried ? carried.key.publicKey : carried;
  const autocrypt = octets
    ? `Autocrypt: addr=${zoeAddress}; keydata=${Buffer.from(octets).toString('base64')}\r\n`
    : '';
  return (
    `From: Zoe <${zoeAddress}>\r\nTo: Adam <adam@demo.example>\r\n${more}Subject: lunch\r\n` +
    `Date: Sun, 01 Mar 2026 12:00:00 +0000\r\nMessage-ID: <${++count}@friend.example>\r\n${autocrypt}` +
    'MIME-Version: 1.0\r\nContent-Type: multipart/signed; protocol="application/pgp-signature"; micalg=pgp-sha512; boundary="s"\r\n\r\n' +
    `--s\r\n${entity}\r\n--s\r\nContent-Type: application/pgp-signature\r\n\r\n${await sign(entity, signer)}\r\n--s--\r\n`
  );
}

const plain = (from: string, to = 'adam@demo.example') =>
  `From: ${from}\r\nTo: ${to}\r\nSubject: hello\r\nDate: Sun, 01 Mar 2026 12:00:00 +0000\r\nMessage-ID: <${++count}@friend.example>\r\n\r\nHello.\r\n`;

const zoeCard = { name: 'Zoe', addresses: [`email:${zoeAddress}`], card: null };

async function keysOf({ store, account }: Stage): Promise<string[]> {
  const keys = await store.listPublicKeys(account.id, [zoeAddress]);
  const names = new Map([
    [zoe.key.fingerprint, 'first'],
    [second.key.fingerprint, 'second'],
  ]);
  return keys.map(key => `${names.get(key.fingerprint)} ${key.source} ${key.state}`).sort();
}

describe('a contact', () => {
  it('has an index when it is added, from the mail that was there', async t => {
    const stage = await openStage(t);
    await stage.deliver(await letter(zoe));
    const contact = await keepContact(stage.account.id, zoeCard, { store: stage.store, clock: stage.clock });
    assert.deepEqual(contact.facts, {
      key: 'offered',
      identity: 'none',
      encryptedShare: 0,
      tlsShare: 1,
      untrackedShare: 1,
      antiForgery: 'enforced',
      history: 'some',
      network: 'other',
    });
    assert.deepEqual((await stage.store.getContact(stage.account.id, contact.id))?.index, contact.index);
  });

  it('is indexed again behind a delivery from it', async t => {
    const stage = await openStage(t);
    const { id, facts } = await keepContact(stage.account.id, zoeCard, {
      store: stage.store,
      clock: stage.clock,
    });
    assert.equal(facts?.history, 'none');
    await stage.deliver(await letter(zoe));
    await poll('the look behind the reply', async () => {
      const found = (await stage.store.getContact(stage.account.id, id))?.facts;
      return found?.history === 'some' && found.key === 'offered' ? found : undefined;
    });
  });

  it('gives the next message from it a known and a weakest contact', async t => {
    const stage = await openStage(t);
    const first = await stage.deliver(await letter(zoe));
    assert.deepEqual([first.findings.facts.known, first.findings.facts.weakestContact], [0, 0]);
    const { index } = await keepContact(stage.account.id, zoeCard, {
      store: stage.store,
      clock: stage.clock,
    });
    const next = await stage.deliver(await letter(zoe));
    assert.equal(next.findings.facts.known, 1);
    assert.ok(Number(next.findings.facts.weakestContact) >= (index?.value ?? 101));
  });

  it('counts for a message at hand when it is added from it, and for no other', async t => {
    const stage = await openStage(t);
    const one = await stage.deliver(await letter(zoe));
    const other = await stage.deliver(await letter(zoe));
    const { index } = await keepContact(stage.account.id, zoeCard, {
      store: stage.store,
      clock: stage.clock,
    });
    assert.ok(await renewIndex(stage.owner, one.id, { store: stage.store }));
    const renewed = await stage.email(one.id);
    assert.deepEqual(
      [renewed.findings.facts.known, renewed.findings.facts.weakestContact],
      [1, index?.value],
    );
    assert.ok((renewed.index?.value ?? 0) >= (one.index?.value ?? 0));
    assert.equal((await stage.email(other.id)).findings.facts.known, 0);
  });

  it('undoes nothing that the owner sets on the message meanwhile', async t => {
    const stage = await openStage(t);
    const { id: emailId } = await stage.deliver(await letter(zoe));
    await keepContact(stage.account.id, zoeCard, { store: stage.store, clock: stage.clock });
    setImportanceMeanwhile(t, stage.store, { accountId: stage.account.id, emailId });
    assert.ok(await renewIndex(stage.owner, emailId, { store: stage.store }));
    const { importance, facts } = (await stage.email(emailId)).findings;
    assert.deepEqual([importance?.value, facts.known], [9, 1]);
  });

  it('gains nothing from mail in its name that its domain refuses', async t => {
    const stage = await openStage(t);
    const { id } = await keepContact(stage.account.id, zoeCard, { store: stage.store, clock: stage.clock });
    const before = await stage.store.getContact(stage.account.id, id);
    await stage.deliver(await letter(second), { remoteAddress: '198.51.100.9' });
    const after = await keepContact(
      stage.account.id,
      { ...zoeCard, id },
      { store: stage.store, clock: stage.clock },
    );
    assert.equal(after.index?.value, before?.index?.value);
    assert.deepEqual(await keysOf(stage), []);
  });
});

describe('a key that comes with a message', () => {
  it('is offered when it is the first, and waits when it is the second', async t => {
    const stage = await openStage(t);
    const { id } = await keepContact(stage.account.id, zoeCard, { store: stage.store, clock: stage.clock });
    await stage.deliver(await letter(zoe));
    assert.deepEqual(await keysOf(stage), ['first autocrypt usable']);
    const other = await stage.deliver(await letter(second));
    assert.deepEqual(await keysOf(stage), ['first autocrypt usable', 'second autocrypt waiting']);
    assert.equal(other.findings.facts.signature, 'unknownKey');
    const again = await stage.deliver(await letter(second));
    assert.equal(again.findings.facts.signature, 'unknownKey', 'a key that waits was not seen before');
    await poll('the warning', async () => {
      const contact = await stage.store.getContact(stage.account.id, id);
      return contact?.facts?.keyChanged === true ? contact : undefined;
    });
  });

  it('is accepted when the key known before has signed it', async t => {
    const stage = await openStage(t);
    await stage.deliver(await letter(zoe));
    const { readKey } = await loadOpenPgp();
    const newer = await readKey({ binaryKey: Uint8Array.from(second.key.publicKey) });
    const certified = await newer.signPrimaryUser([await readPrivateKey(zoe.key.privateKey)], writtenAt);
    await stage.deliver(await letter(second, certified.write()));
    assert.deepEqual(await keysOf(stage), ['first autocrypt usable', 'second autocrypt usable']);
    assert.equal((await readPublicKeys(certified.write())).length, 1);
  });

  it('changes nothing when the message is not proven', async t => {
    const stage = await openStage(t);
    await stage.deliver(await letter(zoe));
    await stage.deliver(await letter(second), { remoteAddress: '198.51.100.9' });
    assert.deepEqual(await keysOf(stage), ['first autocrypt usable']);
  });
});

describe('confirming a key by hand', () => {
  const asked = (fingerprint: string, emailId: string | null) => ({
    address: zoeAddress,
    fingerprint,
    emailId,
    means: 'session',
  });

  it('verifies the message at hand at once and the earlier ones behind it', async t => {
    const stage = await openStage(t);
    const deps = { store: stage.store, clock: stage.clock };
    const contact = await keepContact(stage.account.id, zoeCard, deps);
    const first = await stage.deliver(await letter(zoe));
    const hand = await stage.deliver(await letter(zoe));
    assert.deepEqual([first.findings.facts.signature, hand.findings.facts.signature], ['unknownKey', 'seen']);
    const key = await confirmKey(stage.owner, asked(zoe.key.fingerprint.toUpperCase(), hand.id), deps);
    assert.deepEqual(await keysOf(stage), ['first hand usable']);
    const renewed = await stage.email(hand.id);
    assert.equal(renewed.findings.facts.signature, 'verified');
    assert.equal(renewed.findings.decrypt?.signature, 'verified');
    assert.ok((renewed.index?.value ?? 0) >= (hand.index?.value ?? 0));
    assert.equal((await stage.email(first.id)).findings.facts.signature, 'unknownKey');
    await renewMailSignedBy(stage.owner, key, deps);
    assert.equal((await stage.email(first.id)).findings.facts.signature, 'verified');
    const indexed = await stage.store.getContact(stage.account.id, contact.id);
    assert.deepEqual([indexed?.facts?.key, indexed?.facts?.identity], ['confirmed', 'confirmed']);
    const [entry] = (await stage.store.listAudit(stage.account.id)).items;
    assert.equal(entry?.action, 'keyConfirmed');
    const later = await stage.deliver(await letter(zoe));
    assert.equal(later.findings.facts.signature, 'verified');
  });

  it('verifies sealed mail whose signature lay open when it came', async t => {
    const stage = await openStage(t, 'client');
    const deps = { store: stage.store, clock: stage.clock };
    const contact = await keepContact(stage.account.id, zoeCard, deps);
    const first = await stage.deliver(await letter(zoe));
    const hand = await stage.deliver(await letter(zoe));
    assert.deepEqual([hand.sealed, hand.findings.facts.signature], [true, 'seen']);
    const key = await confirmKey(stage.owner, asked(zoe.key.fingerprint, hand.id), deps);
    await renewMailSignedBy(stage.owner, key, deps);
    for (const { id } of [first, hand]) {
      assert.equal((await stage.email(id)).findings.facts.signature, 'verified');
    }
    const indexed = await stage.store.getContact(stage.account.id, contact.id);
    assert.deepEqual([indexed?.facts?.history, indexed?.facts?.key], ['some', 'confirmed']);
  });

  it('dismisses the other key that waits', async t => {
    const stage = await openStage(t);
    const deps = { store: stage.store, clock: stage.clock };
    await stage.deliver(await letter(zoe));
    await stage.deliver(await letter(second));
    await confirmKey(stage.owner, asked(zoe.key.fingerprint, null), deps);
    assert.deepEqual(await keysOf(stage), ['first hand usable']);
  });

  it('takes the key that waits, beside the one before', async t => {
    const stage = await openStage(t);
    const deps = { store: stage.store, clock: stage.clock };
    await stage.deliver(await letter(zoe));
    const { id } = await stage.deliver(await letter(second));
    await confirmKey(stage.owner, asked(second.key.fingerprint, id), deps);
    assert.deepEqual(await keysOf(stage), ['first autocrypt usable', 'second hand usable']);
    assert.equal((await stage.email(id)).findings.facts.signature, 'verified');
  });

  it('takes a key out of the message when nothing proved its sender', async t => {
    const stage = await openStage(t);
    const deps = { store: stage.store, clock: stage.clock };
    const { id } = await stage.deliver(await letter(zoe), { remoteAddress: '198.51.100.9' });
    assert.deepEqual(await keysOf(stage), []);
    await confirmKey(stage.owner, asked(zoe.key.fingerprint, id), deps);
    assert.deepEqual(await keysOf(stage), ['first hand usable']);
    assert.equal((await stage.email(id)).findings.facts.signature, 'verified');
  });

  it('refuses a key that is not known, or that does not name the address', async t => {
    const stage = await openStage(t);
    const deps = { store: stage.store, clock: stage.clock };
    const { id } = await stage.deliver(await letter(zoe));
    await assert.rejects(confirmKey(stage.owner, asked('ab'.repeat(20), id), deps), { code: 'notFound' });
    const foreign = { ...asked(zoe.key.fingerprint, id), address: 'else@friend.example' };
    await assert.rejects(confirmKey(stage.owner, foreign, deps), { code: 'badInput' });
    assert.deepEqual(await keysOf(stage), ['first autocrypt usable']);
  });
});

describe('the owner', () => {
  it('is no stranger under an address with a detail', async t => {
    const stage = await openStage(t);
    const email = await stage.deliver(
      plain(`Zoe <${zoeAddress}>`, 'adam+shop@demo.example, adam+boat@demo.example'),
      {
        forwardPath: 'adam+shop@demo.example',
      },
    );
    assert.equal(email.findings.facts.audience, 1);
    const [discussion] = await stage.store.getDiscussions(stage.account.id, [email.discussionKey]);
    assert.deepEqual(discussion?.participants, [`email:${zoeAddress}`]);
  });

  it('who got a message by a catch-all is no stranger when it is indexed anew', async t => {
    const stage = await openStage(t);
    await stage.store.setCatchAll('demo.example', stage.account.id);
    const email = await stage.deliver(plain(`Zoe <${zoeAddress}>`, 'anything@demo.example'), {
      forwardPath: 'anything@demo.example',
    });
    assert.equal(email.findings.facts.audience, 1);
    await keepContact(stage.account.id, zoeCard, { store: stage.store, clock: stage.clock });
    await renewIndex(stage.owner, email.id, { store: stage.store });
    assert.equal((await stage.email(email.id)).findings.facts.known, 1);
  });
});
