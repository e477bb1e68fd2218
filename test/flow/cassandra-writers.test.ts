import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { readPrivateKey } from '../../delivery/crypto/keys.ts';
import type { NewAccount } from '../../delivery/store/store.ts';
import { backend, cassandraBackend, onlyOn } from '../support/backend.ts';
import { type CassandraProxy, type Exchange, openCassandraProxy } from '../support/cassandra/proxy.ts';
import { type DoorProcess, openTestParts, startDoor } from '../support/door-process.ts';
import { greetDoor, sendMail } from '../support/mail-client.ts';
import { makePerson } from '../support/openpgp-mail.ts';
import { poll } from '../support/poll.ts';
import { requireService } from '../support/services.ts';
import { behindTrace } from '../support/stored.ts';
import { unseal } from '../support/unseal.ts';
import { listAll, madeMessage } from '../support/whole.ts';

const address = 'ada@example.org';
const limitMilliseconds = 60_000;
const onCassandra = onlyOn(cassandraBackend, 'on SQLite an email is written in one transaction');

/** A door in a process of its own, which asks Cassandra through a proxy of its own. */
interface Writer {
  readonly door: DoorProcess;
  readonly proxy: CassandraProxy;
}

/** An account, and two doors that take mail for it, with clocks that may be off. */
async function openTwo(t: TestContext, account: Omit<NewAccount, 'address'>, clocks: Clocks = ['', '']) {
  const config = await backend.prepare(t, { 'judge.threads': 1 });
  const { store } = await openTestParts(t, config, [{ ...account, address }]);
  const { id } = (await store.getAccountByAddress(address)) ?? assert.fail('no account');
  const start = async (environment: Record<string, string>): Promise<Writer> => {
    const proxy = await openCassandraProxy(t, config['cassandra.contactPoints'][0] ?? '');
    const watched = { ...config, 'cassandra.contactPoints': [proxy.contactPoint] };
    return { proxy, door: await startDoor(t, 'lmtp', watched, { environment }) };
  };
  const faketime = clocks.some(Boolean) ? requireService(t, 'faketime') : '';
  if (faketime === null) return null;
  const [first, second] = clocks.map(time =>
    start(time ? { LD_PRELOAD: faketime, FAKETIME: time, FAKETIME_DONT_FAKE_MONOTONIC: '1' } : {}),
  );
  return { store, id, first: (await first) as Writer, second: (await second) as Writer };
}

/** Of libfaketime; empty: the machine's. */
type Clocks = readonly [string, string];

/** The reply to one message; none when the door goes. */
async function send({ door }: Writer, octets: string): Promise<string> {
  const to = { name: 'lmtp', port: door.ports.lmtp ?? 0 } as const;
  const peer = await greetDoor(to);
  try {
    return (await sendMail(peer, to, { forwardPaths: [address], octets })).join();
  } finally {
    peer.drop();
  }
}

function isInto(table: string): (exchange: Exchange) => boolean {
  return ({ statements }) => statements.some(({ cql }) => cql.startsWith(`insert into ${table} `));
}

test(
  'sealed mail whose first writer died is whole, though its second seals anew, with a clock behind',
  onCassandra,
  async t => {
    const two = await openTwo(t, { custody: 'client' }, ['+5s', '-5s']);
    if (!two) return;
    const { store, id, first, second } = two;
    const person = await makePerson(address);
    await store.putPublicKey(id, person.known('own'));
    const octets = madeMessage('sealed', randomBytes(700_000).toString('base64'));
    const isChunk = isInto('chunk');
    let begun = 0;
    first.proxy.cutBefore(exchange => isChunk(exchange) && ++begun > 2);
    const cut = send(first, octets).catch(() => '');
    const written = () => first.proxy.exchanges.filter(one => isChunk(one) && one.answeredAt !== null).length;
    await poll('two chunks', () => (written() === 2 ? true : undefined), limitMilliseconds);
    await first.door.stop('SIGKILL');
    assert.doesNotMatch(await cut, /^250/);

    assert.match(await send(second, octets), /^250/);
    const [emailId, ...others] = await listAll(store, id, null);
    assert.deepEqual(others, []);
    const sealed = (await store.getOctets(id, emailId ?? '')) ?? assert.fail('no octets');
    const opened = await unseal(sealed, [await readPrivateKey(person.key.privateKey)]);
    assert.equal(behindTrace(Buffer.from(opened).toString('latin1')), octets);
    assert.deepEqual(await Array.fromAsync(store.verify()), []);
  },
);

/** What is done between the write of the first of two who write the same email at once, and that of the second. */
async function betweenTwo(t: TestContext, work: (emailId: string, two: Opened) => Promise<void>) {
  const two = await openTwo(t, {});
  assert.ok(two);
  const { store, id, first, second } = two;
  for (const [index, writer] of [first, second].entries())
    assert.match(await send(writer, madeMessage(`before${index}`, 'text')), /^250/);
  const before = new Set(await listAll(store, id, null));
  const octets = madeMessage('twice', 'text');
  const held = async (writer: Writer) => {
    const isLink = isInto('link');
    const known = writer.proxy.exchanges.filter(isLink).length;
    const release = writer.proxy.holdAnswers(isLink);
    const reply = send(writer, octets);
    const asked = () => writer.proxy.exchanges.filter(isLink).length > known;
    await poll(
      'what points to the email to be written',
      () => (asked() ? true : undefined),
      limitMilliseconds,
    );
    return { release, reply };
  };
  const one = await held(first);
  const other = await held(second);
  one.release();
  assert.match(await one.reply, /^250/);
  const [emailId, ...rest] = (await listAll(store, id, null)).filter(known => !before.has(known));
  assert.ok(emailId !== undefined && rest.length === 0);
  await work(emailId, two);
  other.release();
  assert.match(await other.reply, /^250/);
  return { ...two, emailId, before };
}

type Opened = NonNullable<Awaited<ReturnType<typeof openTwo>>>;

test('who writes an email late undoes no change of its owner', onCassandra, async t => {
  const { store, id, emailId } = await betweenTwo(t, async (changed, two) => {
    await two.store.changeEmails(two.id, [
      { emailId: changed, keywords: { add: ['$seen'] }, tags: { replace: true, add: ['archive'] } },
    ]);
  });
  const [email] = await store.getEmails(id, [emailId]);
  assert.deepEqual([email?.keywords, email?.tagIds], [['$seen'], ['archive']]);
  assert.deepEqual(await Array.fromAsync(store.verify()), []);
});

test('who writes an email late does not bring it back', onCassandra, async t => {
  const { store, id, before } = await betweenTwo(t, async (destroyed, two) => {
    await two.store.destroyEmails(two.id, [destroyed]);
  });
  assert.deepEqual(new Set(await listAll(store, id, null)), before);
});
