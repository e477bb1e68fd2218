import type { Clock } from '../../delivery/clock.ts';
import type { Config } from '../../delivery/config.ts';
import type { Decrypted } from '../../delivery/crypto/findings.ts';
import type { Keyring } from '../../delivery/crypto/keyring.ts';
import type { Log } from '../../delivery/log.ts';
import type { Message } from '../../delivery/message/shape.ts';
import type { PublicKey, Store } from '../../delivery/store/store.ts';

/** What the web door is opened with. */
export interface WebParts {
  readonly config: Config;
  readonly store: Store;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly log: Log;
}

/** Opens and checks protected messages away from the thread that serves sockets. */
export interface Opener {
  /** What is encrypted in the message, null when no key that the server holds for this account opens it. */
  open(accountId: string, stored: Message): Promise<Message | null>;
  /** How the message is protected, signatures held against these keys; null when that could not be found out. */
  examine(accountId: string, message: Message, publicKeys: readonly PublicKey[]): Promise<Decrypted | null>;
  close(): Promise<void>;
}

/** What routes and methods work with: the parts and what the web door built on them. */
export interface Web extends WebParts {
  readonly opener: Opener;
}
