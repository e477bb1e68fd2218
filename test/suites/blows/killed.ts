import type { TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { usualDoors } from '../../../bin/serve/door.ts';
import type { Config } from '../../../delivery/config.ts';
import { openParts } from '../../../delivery/open.ts';
import type { Backend } from '../../support/backend.ts';
import { type DoorProcess, openTestParts, startDoor } from '../../support/door-process.ts';
import { greetDoor, type Mail, type MailDoor, sendMail } from '../../support/mail-client.ts';
import { poll } from '../../support/poll.ts';
import { childrenOf, isRunning, wordsOf } from '../../support/processes.ts';
import { openRandom, type Random } from '../../support/random.ts';
import { assertWhole, madeMessage } from '../../support/whole.ts';

/** How much is sent, and how often something is killed meanwhile. */
export interface KillPlan {
  readonly messages: number;
  readonly kills: number;
  readonly seed: number;
}

const addresses = ['ada@example.org', 'ben@example.org', 'cem@example.org'];
const senders = 6;
const limitMilliseconds = 300_000;

/** The doors one by one, the process that started them, and all of them at once, as when the power fails. */
const victims = [...usualDoors, 'supervisor', 'everything'] as const;
type Victim = (typeof victims)[number];

/**
 * Sends messages by clients that try again until each is taken, kills processes of the server at random moments, and
 * asserts that each message is stored exactly once for each of its recipients. Gives what happened.
 */
export async function killUnderLoad(
  t: TestContext,
  backend: Backend,
  plan: KillPlan,
): Promise<Record<string, unknown>> {
  const random = openRandom(plan.seed);
  const config = await backend.prepare(t, { 'sqlite.shards': 2, 'judge.threads': 1 });
  await makeAccounts(config);
  const server = await startServer(t, config);
  const queue = Array.from({ length: plan.messages }, (_unused, index) => makeMail(index, random));
  const sent = [...queue];
  const progress = { begun: 0, tries: 0 };
  const sending = Array.from({ length: senders }, async () => {
    for (let mail = queue.shift(); mail !== undefined; mail = queue.shift()) {
      progress.begun++;
      progress.tries += await sendUntilTaken(mail, server, random);
    }
  });
  const killed = killAtRandom(plan, server, { random, progress });
  await Promise.all([...sending, killed]);
  await server.end();
  const parts = await openTestParts(t, config);
  for (const address of addresses) {
    const own = sent.filter(({ forwardPaths }) => forwardPaths.includes(address));
    await assertWhole(
      parts,
      address,
      own.map(({ octets }) => octets),
    );
  }
  return { backend: backend.name, ...plan, tries: progress.tries, killed: await killed };
}

async function makeAccounts(config: Config): Promise<void> {
  const parts = await openParts(config);
  await parts.store.addDomain('example.org');
  for (const address of addresses) await parts.store.addAccount({ address });
  // No process but the server's keeps the files open: when it is killed the next one must repair them.
  await parts.close();
}

type TextMail = Mail & { readonly octets: string };

function makeMail(index: number, random: Random): TextMail {
  const recipients = random.shuffled(addresses).slice(0, 1 + random.below(addresses.length));
  const length = random.pick([200, 4000, 30_000, 150_000]);
  const text = Array.from({ length: length / 10 }, () =>
    random
      .below(2 ** 32)
      .toString(36)
      .padEnd(10, '.'),
  );
  return { forwardPaths: recipients, octets: madeMessage(`message${index}`, text.join('')) };
}

/** The doors under their supervisor, which is started again, on the same ports, when it is killed. */
interface Server {
  readonly ports: DoorProcess['ports'];
  /** The process that plays this part now; null while none does. */
  find(victim: Exclude<Victim, 'everything'>): number | null;
  kill(victim: Victim): Promise<void>;
  /** Ends it as an operator does; resolves when no process of it is left. */
  end(): Promise<void>;
}

async function startServer(t: TestContext, config: Config): Promise<Server> {
  let current = await startDoor(t, null, config);
  const { ports } = current;
  const fixed = {
    ...config,
    ...Object.fromEntries(usualDoors.map(name => [`${name}.port`, ports[name]])),
  } as Config;
  const known = new Set<number>();
  const top = () => current.process.pid ?? 0;
  const find: Server['find'] = victim => {
    const running = victim === 'supervisor' ? [top()] : childrenOf(top());
    return (
      running.find(id => isRunning(id) && (victim === 'supervisor' || wordsOf(id).at(-1) === victim)) ?? null
    );
  };
  const startAgain = async (): Promise<void> => {
    // Doors whose supervisor was killed end by themselves, and hold their ports until then.
    current = await poll(
      'the server to start again',
      () => startDoor(t, null, fixed).catch(() => undefined),
      60_000,
    );
  };
  return {
    ports,
    find,
    async kill(victim) {
      const children = childrenOf(top());
      for (const id of children) known.add(id);
      const ids = victim === 'everything' ? [top(), ...children] : [find(victim)];
      for (const id of ids) if (id !== null) process.kill(id, 'SIGKILL');
      if (victim === 'supervisor' || victim === 'everything') await startAgain();
    },
    async end() {
      for (const id of childrenOf(top())) known.add(id);
      await current.stop();
      await poll('every process to end', () => ([...known].some(isRunning) ? undefined : true), 60_000);
    },
  };
}

interface Progress {
  readonly begun: number;
}

/** Kills at moments spread over the whole of the sending; gives who was killed, in order. */
async function killAtRandom(
  { messages, kills }: KillPlan,
  server: Server,
  { random, progress }: { random: Random; progress: Progress },
): Promise<Victim[]> {
  const order = Array.from({ length: Math.ceil(kills / victims.length) }, () => random.shuffled(victims));
  const chosen = order.flat().slice(0, kills);
  for (const [index, victim] of chosen.entries()) {
    const goal = Math.floor(((index + random.below(1000) / 1000) * messages) / kills);
    await poll(
      'more messages to be sent',
      () => (progress.begun >= goal ? true : undefined),
      limitMilliseconds,
    );
    if (victim !== 'everything')
      await poll(`${victim} to run`, () => server.find(victim) ?? undefined, limitMilliseconds);
    // Somewhere in the middle of what is going on.
    await wait(random.below(60));
    await server.kill(victim);
  }
  return chosen;
}

/** Sends like an MTA: until every recipient was answered 250, by either door. Gives how often it tried. */
async function sendUntilTaken(mail: Mail, server: Server, random: Random): Promise<number> {
  let waiting = mail.forwardPaths;
  let tries = 0;
  await poll(
    'a message to be taken',
    async () => {
      tries++;
      const name = random.pick(['smtp', 'lmtp'] as const);
      const door: MailDoor = { name, port: server.ports[name] ?? 0 };
      const replies = await tryOnce(door, { ...mail, forwardPaths: waiting });
      const isTaken = (index: number) => replies[name === 'smtp' ? 0 : index]?.startsWith('250') ?? false;
      waiting = waiting.filter((_path, index) => !isTaken(index));
      return waiting.length === 0 ? true : undefined;
    },
    limitMilliseconds,
  );
  return tries;
}

/** The replies so far: none when the door was gone before. */
async function tryOnce(door: MailDoor, mail: Mail): Promise<string[]> {
  try {
    const peer = await greetDoor(door);
    try {
      return await sendMail(peer, door, mail);
    } finally {
      peer.drop();
    }
  } catch {
    return []; // The door has fallen: the queue keeps the message.
  }
}
