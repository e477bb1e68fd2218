import { isIP } from 'node:net';
import type { Session } from '../delivery.ts';
import { plainAddress } from '../ip-address.ts';
import type { Macros } from './command.ts';

/** What an MTA told about its client, step by step. */
export interface Client {
  readonly name: string | null;
  readonly address: string | null;
  readonly helo: string | null;
  /** Macros by the letter of the command that they came before. */
  readonly macros: ReadonlyMap<string, Macros>;
}

/** The live evidence of the MTA's session: it has seen it, and tells. */
export function sessionOfClient(client: Client): Session {
  const { macros } = client;
  const address = plainAddress(client.address ?? '');
  const version = macroOf(macros, 'tls_version');
  return {
    source: 'live',
    remoteAddress: isIP(address) ? address : null,
    remoteName: hostName(client.name),
    helo: client.helo,
    tls: version === null ? null : { version, cipher: macroOf(macros, 'cipher') },
    authenticatedUser: macroOf(macros, 'auth_authen'),
  };
}

/** The latest value of a macro; null where it is empty or was not sent. */
export function macroOf(macros: ReadonlyMap<string, Macros>, name: string): string | null {
  for (const told of [...macros.values()].reverse()) {
    const value = told.get(name);
    if (value) return value;
  }
  return null;
}

/** MTAs write the address in brackets, or `unknown`, where they found no name that leads back to it. */
function hostName(name: string | null): string | null {
  return !name || name.startsWith('[') || /^unknown$/i.test(name) ? null : name;
}
