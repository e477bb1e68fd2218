import { accessSync, constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Config, environmentName } from '../../delivery/config.ts';
import type { Finding } from '../doctor.ts';
import { chosenDoors, type ListenPlace, listenFailure, listenPlaces } from '../serve/door.ts';
import { type HeldPlace, holderOf } from '../serve/running-doors.ts';

/** Whether each door could listen where the settings say, or does: `held` by the doors that run now. */
export async function portFindings(config: Config, held: readonly HeldPlace[]): Promise<Finding[]> {
  return Promise.all(
    chosenDoors(config).flatMap(door =>
      listenPlaces(door, config).map(place => portFinding(door, place, held)),
    ),
  );
}

async function portFinding(door: string, place: ListenPlace, held: readonly HeldPlace[]): Promise<Finding> {
  const { address, transport } = place;
  const check = `${door} port${transport === 'udp' ? ' (UDP)' : ''}`;
  if (address.startsWith('unix:')) return socketFileFinding(check, address.slice('unix:'.length));
  return placeFinding(check, place, {
    held,
    setting: `${door}.port (${environmentName(`${door}.port`)})`,
    todoOf: code =>
      code === 'EACCES'
        ? 'ports below 1024 need root or CAP_NET_BIND_SERVICE'
        : `set ${door}.address to an address of this machine`,
  });
}

interface PlaceWords {
  readonly held: readonly HeldPlace[];
  /** What says where the port is. */
  readonly setting: string;
  /** What to do when nobody could listen there, by the system's error code. */
  readonly todoOf: (code: string | undefined) => string;
}

/** Whether a port is free, or held by a door of ours. */
export async function placeFinding(
  check: string,
  place: ListenPlace,
  { held, setting, todoOf }: PlaceWords,
): Promise<Finding> {
  const where = `${place.address}:${place.port}`;
  const failure = await listenFailure(place);
  if (failure === null) return { check, status: 'ok', detail: `${where} is free` };
  const holder = holderOf(place, held);
  if (holder !== null)
    return { check, status: 'ok', detail: `${where} is taken by the ${holder} door, which runs` };
  if (failure.code === 'EADDRINUSE') {
    const todo = `no door of this data folder says that it is there: end the other program or set ${setting}`;
    return { check, status: 'warn', detail: `${where} is taken`, todo };
  }
  return { check, status: 'fail', detail: `${where}: ${failure.code}`, todo: todoOf(failure.code) };
}

/** A socket file needs a folder in which this user may make it; one that a door has left is replaced. */
function socketFileFinding(check: string, file: string): Finding {
  const folder = dirname(resolve(file));
  try {
    accessSync(folder, constants.W_OK);
    return { check, status: 'ok', detail: `${file} can be made` };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
    const todo = `make the folder ${folder}, and let this user write there`;
    return { check, status: 'fail', detail: `${file}: ${code}`, todo };
  }
}

const trusting = 'this door trusts who connects: listen on 127.0.0.1 or a private network';

/** Who can reach the doors that are meant for this machine or a proxy. */
export function addressFindings(config: Config): Finding[] {
  const milter = config['milter.enabled'] ? (['milter'] as const) : [];
  return (['lmtp', 'web', ...milter] as const).map(door => {
    const address = config[`${door}.address`];
    const check = `${door} address`;
    if (isLoopback(address))
      return { check, status: 'ok', detail: `${address} is reached from this machine only` };
    if (door === 'web' && config['web.tls']) return { check, status: 'ok', detail: `${address} with TLS` };
    const todo = door === 'web' ? 'set web.tls or put a TLS proxy in front' : trusting;
    return { check, status: 'warn', detail: `${address} can be reached from other machines`, todo };
  });
}

function isLoopback(address: string): boolean {
  return (
    address === '::1' || address === 'localhost' || /^127\./.test(address) || address.startsWith('unix:')
  );
}
