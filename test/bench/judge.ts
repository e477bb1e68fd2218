import { env } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../delivery/clock.ts';
import { openKeyring } from '../../delivery/crypto/keyring.ts';
import type { Arrival } from '../../delivery/delivery.ts';
import { openLog } from '../../delivery/log.ts';
import { parseMessage } from '../../delivery/message/message.ts';
import { loadOwnerWork } from '../../delivery/owner-work.ts';
import type { PipelineDeps } from '../../delivery/pipeline.ts';
import { emptyModel } from '../../delivery/spam/model.ts';
import { stages, type Work } from '../../delivery/stage-table.ts';
import { packEmail } from '../../delivery/store/sqlite/mail/packed-email.ts';
import type { Owner, OwnerContext, Store } from '../../delivery/store/store.ts';
import { storedEmail } from '../../delivery/stored-email.ts';

import { accountAddress, accountCount, madeUpMessages, realMessages } from './deliver/messages.ts';

/**
 * What judging costs a judge thread: CPU milliseconds per message of each step from the octets to what goes to the
 * store, without the store and without DNS. `BENCH_MESSAGES` (per load, 2000), `CALIOPEN_REAL_MAIL` (folder).
 */
const count = Number(env.BENCH_MESSAGES ?? 2000);

/** The first messages only warm the compiler up. */
const warmUp = 500;

const context: OwnerContext = {
  rules: [],
  contacts: [],
  publicKeys: [],
  privateKeys: [],
  habit: null,
  settings: {},
  stateVersions: {},
  tags: null,
};

function owner(id: string): Owner {
  const address = accountAddress(Number(id));
  const account: Owner['account'] = {
    id,
    tenantId: 'bench',
    address,
    displayName: null,
    custody: 'none',
    quotaOctets: null,
    state: 'open',
    hashKey: new Uint8Array(32).fill(Number(id)),
    createdAt: new Date(0),
  };
  return { account, addresses: [address] };
}

const owners = Array.from({ length: accountCount }, (_, index) => owner(String(index)));

/** As the system's, with every answer remembered: there are no records. */
const nothing = Promise.reject(Object.assign(new Error('no such record'), { code: 'ENOTFOUND' }));
nothing.catch(() => {});

/** Knows the accounts and nothing about them. */
const store = {
  getOwner: async (id: string) => owners[Number(id)] ?? null,
  getOwnerContext: async () => context,
  listContacts: async () => ({ items: [], next: null }),
} as unknown as Store;

const model = Promise.resolve(emptyModel());
const deps: PipelineDeps = {
  store,
  keyring: openKeyring(new Uint8Array(32)),
  resolver: () => nothing,
  model: () => model,
  settings: { hostname: 'bench.example', junkAt: 0.8, rejectAt: 1, resolverTimeoutMilliseconds: 1000 },
  clock: systemClock,
  log: openLog('error'),
};

function arrivalOf(raw: Uint8Array, index: number): Arrival {
  const account = index % accountCount;
  return {
    door: 'smtp',
    id: String(index),
    raw,
    reversePath: 'sender@load.example',
    session: {
      source: 'live',
      remoteAddress: '127.0.0.1',
      remoteName: null,
      helo: 'load.example',
      tls: null,
      authenticatedUser: null,
    },
    receivedAt: new Date(),
    recipients: [{ forwardPath: accountAddress(account), accountId: String(account) }],
    trustedHops: 0,
  };
}

/** CPU microseconds by step, in the order of the work. */
type Spent = Map<string, number>;

async function timed<T>(spent: Spent, step: string, act: () => T | Promise<T>): Promise<T> {
  const before = process.threadCpuUsage();
  const value = await act();
  const { user, system } = process.threadCpuUsage(before);
  spent.set(step, (spent.get(step) ?? 0) + user + system);
  return value;
}

async function judgeOne(raw: Uint8Array, index: number, spent: Spent): Promise<void> {
  const arrival = arrivalOf(raw, index);
  const message = await timed(spent, 'parse', () => parseMessage(raw));
  const work: Work = { arrival, message, failed: [] };
  const [recipient] = arrival.recipients;
  if (!recipient) throw new Error('no recipient');
  const one = await timed(spent, 'owner', () => loadOwnerWork(recipient, work, deps));
  for (const stage of stages) {
    await timed(spent, stage.name, () =>
      stage.per === 'message' ? stage.run(work, deps) : stage.run(work, one, deps),
    );
  }
  const email = await timed(spent, 'store', () => storedEmail(one, work, deps));
  await timed(spent, 'pack', () => packEmail(email));
}

async function measure(messages: readonly Uint8Array[]): Promise<Spent> {
  const spent: Spent = new Map();
  for (const [index, raw] of messages.entries()) {
    if (index === warmUp) spent.clear();
    await judgeOne(raw, index, spent);
    // The door's events come between messages, too.
    if (index % 50 === 0) await wait(0);
  }
  return spent;
}

const octetsOf = (size: number): Uint8Array[] =>
  madeUpMessages(count + warmUp, size).map(({ wire }) => new Uint8Array(wire.subarray(0, -3)));

const loads: Record<string, () => readonly Uint8Array[]> = {
  '5 kB': () => octetsOf(5000),
  '50 kB': () => octetsOf(50_000),
};
const folder = env.CALIOPEN_REAL_MAIL;
if (folder) loads.real = () => realMessages(folder, count + warmUp);
else console.error('CALIOPEN_REAL_MAIL is not set: the column of real messages is left out');

const table: Record<string, Record<string, number>> = {};
for (const [load, make] of Object.entries(loads)) {
  const messages = make();
  const spent = await measure(messages);
  const per = 1000 * (messages.length - warmUp);
  for (const [step, microseconds] of [
    ...spent,
    ['all', [...spent.values()].reduce((a, b) => a + b, 0)] as const,
  ])
    table[step] = { ...table[step], [load]: Math.round((1000 * microseconds) / per) / 1000 };
}
console.log(`CPU ms per message; resident ${Math.round(process.memoryUsage().rss / 1e6)} MB`);
console.table(table);
