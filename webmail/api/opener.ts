import { Worker } from 'node:worker_threads';
import type { Decrypted } from '../../delivery/crypto/findings.ts';
import { DeliveryError } from '../../delivery/errors.ts';
import type { Message } from '../../delivery/message/shape.ts';
import type { PublicKey } from '../../delivery/store/store.ts';
import { threadScript } from '../../delivery/thread-script.ts';
import type { Look, Opener, WebParts } from './parts.ts';

/** One message to be opened; the secret keys are unwrapped in the asking thread and forgotten after the job. */
export interface OpenJob {
  readonly id: number;
  readonly octets: Uint8Array;
  readonly publicKeys: readonly PublicKey[];
  readonly secretKeys: readonly { readonly fingerprint: string; readonly wrapped: Uint8Array }[];
}

export interface OpenAnswer {
  readonly id: number;
  /** Null when it could not be done. */
  readonly decrypted: Decrypted | null;
  /** For the log. */
  readonly failure?: string;
}

const script = threadScript(import.meta, 'open-worker');

/** Jobs that wait at most: behind them readers are told to come again. */
const maxWaiting = 64;
const timeoutMilliseconds = 30_000;

interface Waiting {
  readonly resolve: (decrypted: Decrypted | null) => void;
  readonly timer: NodeJS.Timeout;
}

/** An opener with one thread of its own, started at the first encrypted message that is read. */
export function openOpener(parts: Pick<WebParts, 'store' | 'keyring' | 'clock' | 'log'>): Opener {
  return new ThreadOpener(parts);
}

class ThreadOpener implements Opener {
  readonly #parts: Pick<WebParts, 'store' | 'keyring' | 'clock' | 'log'>;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #lastId = 0;

  constructor(parts: Pick<WebParts, 'store' | 'keyring' | 'clock' | 'log'>) {
    this.#parts = parts;
  }

  async open(look: Look, stored: Message): Promise<Message | null> {
    const secretKeys = await this.#secretKeys(look.caller.account.id);
    if (secretKeys.length === 0) return null;
    const decrypted = await this.#ask({ octets: stored.raw, secretKeys, publicKeys: [] });
    return (await this.#recorded(decrypted, look))?.content ?? null;
  }

  async examine(look: Look, octets: Uint8Array, publicKeys: readonly PublicKey[]): Promise<Decrypted | null> {
    const secretKeys = await this.#secretKeys(look.caller.account.id);
    return this.#recorded(await this.#ask({ octets, secretKeys, publicKeys }), look);
  }

  async #recorded(decrypted: Decrypted | null, { caller, what }: Look): Promise<Decrypted | null> {
    if (!decrypted?.findings.opened) return decrypted;
    const { account, means } = caller;
    await this.#parts.store.appendAudit(account.id, {
      at: this.#parts.clock.now(),
      actor: account.address,
      action: 'mailOpened',
      detail: { ...what, means },
    });
    return decrypted;
  }

  async #secretKeys(accountId: string): Promise<OpenJob['secretKeys']> {
    const { store, keyring } = this.#parts;
    const keys = (await store.listPrivateKeys(accountId)).filter(({ custody }) => custody === 'server');
    return keys.map(({ fingerprint, wrapped }) => ({ fingerprint, wrapped: keyring.unwrap(wrapped) }));
  }

  #ask(asked: Omit<OpenJob, 'id'>): Promise<Decrypted | null> {
    if (this.#waiting.size >= maxWaiting) throw new DeliveryError('tooBusy');
    const job: OpenJob = { id: ++this.#lastId, ...asked };
    return new Promise(resolve => {
      const timer = setTimeout(() => this.#restart('timeout'), timeoutMilliseconds);
      this.#waiting.set(job.id, { resolve, timer });
      this.#thread().postMessage(job);
    });
  }

  #thread(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(script);
    worker.unref();
    worker.on('message', (answer: OpenAnswer) => this.#settle(answer));
    worker.on('error', error => {
      if (this.#worker === worker) this.#restart(error.message);
    });
    this.#worker = worker;
    return worker;
  }

  #settle({ id, decrypted, failure }: OpenAnswer): void {
    const waiting = this.#waiting.get(id);
    if (failure !== undefined) this.#parts.log.warn({ failure }, 'openFailed');
    if (!waiting) return;
    clearTimeout(waiting.timer);
    this.#waiting.delete(id);
    waiting.resolve(decrypted);
  }

  /** Whatever hangs or crashes the thread takes the waiting jobs with it: they stay closed for this answer. */
  #restart(failure: string): void {
    void this.#worker?.terminate();
    this.#worker = null;
    for (const id of [...this.#waiting.keys()]) this.#settle({ id, decrypted: null, failure });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    for (const id of [...this.#waiting.keys()]) this.#settle({ id, decrypted: null });
    await worker?.terminate();
  }
}
