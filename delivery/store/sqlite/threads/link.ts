import type { MessagePort, Transferable } from 'node:worker_threads';
import type { Clock } from '../../../clock.ts';
import { DeliveryError } from '../../../errors.ts';
import { type CallMessage, fromPlainError, type ReplyMessage } from './protocol.ts';

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * The calling end of a thread. Connects at the first call, keeps the process alive only while calls are pending, and
 * rejects them with `storeUnavailable` when the thread dies; the next call connects anew.
 */
export class Link {
  readonly #connect: () => Promise<MessagePort>;
  readonly #clock: Clock;
  readonly #pending = new Map<number, Pending>();
  #port: MessagePort | null = null;
  #connecting: Promise<MessagePort> | null = null;
  #lastId = 0;
  #isClosed = false;

  constructor(connect: () => Promise<MessagePort>, clock: Clock) {
    this.#connect = connect;
    this.#clock = clock;
  }

  /** The answer of the thread's operation; `transfer` gives buffers away instead of copying them. */
  call(method: string, args: readonly unknown[], transfer: readonly Transferable[] = []): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(new DeliveryError('shuttingDown', 'the store is closed'));
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#pending.set(id, { resolve, reject });
      const message: CallMessage = [id, method, args, this.#clock.now().getTime()];
      if (this.#port) this.#post(this.#port, message, transfer);
      else this.#open().then(port => this.#post(port, message, transfer), this.#fail(id));
    });
  }

  /** Rejects what comes from now on. */
  close(): void {
    this.#isClosed = true;
    this.#port?.close();
  }

  #post(port: MessagePort, message: CallMessage, transfer: readonly Transferable[]): void {
    port.ref();
    try {
      port.postMessage(message, transfer);
    } catch (error) {
      this.#fail(message[0])(error);
    }
  }

  #open(): Promise<MessagePort> {
    this.#connecting ??= this.#connect().then(
      port => {
        this.#connecting = null;
        this.#port = port;
        port.on('message', (replies: readonly ReplyMessage[]) => this.#settle(replies));
        port.once('close', () => this.#lost(port));
        return port;
      },
      error => {
        this.#connecting = null;
        throw error;
      },
    );
    return this.#connecting;
  }

  #settle(replies: readonly ReplyMessage[]): void {
    for (const [id, isDone, value] of replies) {
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      if (isDone) pending?.resolve(value);
      else pending?.reject(fromPlainError(value));
    }
    if (this.#pending.size === 0) this.#port?.unref();
  }

  #lost(port: MessagePort): void {
    if (this.#port !== port) return;
    this.#port = null;
    const lost = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of lost)
      reject(new DeliveryError('storeUnavailable', 'a thread of the store ended'));
  }

  #fail(id: number): (error: unknown) => void {
    return error => {
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      pending?.reject(
        error instanceof DeliveryError
          ? error
          : new DeliveryError('storeUnavailable', 'a thread of the store cannot be reached', {
              cause: error,
            }),
      );
    };
  }
}

/** Operations as their caller sees them: without the context, with a promise. */
export type Remote<Operations> = {
  readonly [Name in keyof Operations]: Operations[Name] extends (
    context: never,
    ...args: infer Args
  ) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

/** The operations of a thread, called by name over the link that `choose` gives for each. */
export function remote<Operations>(choose: (method: string) => Link): Remote<Operations> {
  const methods = new Map<string, (...args: unknown[]) => Promise<unknown>>();
  return new Proxy({} as Remote<Operations>, {
    get(_target, name) {
      const method = String(name);
      let caller = methods.get(method);
      if (!caller) {
        caller = (...args) => choose(method).call(method, args);
        methods.set(method, caller);
      }
      return caller;
    },
  });
}
