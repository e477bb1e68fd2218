import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { Client } from 'cassandra-driver';
import type { DoorName } from '../../../bin/serve/door.ts';
import type { Config } from '../../../delivery/config.ts';
import type { Parts } from '../../../delivery/open.ts';
import { bucketOf, emailsPerPart, monthOfInstant } from '../../../delivery/store/cassandra/mail/bucket.ts';
import { type DoorProcess, openTestParts, startDoor } from '../../support/door-process.ts';
import { type JmapClient, openJmapClient } from '../../support/jmap-client.ts';
import type { Mail, MailDoor } from '../../support/mail-client.ts';
import { isGood, type Try, tryMail } from '../../support/patient-client.ts';
import { poll } from '../../support/poll.ts';
import type { Random } from '../../support/random.ts';
import { noticing, type ThreeNodes } from '../../support/three-nodes.ts';
import { assertWhole, madeMessage } from '../../support/whole.ts';

const addresses = ['ada@example.org', 'ben@example.org'];
/** Its month is full: new mail goes to a bucket apart from the log, which costs another kind of write. */
const busyAddress = 'busy@example.org';
const senders = 4;
const retryLimitMilliseconds = 240_000;

/** Doors of one instance on three nodes, which run through all that happens to the nodes, and what they were sent. */
export interface Site {
  readonly nodes: ThreeNodes;
  readonly config: Config;
  readonly parts: Parts;
  readonly doors: Readonly<Record<Exclude<DoorName, 'dns' | 'milter'>, DoorProcess>>;
  readonly client: JmapClient;
  readonly random: Random;
  /** All messages that were taken, by recipient. */
  readonly taken: Map<string, string[]>;
}

/** Starts the doors, each as its own process without a supervisor that would start it again. */
export async function openSite(t: TestContext, nodes: ThreeNodes, random: Random): Promise<Site> {
  const config = await nodes.backend.prepare(t, { 'judge.threads': 1 });
  const all = [...addresses, busyAddress];
  const parts = await openTestParts(
    t,
    config,
    all.map(address => ({ address })),
  );
  await fillMonth(parts, nodes, config['cassandra.keyspace']);
  const [smtp, lmtp, web] = await Promise.all([
    startDoor(t, 'smtp', config),
    startDoor(t, 'lmtp', config),
    startDoor(t, 'web', config),
  ]);
  const client = await openJmapClient(parts, addresses[0] ?? '');
  const taken = new Map(all.map(address => [address, []]));
  return { nodes, config, parts, doors: { smtp, lmtp, web }, client, random, taken };
}

async function fillMonth({ store }: Parts, { cassandra }: ThreeNodes, keyspace: string): Promise<void> {
  const account = await store.getAccountByAddress(busyAddress);
  const client = new Client({ ...cassandra.clientOptions, keyspace });
  try {
    await client.execute(
      'update bucket set sizes = sizes + ? where account = ? and bucket = ?',
      [{ test: emailsPerPart }, account?.id, bucketOf(monthOfInstant(new Date()), 0)],
      { prepare: true },
    );
  } finally {
    await client.shutdown();
  }
}

type TextMail = Mail & { readonly octets: string };

let made = 0;

function makeMail(random: Random): TextMail {
  const text = 'some text '.repeat(random.pick([2, 200, 15_000]));
  // One alone: SMTP has one reply for all recipients.
  const forwardPaths = random.pick([[busyAddress], addresses, ...addresses.map(one => [one])]);
  return { forwardPaths, octets: madeMessage(`message${made++}`, text) };
}

function doorOf({ doors }: Site, name: MailDoor['name']): MailDoor {
  return { name, port: doors[name].ports[name] ?? 0 };
}

/** One try; what was taken by it is noted. */
async function send(site: Site, mail: TextMail): Promise<Try> {
  const name = site.random.pick(['smtp', 'lmtp'] as const);
  const result = await tryMail(doorOf(site, name), mail);
  mail.forwardPaths.forEach((path, index) => {
    if (isGood(result.replies[index])) site.taken.get(path)?.push(mail.octets);
  });
  return result;
}

/** What was sent while something happened. */
export interface Sent {
  readonly messages: number;
  /** Replies that took nothing. */
  readonly refused: readonly string[];
  readonly slowestMilliseconds: number;
}

/** Sends new messages by a few clients, each message once, until all that happens has happened and some time behind. */
export async function sendWhile(site: Site, happens: (sent: () => number) => Promise<void>): Promise<Sent> {
  const tries: Try[] = [];
  let isOver = false;
  const sending = Array.from({ length: senders }, async () => {
    while (!isOver) tries.push(await send(site, makeMail(site.random)));
  });
  try {
    await happens(() => tries.length);
  } finally {
    isOver = true;
    await Promise.all(sending);
  }
  return {
    messages: tries.length,
    refused: tries.flatMap(({ replies }) => replies.filter(reply => !isGood(reply))),
    slowestMilliseconds: Math.round(Math.max(...tries.map(one => one.slowestMilliseconds))),
  };
}

/** Waits until so many more messages were sent. */
export async function more(sent: () => number, count: number): Promise<void> {
  const goal = sent() + count;
  await poll('more messages to be sent', () => (sent() >= goal ? true : undefined), retryLimitMilliseconds);
}

/** What happens to one node. */
export interface Loss {
  readonly index: number;
  readonly how: 'killed' | 'halted';
  /** So many messages are sent behind it, or as many as it takes until the other nodes have noticed. */
  readonly messages: number | 'untilNoticed';
}

/** A node is killed and stays so, or is halted for a while, while mail is sent: no client notices but by waiting. */
export async function loseOne(site: Site, { index, how, messages }: Loss): Promise<Sent> {
  const { nodes } = site.nodes.cassandra;
  const node = nodes[index];
  const other = nodes[(index + 1) % nodes.length];
  assert.ok(node && other);
  const sent = await sendWhile(site, async count => {
    await more(count, 8);
    const { untilNoticed } = noticing(other, node, 'DOWN');
    if (how === 'killed') await node.kill();
    else node.pause();
    if (messages === 'untilNoticed') await untilNoticed();
    await more(count, messages === 'untilNoticed' ? 8 : messages);
    if (how === 'halted') node.resume();
    await more(count, 4);
  });
  assert.deepEqual(
    sent.refused,
    [],
    `no delivery fails while node ${index + 1} is ${how}:\n${troubles(site)}`,
  );
  return sent;
}

/** What the doors had to say, for whoever reads why a test failed: each kind of trouble once. */
function troubles({ doors }: Site): string {
  const lines = Object.values(doors).flatMap(({ log }) => log);
  const told = lines.map(line =>
    /"error":"([^"]{0,200})/.exec(line)?.[1]?.replaceAll(/\b(?:\d+\.){3}\d+(?::\d+)?/g, 'a node'),
  );
  return [...new Set(told.filter(text => text !== undefined))].slice(0, 20).join('\n');
}

/** What is done while a quorum is missing must be answered within this. */
const answerMilliseconds = 30_000;

/** Two nodes are killed, or one is by now: all is answered for now, nothing is taken; with one of them back it goes on by itself. */
export async function loseTwo(
  site: Site,
  indices: readonly [number, number],
): Promise<Record<string, unknown>> {
  const { nodes } = site.nodes.cassandra;
  const lost = indices.map(index => nodes[index]);
  for (const node of lost) await node?.kill();
  const waiting = Array.from({ length: senders }, () => makeMail(site.random));
  const known = [...site.taken.values()].flat().length;
  const [first, reads] = await Promise.all([
    Promise.all(waiting.map(mail => send(site, mail))),
    readAll(site),
  ]);
  // Once more: by now the last node knows that it is alone.
  const second = await Promise.all(waiting.map(mail => send(site, mail)));
  const tries = [...first, ...second];
  for (const reply of tries.flatMap(({ replies }) => replies)) assert.match(reply, /^4\d\d /);
  for (const { fault } of reads) assert.match(fault, /^(?:HTTP 503|serverUnavailable)$/);
  const slowest = Math.max(
    ...tries.map(one => one.slowestMilliseconds),
    ...reads.map(one => one.milliseconds),
  );
  assert.ok(slowest < answerMilliseconds, `answered after ${Math.round(slowest)} ms`);
  assert.equal([...site.taken.values()].flat().length, known);
  const arriving = Promise.all(waiting.map(mail => sendUntilTaken(site, mail)));
  await lost[0]?.start();
  const tried = await arriving;
  await lost[1]?.start();
  const count = tried.reduce((sum, one) => sum + one, 0);
  return { slowestMilliseconds: Math.round(slowest), tries: count };
}

/** What a JMAP client is told by each kind of read. */
async function readAll({ doors, client }: Site): Promise<{ fault: string; milliseconds: number }[]> {
  const methods = ['Email/query', 'Mailbox/get', 'Email/changes', 'Thread/get'] as const;
  const args: Partial<Record<string, object>> = {
    'Email/changes': { sinceState: '0' },
    'Thread/get': { ids: ['t'] },
  };
  return await Promise.all(
    methods.map(async name => {
      const startedAt = performance.now();
      const fault = await faultOf(client.ask(doors.web.ports.web ?? 0, name, { ...args[name] }));
      return { fault, milliseconds: performance.now() - startedAt };
    }),
  );
}

/** What an answer of the JMAP client says instead of an answer. */
async function faultOf(answer: Promise<unknown>): Promise<string> {
  try {
    return `answered ${JSON.stringify(await answer)}`;
  } catch (error) {
    const { message, actual } = error as { message: string; actual?: unknown };
    if (typeof actual === 'number') return `HTTP ${actual}`;
    return /"type":"(\w+)"/.exec(message)?.[1] ?? message;
  }
}

/** Sends like an MTA, each recipient until it was taken; gives how often it tried. */
async function sendUntilTaken(site: Site, mail: TextMail): Promise<number> {
  let waiting = mail.forwardPaths;
  let tries = 0;
  await poll(
    'a message to be taken',
    async () => {
      tries++;
      const { replies } = await send(site, { ...mail, forwardPaths: waiting });
      for (const reply of replies) assert.match(reply, /^(?:250|4\d\d) /);
      waiting = waiting.filter((_path, index) => !isGood(replies[index]));
      return waiting.length === 0 ? true : undefined;
    },
    retryLimitMilliseconds,
  );
  return tries;
}

/** Each message that was taken is there once, and the doors are the same processes as ever. */
export async function assertSiteWhole({ parts, doors, taken }: Site): Promise<void> {
  for (const [address, messages] of taken) await assertWhole(parts, address, messages);
  for (const [name, { process }] of Object.entries(doors))
    assert.equal(process.exitCode ?? process.signalCode, null, `the ${name} door runs`);
}
