import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { DoorName } from '../../../bin/serve/door.ts';
import type { Config } from '../../../delivery/config.ts';
import type { Parts } from '../../../delivery/open.ts';
import type { Backend } from '../../support/backend.ts';
import { openTestParts, startDoor } from '../../support/door-process.ts';
import { type JmapClient, openJmapClient } from '../../support/jmap-client.ts';
import {
  beginMail,
  endMail,
  greetDoor,
  type MailDoor,
  readReplies,
  sendMail,
} from '../../support/mail-client.ts';
import { openRandom, type Random } from '../../support/random.ts';
import { assertWhole, madeMessage } from '../../support/whole.ts';
import { openReplica } from './replica.ts';

/** How long it goes on, and how far the clocks of the processes are off. */
export interface TwoPlan {
  readonly messages: number;
  readonly changes: number;
  readonly seed: number;
  /** The library that fakes the time, null to leave the clocks alone. */
  readonly faketime: string | null;
}

const address = 'ada@example.org';
/** Seconds that the clocks of the first and the second process are ahead. */
const offsets = [5, -5] as const;

interface Opened {
  readonly parts: Parts;
  readonly config: Config;
  readonly random: Random;
  /** Starts a door whose clock is the first's or the second's; gives its port. */
  start(door: DoorName, clock: 0 | 1): Promise<number>;
}

async function open(t: TestContext, backend: Backend, plan: TwoPlan): Promise<Opened> {
  const config = await backend.prepare(t, { 'judge.threads': 1 });
  const parts = await openTestParts(t, config, [{ address }]);
  return {
    parts,
    config,
    random: openRandom(plan.seed),
    async start(name, clock) {
      const door = await startDoor(t, name, config, { environment: skewed(plan.faketime, offsets[clock]) });
      return door.ports[name] ?? 0;
    },
  };
}

function skewed(library: string | null, seconds: number): Record<string, string> {
  if (library === null) return {};
  const time = `${seconds < 0 ? '' : '+'}${seconds}s`;
  return { LD_PRELOAD: library, FAKETIME: time, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
}

/** Sends each message by three doors of three processes at the same instant; each is stored once and answered 250. */
export async function deliverAtOnce(t: TestContext, backend: Backend, plan: TwoPlan): Promise<void> {
  const { parts, start, random } = await open(t, backend, plan);
  const ports = await Promise.all([start('lmtp', 0), start('lmtp', 1), start('smtp', 0)]);
  const doors = ports.map((port, index): MailDoor => ({ name: index < 2 ? 'lmtp' : 'smtp', port }));
  const peers = await Promise.all(doors.map(greetDoor));
  const messages = Array.from({ length: plan.messages }, (_unused, index) =>
    madeMessage(`message${index}`, 'text '.repeat(random.pick([10, 1000, 20_000]))),
  );
  for (const octets of messages) {
    const mail = { forwardPaths: [address], octets };
    await Promise.all(peers.map(peer => beginMail(peer, mail)));
    for (const peer of peers) endMail(peer, mail);
    const replies = await Promise.all(
      peers.map((peer, index) => readReplies(peer, doors[index] as MailDoor, mail)),
    );
    for (const reply of replies.flat()) assert.match(reply, /^250 /);
  }
  await assertWhole(parts, address, messages);
}

/** Ids of as many emails as the plan says, delivered by a door. */
async function fill(
  client: JmapClient,
  ports: { web: number; lmtp: number },
  count: number,
): Promise<string[]> {
  const door: MailDoor = { name: 'lmtp', port: ports.lmtp };
  const peer = await greetDoor(door);
  for (let index = 0; index < count; index++) {
    const mail = { forwardPaths: [address], octets: madeMessage(`before${index}`, 'text') };
    assert.match((await sendMail(peer, door, mail)).join(), /^250/);
  }
  const { ids } = await client.ask(ports.web, 'Email/query', { limit: count });
  assert.equal(ids.length, count);
  return ids;
}

/** Asserts that the clock of the door that delivered was ahead. */
async function requireSkew(client: JmapClient, port: number, ids: readonly string[]): Promise<void> {
  const { list } = await client.ask(port, 'Email/get', { ids: ids.slice(0, 1), properties: ['receivedAt'] });
  assert.ok(Date.parse(list[0].receivedAt) > Date.now(), 'mail from the future');
}

type Patch = Readonly<Record<string, unknown>>;

/** Changes emails by one door, all of which must be done. */
async function change(
  client: JmapClient,
  port: number,
  update: Readonly<Record<string, Patch>>,
): Promise<void> {
  const { updated, notUpdated } = await client.ask(port, 'Email/set', { update });
  assert.deepEqual(Object.keys(updated ?? {}).sort(), Object.keys(update).sort(), JSON.stringify(notUpdated));
}

async function keywordsOf(client: JmapClient, port: number, ids: readonly string[]): Promise<string[][]> {
  const { list } = await client.ask(port, 'Email/get', { ids, properties: ['keywords'] });
  const found = new Map<string, string[]>();
  for (const { id, keywords } of list) found.set(id, Object.keys(keywords).sort());
  return ids.map(id => found.get(id) ?? []);
}

/**
 * Two processes change the same emails: of changes one after the other the last one counts, changes at once of
 * different keywords are both there, and both processes tell the same.
 */
export async function changeFromTwo(t: TestContext, backend: Backend, plan: TwoPlan): Promise<void> {
  const { parts, start } = await open(t, backend, plan);
  const [first, second, lmtp] = await Promise.all([start('web', 0), start('web', 1), start('lmtp', 0)]);
  const client = await openJmapClient(parts, address);
  const ids = await fill(client, { web: first, lmtp }, plan.messages);
  if (plan.faketime) await requireSkew(client, first, ids);
  const all = (patch: Patch) => Object.fromEntries(ids.map(id => [id, patch]));
  for (const [one, other] of [
    [first, second],
    [second, first],
  ] as const) {
    await change(client, one, all({ 'keywords/$flagged': true }));
    await change(client, other, all({ 'keywords/$flagged': null }));
    for (const port of [first, second])
      assert.deepEqual(
        await keywordsOf(client, port, ids),
        ids.map(() => []),
        'the last change counts',
      );
  }
  for (const id of ids) {
    await Promise.all([
      change(client, first, { [id]: { 'keywords/$answered': true } }),
      change(client, second, { [id]: { 'keywords/$flagged': true } }),
    ]);
  }
  for (const port of [first, second]) {
    const found = await keywordsOf(client, port, ids);
    assert.deepEqual(
      found,
      ids.map(() => ['$answered', '$flagged']),
      'both changes are there',
    );
  }
}

/**
 * A client that polls `changes`, now at one process and now at the other, while both change, destroy and take mail:
 * what it knows at the end is what is there.
 */
export async function pollThroughout(
  t: TestContext,
  backend: Backend,
  plan: TwoPlan,
): Promise<Record<string, unknown>> {
  const { parts, start, random } = await open(t, backend, plan);
  const ports = await Promise.all([start('web', 0), start('web', 1)]);
  const [early, late] = await Promise.all([start('lmtp', 0), start('lmtp', 1)]);
  const client = await openJmapClient(parts, address);
  const ids = await fill(client, { web: ports[0], lmtp: early }, plan.messages);
  const replica = await openReplica(client, ports[0]);
  let isOver = false;
  const polling = (async () => {
    for (let turn = 0; !isOver; turn++) await replica.poll(ports[turn % 2] ?? 0);
  })();
  await Promise.all([
    ...ports.map(port => changeAtRandom(client, port, { ids, random, changes: plan.changes })),
    ...[early, late].map((port, index) => deliverMeanwhile({ name: 'lmtp', port }, index, plan)),
  ]);
  isOver = true;
  await polling;
  for (const port of ports) await replica.poll(port);
  for (const port of ports) {
    const truth = await openReplica(client, port);
    assert.deepEqual(replica.content(), truth.content(), 'the client knows what is there');
  }
  assert.deepEqual(await Array.fromAsync(parts.store.verify()), []);
  return { backend: backend.name, ...plan, polls: replica.polls, emails: replica.content().emails.length };
}

/** Patches that any two processes may send at once. */
const patches: readonly Patch[] = ['$seen', '$flagged', '$answered', 'label-a', 'label-b'].flatMap(name => [
  { [`keywords/${name}`]: true },
  { [`keywords/${name}`]: null },
]);

async function changeAtRandom(
  client: JmapClient,
  port: number,
  { ids, random, changes }: { ids: readonly string[]; random: Random; changes: number },
): Promise<void> {
  for (let count = 0; count < changes; count++) {
    const chosen = random.shuffled(ids).slice(0, 1 + random.below(3));
    const isLoss = random.below(40) === 0;
    const args = isLoss
      ? { destroy: chosen.slice(0, 1) }
      : { update: Object.fromEntries(chosen.map(id => [id, random.pick(patches)])) };
    // An email that the other process has destroyed is answered notFound.
    await client.ask(port, 'Email/set', args);
  }
}

async function deliverMeanwhile(door: MailDoor, index: number, { changes }: TwoPlan): Promise<void> {
  const peer = await greetDoor(door);
  for (let count = 0; count < changes / 4; count++) {
    const octets = madeMessage(`meanwhile${index}-${count}`, 'text');
    assert.match((await sendMail(peer, door, { forwardPaths: [address], octets })).join(), /^250/);
  }
  await peer.say('QUIT', /^221/);
}
