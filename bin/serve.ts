import { type Command, Option } from 'commander';
import type { Config } from '../delivery/config.ts';
import { DeliveryError } from '../delivery/errors.ts';
import type { CommandContext } from './command.ts';
import { type DoorName, doorNames, type OpenDoor } from './serve/door.ts';
import { tellRunning } from './serve/running-doors.ts';
import { listenForStop } from './serve/stop-wish.ts';
import { type DoorNews, type ReadyDoor, startDoors } from './serve/supervisor.ts';

export { type Doors, type DoorsOptions, type ReadyDoor, startDoors } from './serve/supervisor.ts';

/** Each door by name, loaded when it is opened. */
const openers: Readonly<Record<DoorName, () => Promise<{ openDoor: OpenDoor }>>> = {
  smtp: () => import('./serve/smtp.ts'),
  lmtp: () => import('./serve/lmtp.ts'),
  web: () => import('./serve/web.ts'),
  dns: () => import('./serve/dns.ts'),
  milter: () => import('./serve/milter.ts'),
};

/** `caliopen serve [smtp|lmtp|web|dns|milter]`: one door in this process, or without a name all of them, supervised. */
export function register(program: Command, context: CommandContext): void {
  program
    .command('serve')
    .description(
      'run the doors: smtp, lmtp, web and dns together (and milter with milter.enabled), or the one named, until Ctrl-C',
    )
    .argument('[door]', 'smtp, lmtp, web, dns or milter')
    .addOption(new Option('--json', 'print one JSON line per door as it is ready, and the log as JSON'))
    .action(async (door: string | undefined, options: { json?: boolean }) => {
      const json = options.json ?? context.json();
      if (door === undefined) await serveAll(context, json);
      else await serveOne(knownDoor(door), context, json);
    });
}

function knownDoor(word: string): DoorName {
  const known = doorNames.find(name => name === word);
  if (known) return known;
  throw new DeliveryError(
    'badRequest',
    `there is no door ${JSON.stringify(word)}; doors are ${doorNames.join(', ')}`,
  );
}

async function serveAll(context: CommandContext, json: boolean): Promise<void> {
  const wish = listenForStop();
  const config = context.config();
  const onReady = (door: ReadyDoor) => context.stdout.write(`${readyLine(door, config, json)}\n`);
  try {
    const doors = await startDoors(config, { json, onReady, wish, stderr: context.stderr });
    if (!json) context.stdout.write('Ctrl-C stops.\n');
    await wish.promise;
    await doors.stop();
  } catch (error) {
    // Ctrl-C reaches doors that only begin to start, too: what they say then is no fault.
    if (!wish.isMade) throw error;
  }
}

async function serveOne(name: DoorName, context: CommandContext, json: boolean): Promise<void> {
  const wish = listenForStop();
  const config = context.config();
  try {
    await run(name, config, ({ address, port }) => {
      if (process.send) void tellSupervisor({ kind: 'ready', address, port });
      else context.stdout.write(`${readyLine({ name, address, port }, config, json)}\n`);
      return wish.promise;
    });
  } catch (error) {
    if (!process.send) throw error;
    await tellSupervisor({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    context.exit(1);
  }
  // Haraka keeps timers and watchers that nobody can end.
  process.exit();
}

async function run(
  name: DoorName,
  config: Config,
  untilStop: (door: { address: string; port: number }) => Promise<void>,
): Promise<void> {
  const { openDoor } = await openers[name]();
  const door = await openDoor(config);
  const tellNoMore = tellRunning(name, config);
  await untilStop(door);
  await tellNoMore();
  await door.close();
}

function tellSupervisor(news: DoorNews): Promise<void> {
  return new Promise(resolve => {
    process.send?.(news, () => resolve());
  });
}

/** The line that says that a door is ready, for people or, with `json`, for machines. */
export function readyLine({ name, address, port }: ReadyDoor, config: Config, json: boolean): string {
  if (json) return JSON.stringify({ ready: name, address, port });
  const host = address.includes(':') ? `[${address}]` : address;
  const where = address.startsWith('unix:') ? address : `${host}:${port}`;
  const web = `http${config['web.tls'] ? 's' : ''}://${where}/`;
  return `${name.padEnd(6)} ready at ${name === 'web' ? web : where}`;
}
