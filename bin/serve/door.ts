import { createSocket } from 'node:dgram';
import { createServer, isIPv6 } from 'node:net';
import type { Config, SettingKey } from '../../delivery/config.ts';
import { environmentName } from '../../delivery/config.ts';
import { DeliveryError } from '../../delivery/errors.ts';

/** The doors that every instance has. */
export const usualDoors = ['smtp', 'lmtp', 'web', 'dns'] as const;

/** The doors that are there, in the order in which they are shown. */
export const doorNames = [...usualDoors, 'milter'] as const;
export type DoorName = (typeof doorNames)[number];

/** The doors that `serve` without a name runs. */
export function chosenDoors(config: Config): readonly DoorName[] {
  return config['milter.enabled'] ? doorNames : usualDoors;
}

/** A door that listens. */
export interface Door {
  readonly address: string;
  /** The real port, also when port 0 was asked for. */
  readonly port: number;
  /** Takes no more, finishes what is under way, lets go of everything. */
  close(): Promise<void>;
}

/** Opens a door in this process; throws a `DeliveryError` that says what to do. */
export type OpenDoor = (config: Config) => Promise<Door>;

const hints: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is taken',
  EACCES: 'this user may not listen there (ports below 1024 need a right)',
  EADDRNOTAVAIL: 'this host has no such address',
};

/** The system says EACCES of a socket file whose folder is not there, too. */
const fileHints: typeof hints = {
  EADDRINUSE: 'it is taken',
  EACCES: 'its folder is not there, or this user has no right to write to it',
};

/** Throws one `DeliveryError` with a line for each of these doors that could not listen where the settings say. */
export async function checkListening(names: readonly DoorName[], config: Config): Promise<void> {
  const faults = await Promise.all(
    names.flatMap(name =>
      listenPlaces(name, config).map(async place => {
        const failure = await listenFailure(place);
        return failure && (listenError(name, config, failure) as Error);
      }),
    ),
  );
  const found = faults.filter(fault => fault !== null);
  if (found.length === 0) return;
  // A port may be taken for UDP and for TCP.
  const lines = [...new Set(found.map(({ message }) => message))].join('\n');
  throw new DeliveryError('internal', lines, { cause: found[0] });
}

export interface ListenPlace {
  readonly address: string;
  readonly port: number;
  readonly transport: 'tcp' | 'udp';
}

/** Where a door listens by the settings. */
export function listenPlaces(name: DoorName, config: Config): ListenPlace[] {
  const port = config[`${name}.port`];
  if (name !== 'dns') return [{ address: config[`${name}.address`], port, transport: 'tcp' }];
  return config['dns.address'].flatMap(address => [
    { address, port, transport: 'tcp' },
    { address, port, transport: 'udp' },
    ...(config['dns.tls'] ? [{ address, port: config['dns.tlsPort'], transport: 'tcp' } as const] : []),
  ]);
}

/** Where the web door answers an ACME server when `acme.directory` is set. */
export function acmePlace(config: Config): ListenPlace {
  return { address: config['web.address'], port: config['acme.httpPort'], transport: 'tcp' };
}

/** Why nothing can listen there now; null when it can, and for socket files, which their door replaces. */
export function listenFailure(place: ListenPlace): Promise<NodeJS.ErrnoException | null> {
  const { address, port, transport } = place;
  if (address.startsWith('unix:')) return Promise.resolve(null);
  if (transport === 'udp') return bindFailure(address, port);
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', error => resolve(error));
    server.listen(port, address, () => server.close(() => resolve(null)));
  });
}

function bindFailure(address: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise(resolve => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    socket.once('error', error => {
      socket.close();
      resolve(error);
    });
    socket.bind(port, address, () => socket.close(() => resolve(null)));
  });
}

/** What a socket that can't listen means for the reader; any other error as it is. */
export function listenError(name: DoorName, config: Config, error: unknown): unknown {
  const [addressKey, portKey]: [SettingKey, SettingKey] = [`${name}.address`, `${name}.port`];
  const addresses = [config[addressKey]].flat().join(' and ');
  const isFile = addresses.startsWith('unix:');
  const hint = (isFile ? fileHints : hints)[(error as NodeJS.ErrnoException | null)?.code ?? ''];
  if (!hint) return error;
  const where = isFile ? addresses : `${addresses} port ${config[portKey]}`;
  const keys = isFile ? [addressKey] : [portKey, addressKey];
  return new DeliveryError(
    'internal',
    `the ${name} door can't listen on ${where}: ${hint}; ` +
      `set ${keys.join(' or ')} (${keys.map(environmentName).join(', ')}) to another`,
    { cause: error },
  );
}
