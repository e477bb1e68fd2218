import { join } from 'node:path';
import type { Config } from '../../delivery/config.ts';
import { openLog } from '../../delivery/log.ts';
import { askOthers, tellOthers } from '../../delivery/process-sockets.ts';
import { acmePlace, type DoorName, type ListenPlace, listenPlaces } from './door.ts';

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
  // The door goes on, and doctor takes it for another program.
  const onFault = (fault: { path: string; cause: string }) => {
    const log = openLog(config['log.level'] as Parameters<typeof openLog>[0]);
    log.warn(fault, 'doorNotTold');
  };
  try {
    return tellOthers({ folder, processName: door, tell: () => held, onFault });
  } catch (error) {
    // A full disk, say.
    onFault({ path: folder, cause: String(error) });
    return async () => {};
  }
}

/** The web door of an instance that gets certificates answers an ACME server, too. */
function placesOf(door: DoorName, config: Config): ListenPlace[] {
  const places = listenPlaces(door, config);
  if (door !== 'web' || !config['acme.directory']) return places;
  return [...places, acmePlace(config)];
}

/** Where doors of this data folder listen now; sockets of doors that have fallen are swept. */
export async function heldPlaces(data: string): Promise<HeldPlace[]> {
  return (await askOthers(join(data, folderName))).flat() as HeldPlace[];
}

/** Which of these doors holds a place; null when none does. */
export function holderOf(place: ListenPlace, held: readonly HeldPlace[]): string | null {
  const found = held.find(
    ({ address, port, transport }) =>
      address === place.address && port === place.port && transport === place.transport,
  );
  return found?.door ?? null;
}
