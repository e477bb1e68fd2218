import type { Clock } from '../../delivery/clock.ts';
import type { Config } from '../../delivery/config.ts';
import type { Decrypted } from '../../delivery/crypto/findings.ts';
import type { Keyring } from '../../delivery/crypto/keyring.ts';
import type { Learner } from '../../delivery/learner.ts';
import type { Log } from '../../delivery/log.ts';
import type { Message } from '../../delivery/message/shape.ts';
import type { PublicKey, Store } from '../../delivery/store/store.ts';
import type { Caller } from './caller.ts';
import type { Viewer } from './viewer.ts';

/** What the web door is opened with. */
export interface WebParts {
  readonly config: Config;
  readonly store: Store;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly log: Log;
  /** Learns from what owners do with junk; nothing is learned where it is left out. */
  readonly learner?: Learner | undefined;
}

/** Who looks, and at what: written into the account's audit when something was opened (DESIGN.md, promise 6). */
export interface Look {
  readonly caller: Caller;
  /** The email or blob by its id. */
  readonly what: Readonly<Record<string, string>>;
}

/** Opens and checks protected messages away from the thread that serves sockets; what it opens it records. */
export interface Opener {
  /** What is encrypted in the message, null when no key that the server holds for this account opens it. */
  open(look: Look, stored: Message): Promise<Message | null>;
  /** How the message is protected, signatures held against these keys; null when that could not be found out. */
  examine(look: Look, octets: Uint8Array, publicKeys: readonly PublicKey[]): Promise<Decrypted | null>;
  close(): Promise<void>;
}

/** What routes and methods work with: the parts and what the web door built on them. */
export interface Web extends WebParts {
  readonly opener: Opener;
  readonly viewer: Viewer;
}
