import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Config } from '../../delivery/config.ts';
import { openLog } from '../../delivery/log.ts';
import { type DoorName, type ListenPlace, listenPlaces } from './door.ts';

/** A place where a door of this data folder listens now. */
export interface HeldPlace extends ListenPlace {
  readonly door: string;
}

const folderName = 'doors';

/**
 * Tells whoever asks on this machine where this door listens, through a socket in the data folder, which ends with the
 * process. Gives how to end it before.
 */
export function tellRunning(door: DoorName, config: Config): () => Promise<void> {
  const held = placesOf(door, config).map((place): HeldPlace => ({ ...place, door }));
  const folder = join(config.data, folderName);
  const path = join(folder, `${door}-${process.pid}`);
  const untold = (cause: unknown) => {
    const log = openLog(config['log.level'] as Parameters<typeof openLog>[0]);
    log.warn({ path, cause: String(cause) }, 'doorNotTold');
  };
  // Too long a path or a full disk, say: the door goes on, and doctor takes it for another program.
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    rmSync(path, { force: true });
  } catch (cause) {
    untold(cause);
    return async () => {};
  }
  const server = createServer(socket => {
    socket.on('error', () => socket.destroy());
    socket.end(JSON.stringify(held));
  });
  server.on('error', cause => {
    untold(cause);
    server.close();
  });
  server.listen(path);
  server.unref();
  return () => new Promise(resolve => server.close(() => resolve()));
}

/** The web door of an instance that gets certificates answers an ACME server, too. */
function placesOf(door: DoorName, config: Config): ListenPlace[] {
  const places = listenPlaces(door, config);
  if (door !== 'web' || !config['acme.directory']) return places;
  return [...places, { address: config['web.address'], port: config['acme.httpPort'], transport: 'tcp' }];
}

/** Where doors of this data folder listen now; sockets of doors that have fallen are swept. */
export async function heldPlaces(data: string): Promise<HeldPlace[]> {
  const folder = join(data, folderName);
  return (await Promise.all(listed(folder).map(name => ask(join(folder, name))))).flat();
}

/** Which of these doors holds a place; null when none does. */
export function holderOf(place: ListenPlace, held: readonly HeldPlace[]): string | null {
  const found = held.find(
    ({ address, port, transport }) =>
      address === place.address && port === place.port && transport === place.transport,
  );
  return found?.door ?? null;
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // No door has ever run here, or it is another user's.
  }
}

const answerMilliseconds = 1000;

function ask(path: string): Promise<HeldPlace[]> {
  return new Promise(resolve => {
    const socket = connect(path);
    let text = '';
    socket.setTimeout(answerMilliseconds, () => socket.destroy());
    socket.setEncoding('utf8');
    socket.on('data', chunk => (text += chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') rmSync(path, { force: true });
    });
    socket.on('close', () => resolve(parsed(text)));
  });
}

function parsed(text: string): HeldPlace[] {
  try {
    return JSON.parse(text) as HeldPlace[];
  } catch {
    return []; // It ended while it was asked.
  }
}
