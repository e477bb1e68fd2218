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
