import { createServer } from 'node:net';
import type { Config, SettingKey } from '../../delivery/config.ts';
import { environmentName } from '../../delivery/config.ts';
import { DeliveryError } from '../../delivery/errors.ts';

/** The doors that are there, in the order in which they are shown. */
export const doorNames = ['smtp', 'lmtp', 'web'] as const;
export type DoorName = (typeof doorNames)[number];

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

/** Throws one `DeliveryError` with a line for each of these doors that could not listen where the settings say. */
export async function checkListening(names: readonly DoorName[], config: Config): Promise<void> {
  const faults = await Promise.all(
    names.map(async name => {
      const failure = await listenFailure(config[`${name}.address`], config[`${name}.port`]);
      return failure && (listenError(name, config, failure) as Error);
    }),
  );
  const found = faults.filter(fault => fault !== null);
  if (found.length === 0) return;
  const lines = found.map(({ message }) => message).join('\n');
  throw new DeliveryError('internal', lines, { cause: found[0] });
}

/** Why nothing can listen there now; null when it can, and for socket files, which their door replaces. */
export function listenFailure(address: string, port: number): Promise<NodeJS.ErrnoException | null> {
  if (address.startsWith('unix:')) return Promise.resolve(null);
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', error => resolve(error));
    server.listen(port, address, () => server.close(() => resolve(null)));
  });
}

/** What a socket that can't listen means for the reader; any other error as it is. */
export function listenError(name: DoorName, config: Config, error: unknown): unknown {
  const hint = hints[(error as NodeJS.ErrnoException | null)?.code ?? ''];
  if (!hint) return error;
  const [addressKey, portKey]: [SettingKey, SettingKey] = [`${name}.address`, `${name}.port`];
  const where = `${config[addressKey]} port ${config[portKey]}`;
  return new DeliveryError(
    'internal',
    `the ${name} door can't listen on ${where}: ${hint}; ` +
      `set ${portKey} or ${addressKey} (${environmentName(portKey)}, ${environmentName(addressKey)}) to another`,
    { cause: error },
  );
}
