import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { types } from 'cassandra-driver';
import { backend, cassandraBackend, onlyOn } from '../support/backend.ts';
import { type CassandraProxy, type Exchange, openCassandraProxy } from '../support/cassandra/proxy.ts';
import { openTestParts, startDoor } from '../support/door-process.ts';
import {
  beginMail,
  endMail,
  greetDoor,
  type MailDoor,
  readReplies,
  sendMail,
} from '../support/mail-client.ts';
import { poll } from '../support/poll.ts';

const { localQuorum, localSerial } = types.consistencies;
const connections = 3;
const messagesEach = 4;
const addresses = ['ada@example.org', 'ben@example.org', 'cem@example.org'];
const onCassandra = onlyOn(cassandraBackend, "SQLite's flushes are watched in flushed.test.ts");

/** A door that asks Cassandra through a proxy. */
interface Watched {
  readonly door: MailDoor;
  readonly proxy: CassandraProxy;
}

/** `changed`: the name of a module of `test/support/` that spoils the door's store. */
async function watchDoor(t: TestContext, name: MailDoor['name'], changed?: string): Promise<Watched> {
  const config = await backend.prepare(t, { 'judge.threads': 2 });
  await openTestParts(
    t,
    config,
    addresses.map(address => ({ address })),
  );
  const [node = ''] = config['cassandra.contactPoints'];
  const proxy = await openCassandraProxy(t, node);
  const module = changed && pathToFileURL(join(import.meta.dirname, '..', 'support', changed)).href;
  const watched = { ...config, 'cassandra.contactPoints': [proxy.contactPoint] };
  const environment: Record<string, string> = module ? { NODE_OPTIONS: `--import=${module}` } : {};
  const { ports } = await startDoor(t, name, watched, { environment });
  return { door: { name, port: ports[name] ?? 0 }, proxy };
}

/** A message that was answered 250, and when. */
interface Taken {
  /** In the subject of this message alone; in capitals, as the store keeps subjects for sorting. */
  readonly word: string;
  readonly recipients: number;
  readonly repliedAt: number;
}

function newWord(): string {
  return `W${randomBytes(8).toString('hex').toUpperCase()}`;
}

function messageOf(word: string, octets: number): string {
  const text = randomBytes(octets / 2)
    .toString('hex')
    .replace(/.{76}/g, '$&\r\n');
  return `From: demo@example.net\r\nSubject: ${word}\r\nMessage-ID: <${word}@example.net>\r\n\r\n${text}\r\n`;
}

/** Sends some messages over a connection of its own: a small one, one beside its texts, one in chunks, … */
async function sendSome({ door, proxy }: Watched): Promise<Taken[]> {
  const peer = await greetDoor(door);
  const taken: Taken[] = [];
  for (let index = 0; index < messagesEach; index++) {
    const word = newWord();
    const forwardPaths = addresses.slice(0, 1 + (index % addresses.length));
    const mail = { forwardPaths, octets: messageOf(word, [400, 60_000, 1_200_000][index % 3] ?? 0) };
    await beginMail(peer, mail);
    endMail(peer, mail);
    const first = await peer.expect(/^250 2\.0\.0/);
    taken.push({ word, recipients: forwardPaths.length, repliedAt: proxy.tick() });
    const others = { ...mail, forwardPaths: door.name === 'smtp' ? [] : forwardPaths.slice(1) };
    if (others.forwardPaths.length > 0) await readReplies(peer, door, others);
    assert.match(first, /^250/);
  }
  await peer.say('QUIT', /^221/);
  return taken;
}

/** What is wrong with how a message was written, one line each. */
function faultsOf({ word, recipients, repliedAt }: Taken, exchanges: readonly Exchange[]): string[] {
  const before = exchanges.filter(({ askedAt }) => askedAt < repliedAt);
  const ids = before.flatMap(({ statements }) => statements.flatMap(one => idOf(one, word) ?? []));
  const emails = new Set(ids);
  if (emails.size !== recipients) return [`${word}: ${emails.size} emails written before the reply`];
  return [...emails].flatMap(id => {
    const own = before.filter(exchange => isWrite(exchange) && names(exchange, id));
    const tables = new Set(own.flatMap(({ statements }) => statements.map(tableOf)));
    const missing = ['delivery_key', 'email', 'detail', 'change', 'link'].filter(table => !tables.has(table));
    return [
      ...missing.map(table => `${word}: nothing in ${table}`),
      ...own.flatMap(exchange => faultOf(exchange, repliedAt).map(fault => `${word}: ${fault}`)),
    ];
  });
}

/** The email that a statement makes, if the message with this word. */
function idOf({ cql, values }: Exchange['statements'][number], word: string): string | null {
  const isIt = cql.startsWith('insert into email ') && values.some(value => value?.includes(word));
  return isIt ? String(values[2]) : null;
}

function isWrite({ statements }: Exchange): boolean {
  return statements.some(({ cql }) => /^\s*(?:insert|update|delete)\s/.test(cql));
}

function names({ statements }: Exchange, id: string): boolean {
  return statements.some(({ values }) => values.some(value => value?.includes(id)));
}

function tableOf({ cql }: Exchange['statements'][number]): string {
  return /^\s*(?:insert into|update|delete from) (\w+)/.exec(cql)?.[1] ?? cql;
}

function faultOf(exchange: Exchange, repliedAt: number): string[] {
  const { statements, consistency, serialConsistency, answeredAt, isError } = exchange;
  const what = statements.map(tableOf).join(', ');
  const isClaim = statements.some(({ cql }) => / if /.test(cql));
  return [
    ...(consistency === localQuorum ? [] : [`${what} at consistency ${consistency}`]),
    ...(!isClaim || serialConsistency === localSerial ? [] : [`${what} at serial ${serialConsistency}`]),
    ...(answeredAt !== null && answeredAt < repliedAt ? [] : [`${what} not acknowledged`]),
    ...(isError ? [`${what} failed`] : []),
  ];
}

for (const name of ['smtp', 'lmtp'] as const) {
  test(
    `${name}: each 250 is written after a quorum has acknowledged all of the message`,
    onCassandra,
    async t => {
      const watched = await watchDoor(t, name);
      const taken = await Promise.all(Array.from({ length: connections }, () => sendSome(watched)));
      const { exchanges } = watched.proxy;
      assert.deepEqual(
        taken.flat().flatMap(one => faultsOf(one, exchanges)),
        [],
      );
      const others = exchanges.filter(one => isWrite(one) && one.consistency !== localQuorum);
      assert.deepEqual(others, [], 'nothing else is written with less');
      assert.ok(exchanges.some(one => one.statements.some(two => tableOf(two) === 'chunk')));
    },
  );
}

/** Sends a message whose row is not acknowledged until the test says so. */
async function sendHeld({ door, proxy }: Watched) {
  const word = newWord();
  const release = proxy.holdAnswers(({ statements }) => statements.some(one => idOf(one, word) !== null));
  const peer = await greetDoor(door);
  const mail = { forwardPaths: addresses.slice(0, 1), octets: messageOf(word, 400) };
  await beginMail(peer, mail);
  endMail(peer, mail);
  const reply = peer.expect(/^250 2\.0\.0/).then(() => ({ word, recipients: 1, repliedAt: proxy.tick() }));
  const isWritten = () =>
    proxy.exchanges.some(({ statements }) => statements.some(one => idOf(one, word) !== null));
  await poll('the message to be written', () => (isWritten() ? true : undefined));
  return { reply, release };
}

test('a 250 waits for the acknowledgement, and nobody waits for that one', onCassandra, async t => {
  const watched = await watchDoor(t, 'smtp');
  const { reply, release } = await sendHeld(watched);
  let isAnswered = false;
  void reply.then(() => {
    isAnswered = true;
  });
  const other = await greetDoor(watched.door);
  const mail = { forwardPaths: addresses.slice(1), octets: messageOf(newWord(), 400) };
  assert.match((await sendMail(other, watched.door, mail)).join(), /^250/);
  other.drop();
  assert.equal(isAnswered, false);
  release();
  assert.deepEqual(faultsOf(await reply, watched.proxy.exchanges), []);
});

test('a door whose store asks one node is found out', onCassandra, async t => {
  const watched = await watchDoor(t, 'lmtp', 'one-node-enough.ts');
  const [first] = await sendSome(watched);
  assert.ok(first);
  const faults = faultsOf(first, watched.proxy.exchanges);
  assert.ok(
    faults.some(fault => fault.endsWith('email, detail, change at consistency 1')),
    faults.join('\n'),
  );
});

test('a door that does not wait for the acknowledgement is found out', onCassandra, async t => {
  const watched = await watchDoor(t, 'lmtp', 'hasty-writes.ts');
  const { reply, release } = await sendHeld(watched);
  const faults = faultsOf(await reply, watched.proxy.exchanges);
  release();
  assert.ok(
    faults.some(fault =>
      /email, detail, change not acknowledged$| 0 emails written before the reply$/.test(fault),
    ),
    faults.join('\n'),
  );
});
