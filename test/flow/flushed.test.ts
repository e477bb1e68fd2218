import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { sqliteBackend } from '../support/backend.ts';
import { openTestParts, startDoor } from '../support/door-process.ts';
import { greetDoor, type MailDoor, sendMail } from '../support/mail-client.ts';
import { requireService } from '../support/services.ts';
import {
  isFlush,
  isWrite,
  readSystemCalls,
  type SystemCall,
  straceCommand,
} from '../support/system-calls.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const connections = 4;
const messagesEach = 5;
const addresses = ['ada@example.org', 'ben@example.org', 'cem@example.org'];

/** What a door wrote while each message of a few connections at once was answered 250. */
interface Traced {
  readonly name: MailDoor['name'];
  readonly calls: readonly SystemCall[];
  /**
   * The word that one message alone has in its subject, in the order of the replies of each connection. In capitals,
   * as the store keeps subjects for sorting: so it is seen in what the store writes.
   */
  readonly words: readonly (readonly string[])[];
  /** Ports of the connections' clients. */
  readonly clients: readonly number[];
}

async function traceDoor(
  t: TestContext,
  name: MailDoor['name'],
  options: { strace: string; environment?: Record<string, string> },
): Promise<Traced> {
  const file = join(temporaryFolder(t), 'trace');
  const config = await sqliteBackend.prepare(t, { 'sqlite.shards': 2, 'judge.threads': 2 });
  await openTestParts(
    t,
    config,
    addresses.map(address => ({ address })),
  );
  const door = await startDoor(t, name, config, {
    under: straceCommand(options.strace, file),
    ...(options.environment ? { environment: options.environment } : {}),
  });
  const to = { name, port: door.ports[name] ?? 0 };
  const words = Array.from({ length: connections }, () =>
    Array.from({ length: messagesEach }, () => `W${randomBytes(8).toString('hex').toUpperCase()}`),
  );
  const clients = await Promise.all(words.map(list => sendAll(to, list)));
  assert.equal(await door.stop(), 0);
  return { name, calls: await readSystemCalls(file, door.process.pid ?? 0), words, clients };
}

/** How many recipients the message of this place in a connection has. */
function recipientsOf(index: number): number {
  return 1 + (index % addresses.length);
}

/** Sends a message with each word, some of them larger than a page; gives the port of the client. */
async function sendAll(door: MailDoor, words: readonly string[]): Promise<number> {
  const peer = await greetDoor(door);
  for (const [index, word] of words.entries()) {
    const text = randomBytes(index % 2 === 0 ? 200 : 40_000)
      .toString('hex')
      .replace(/.{76}/g, '$&\r\n');
    const octets = `From: demo@example.net\r\nSubject: ${word}\r\nMessage-ID: <${word}@example.net>\r\n\r\n${text}\r\n`;
    const forwardPaths = addresses.slice(0, recipientsOf(index));
    const replies = await sendMail(peer, door, { forwardPaths, octets });
    for (const reply of replies) assert.match(reply, /^250 2\.0\.0/);
  }
  await peer.say('QUIT', /^221/);
  return peer.localPort;
}

/** Words of the messages that were answered 250 before all that holds them was flushed. */
function unflushed({ calls, words, clients, name }: Traced): string[] {
  return words.flatMap((list, connection) => {
    const replies = goodReplies(calls, clients[connection] ?? 0);
    let before = 0;
    return list.filter((word, index) => {
      const reply = replies[before];
      before += name === 'smtp' ? 1 : recipientsOf(index);
      return reply === undefined || !isCovered(word, reply, calls);
    });
  });
}

/** When each 250 of a stored message began to be written to this client. */
function goodReplies(calls: readonly SystemCall[], client: number): number[] {
  return calls
    .filter(call => isWrite(call) && call.target.endsWith(`->127.0.0.1:${client}]`))
    .flatMap(({ octets, begin }) => [...octets.toString().matchAll(/250 2\.0\.0 Stored/g)].map(() => begin));
}

/** Whether each file that the word was written to was flushed between the last write of its transaction and the reply. */
function isCovered(word: string, reply: number, calls: readonly SystemCall[]): boolean {
  const holding = calls.filter(
    call => isWrite(call) && isDurable(call.target) && call.begin < reply && call.octets.includes(word),
  );
  assert.ok(holding.length > 0, `${word} was written before its reply`);
  return [...Map.groupBy(holding, ({ target }) => target)].every(([target, writes]) => {
    const [first] = writes;
    const last = first && target.endsWith('-wal') ? endOfTransaction(first, calls) : writes.at(-1);
    return calls.some(
      call => last && isFlush(call) && call.target === target && call.begin > last.end && call.end < reply,
    );
  });
}

/** The log has it before the database; search files are made anew when they are lost, the shared memory, too. */
function isDurable(target: string): boolean {
  return target.startsWith('/') && !/\.db$|-shm$|\/search\//.test(target);
}

const frameHeaderOctets = 24;

/**
 * The last page of the transaction that a page of the log belongs to: a page stands behind its frame header, which says
 * whether it commits (https://sqlite.org/fileformat2.html#the_write_ahead_log). Later transactions may write the page
 * again, with what it holds now.
 */
function endOfTransaction(page: SystemCall, calls: readonly SystemCall[]): SystemCall | undefined {
  const writes = calls.filter(call => isWrite(call) && call.target === page.target);
  const own = writes.indexOf(page) - 1;
  const commit = writes.findIndex((write, at) => at >= own && isCommit(write));
  return commit < 0 ? undefined : writes[commit + 1];
}

function isCommit({ octets, result }: SystemCall): boolean {
  return result === frameHeaderOctets && octets.readUInt32BE(4) !== 0;
}

for (const name of ['smtp', 'lmtp'] as const) {
  test(`${name}: each 250 is written after a flush that covers the whole message`, async t => {
    const strace = requireService(t, 'strace');
    if (!strace) return;
    const traced = await traceDoor(t, name, { strace });
    assert.deepEqual(unflushed(traced), []);
  });
}

test('a door whose store does not flush is found out', async t => {
  const strace = requireService(t, 'strace');
  if (!strace) return;
  const unflushing = pathToFileURL(join(import.meta.dirname, '..', 'support', 'unflushed.ts')).href;
  const environment = { NODE_OPTIONS: `--import=${unflushing}` };
  const traced = await traceDoor(t, 'lmtp', { strace, environment });
  assert.deepEqual(unflushed(traced), traced.words.flat());
});
