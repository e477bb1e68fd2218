import { getServers } from 'node:dns';
import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Config } from '../delivery/config.ts';
import { DeliveryError } from '../delivery/errors.ts';
import { openLog } from '../delivery/log.ts';
import { openParts } from '../delivery/open.ts';
import type { CommandContext } from './command.ts';
import { ownKeyFile, prepareAccounts } from './demo/accounts.ts';
import type { DemoMessage, Written } from './demo/demo-message.ts';
import { badMail, difficultMail } from './demo/difficult-mail.ts';
import { type NameServer, openNameServer } from './demo/dns.ts';
import type { DemoKeys } from './demo/keys.ts';
import { type Memory, memoryFile, openMemory, saveMemory } from './demo/memory.ts';
import { bulkMail, ordinaryMail } from './demo/ordinary-mail.ts';
import { type AccountName, addressOf, demoAccounts } from './demo/people.ts';
import { protectedMail } from './demo/protected-mail.ts';
import { openSender } from './demo/send.ts';
import { type DemoDomains, makeDomains } from './demo/zone.ts';
import { listenForStop, type StopWish } from './serve/stop-wish.ts';
import { type Doors, startDoors } from './serve/supervisor.ts';

/** In the order in which they are sent; the last ones stand first in the inbox. */
export const demoMail: readonly DemoMessage[] = [
  ...bulkMail,
  ...difficultMail,
  ...ordinaryMail,
  ...badMail,
  ...protectedMail,
];

/** A slow machine shows the address after this many milliseconds, while the rest of the mail arrives. */
const longestSending = 4000;

/** `caliopen demo`: all doors, three accounts, and mail that came through the SMTP door. */
export function register(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .description('run everything with a demo domain, three accounts and their mail, until Ctrl-C')
    .action(() => runDemo(context));
}

async function runDemo(context: CommandContext): Promise<void> {
  const wish = listenForStop();
  const domains = makeDomains();
  const nameServer = await openNameServer(domains.zone, domains.names);
  try {
    await runDoors(context, { wish, domains, config: configOf(context, nameServer) });
  } catch (error) {
    // Ctrl-C reaches doors that only begin to start, too: what they say then is no fault.
    if (!wish.isMade) throw error;
  } finally {
    nameServer.close();
  }
}

interface Running {
  readonly wish: StopWish;
  readonly domains: DemoDomains;
  readonly config: Config;
}

async function runDoors(context: CommandContext, { wish, domains, config }: Running): Promise<void> {
  const { memory, isNew } = await openMemory(config.data, new Date());
  const { keys, doors } = await openAll(context, { config, memory, wish });
  try {
    const sent = sendRest({ config, memory, keys, domains, doors, wish });
    const hasAll = await Promise.race([
      sent.then(() => true),
      wait(longestSending, false, { ref: false }),
      wish.promise,
    ]);
    if (!wish.isMade) tell(context, { config, memory, isNew, doors, isArriving: hasAll !== true });
    await Promise.race([sent.then(() => wish.promise), wish.promise]);
  } finally {
    await doors.stop();
  }
}

/** The doors start while accounts and keys are made: loading their sources takes most of the time until all is ready. */
async function openAll(
  context: CommandContext,
  { config, memory, wish }: Pick<Running, 'config' | 'wish'> & { readonly memory: Memory },
): Promise<{ keys: DemoKeys; doors: Doors }> {
  const [doors, keys] = await Promise.allSettled([
    startDoors(config, { json: context.json(), wish, stderr: context.stderr }),
    prepare(config, memory),
  ]);
  if (doors.status === 'rejected') throw doors.reason;
  if (keys.status === 'fulfilled') return { keys: keys.value, doors: doors.value };
  await doors.value.stop();
  throw keys.reason;
}

/**
 * The demo's own names are asked of its own server, all others of the servers that would be asked anyway. A line per
 * delivery would hide what a person at this terminal looks for, so the log begins at warnings.
 */
function configOf(context: CommandContext, { server }: NameServer): Config {
  const config = context.config();
  const others = config['resolver.servers'].length > 0 ? config['resolver.servers'] : getServers();
  return context.config({
    'resolver.servers': [server, ...others],
    ...(config['log.level'] === 'info' ? { 'log.level': 'warn' } : {}),
  });
}

async function prepare(config: Config, memory: Memory): Promise<DemoKeys> {
  const parts = await openParts(config, { log: openLog('warn') });
  try {
    return await prepareAccounts(parts, memory);
  } finally {
    await parts.close();
  }
}

interface Sending {
  readonly config: Config;
  readonly memory: Memory;
  readonly keys: DemoKeys;
  readonly domains: DemoDomains;
  readonly doors: Doors;
  readonly wish: StopWish;
}

/** Sends what was not sent yet, through the SMTP door; an interrupted start goes on where it was. */
async function sendRest({ config, memory, keys, domains, doors, wish }: Sending): Promise<void> {
  const door = doors.ready.find(({ name }) => name === 'smtp');
  if (!door || memory.sent >= demoMail.length) return;
  const { send, close } = openSender(door, domains.signingKeys);
  // What the door has not answered by then is sent again at the next start.
  void wish.promise.then(close);
  const rest = demoMail.slice(memory.sent);
  try {
    let written = await writeFor(rest[0], keys);
    for (const [place, message] of rest.entries()) {
      if (wish.isMade) return;
      // The next one is written while the door judges this one.
      const [following] = await Promise.all([
        writeFor(rest[place + 1], keys),
        ...written.map(one => send(message, one)),
      ]);
      await saveMemory(config.data, { ...memory, sent: memory.sent + place + 1 });
      written = following;
    }
  } catch (cause) {
    throw new DeliveryError('internal', `the SMTP door did not take the demo's mail: ${String(cause)}`, {
      cause,
    });
  } finally {
    close();
  }
}

/** A demo message as each of its recipients gets it. */
function writeFor(message: DemoMessage | undefined, keys: DemoKeys): Promise<Written[]> {
  const now = Date.now();
  const hoursAgo = (hours: number) => new Date(now - hours * 3_600_000);
  const write = async (recipient: AccountName) => ({
    recipient,
    content: (await message?.write({ recipient, keys, hoursAgo })) ?? {},
  });
  return Promise.all((message?.recipients ?? []).map(write));
}

interface Telling {
  readonly config: Config;
  readonly memory: Memory;
  readonly isNew: boolean;
  readonly doors: Doors;
  /** Some of the mail is still on its way. */
  readonly isArriving: boolean;
}

function tell(context: CommandContext, { config, memory, isNew, doors, isArriving }: Telling): void {
  const where = Object.fromEntries(
    doors.ready.map(({ name, address, port }) => [name, `${address}:${port}`]),
  );
  const web = `http${config['web.tls'] ? 's' : ''}://${where.web}/`;
  if (context.json()) {
    for (const { name, address, port } of doors.ready) printJson(context, { ready: name, address, port });
    for (const account of demoAccounts) {
      printJson(context, {
        account: addressOf(account.name),
        password: memory.passwords[account.name],
        custody: account.custody,
      });
    }
    printJson(context, { web, ownKeyFile: ownKeyFile(config.data), passphrase: memory.passphrase });
    return;
  }
  const width = Math.max(...demoAccounts.map(({ name }) => addressOf(name).length));
  const lines = [
    '',
    `Caliopen is ready: ${web}`,
    '',
    ...demoAccounts.map(
      ({ name, displayName }) =>
        `  ${addressOf(name).padEnd(width)}  ${memory.passwords[name]}  ${displayName}`,
    ),
    '',
    `Secret key of ${addressOf('ownKey')}, to bring into its webmail: ${ownKeyFile(config.data)}, passphrase ${memory.passphrase}`,
    `SMTP at ${where.smtp}, LMTP at ${where.lmtp}.`,
    isNew
      ? `Passwords and keys of the demo are kept in ${memoryFile(config.data)}.`
      : `Going on with what is there; passwords are those of ${memoryFile(config.data)}.`,
    ...(isArriving ? ['The last of the demo’s mail is arriving now.'] : []),
    'Ctrl-C stops.',
    '',
  ];
  context.stdout.write(`${lines.join('\n')}\n`);
}

function printJson(context: CommandContext, value: unknown): void {
  context.stdout.write(`${JSON.stringify(value)}\n`);
}
