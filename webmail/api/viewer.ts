import { Worker } from 'node:worker_threads';
import { DeliveryError, type ErrorCode } from '../../delivery/errors.ts';
import type { Email } from '../../delivery/store/store.ts';
import { threadScript } from '../../delivery/thread-script.ts';
import type { EmailPlan } from './jmap/email-properties.ts';
import type { PicturesFound, PicturesJob } from './pictures/read-pictures.ts';
import type { GivenJob, ReadyMessage, Survey, SurveyJob } from './read-given.ts';
import type { ReadableBlob } from './readable-blob.ts';

const script = threadScript(import.meta, 'view-worker');

/** A message to be read, and what is wanted of it. */
export type ViewJob =
  | SurveyJob
  | GivenJob
  | PicturesJob
  | {
      readonly kind: 'view';
      readonly octets: Uint8Array;
      readonly blobId: string;
      /** Null for Email/parse. */
      readonly email: Email | null;
      readonly junkTagId: string | null;
      readonly plan: EmailPlan;
    }
  | { readonly kind: 'part'; readonly octets: Uint8Array; readonly index: number };

/** `closed`: it is encrypted, and what is wanted may be inside. `noMessage`: there is no header in it. */
export type ViewAnswer =
  | { readonly kind: 'view'; readonly view: Record<string, unknown> }
  | { readonly kind: 'closed' }
  | { readonly kind: 'noMessage' }
  | { readonly kind: 'part'; readonly part: ReadableBlob | null };

/** What a job is answered with. */
export type AnswerOf<Job extends ViewJob> = Job extends SurveyJob
  ? Survey
  : Job extends GivenJob
    ? ReadyMessage
    : Job extends PicturesJob
      ? PicturesFound
      : ViewAnswer;

/** What the thread posts; a job may fail with an error of the table, or another. */
export type Posted =
  | { readonly answer: AnswerOf<ViewJob> }
  | { readonly failed: { readonly cause: string; readonly code: ErrorCode | null } };

/** Reads long messages away from the thread that serves sockets. */
export interface Viewer {
  /** Throws `tooBusy` when too many wait, or when it took longer than any honest message; and as the job does. */
  read<Job extends ViewJob>(job: Job): Promise<AnswerOf<Job>>;
  close(): Promise<void>;
}

/** Messages up to this are read where they are: it takes some milliseconds at most. */
export const maxReadHere = 128 * 1024;

const maxWaiting = 64;
const timeoutMilliseconds = 30_000;

interface Waiting {
  readonly job: ViewJob;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** A viewer with one thread of its own, started at the first long message. */
export function openViewer(): Viewer {
  return new ThreadViewer();
}

/** One job at a time, so that one that hangs or crashes the thread takes no other with it. */
class ThreadViewer implements Viewer {
  readonly #waiting: Waiting[] = [];
  #running: { waiting: Waiting; timer: NodeJS.Timeout } | null = null;
  #worker: Worker | null = null;

  read<Job extends ViewJob>(job: Job): Promise<AnswerOf<Job>> {
    if (this.#waiting.length >= maxWaiting) throw new DeliveryError('tooBusy');
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#running) return;
    const waiting = this.#waiting.shift();
    if (!waiting) return;
    const timer = setTimeout(() => this.#fail('timeout'), timeoutMilliseconds);
    this.#running = { waiting, timer };
    this.#thread().postMessage(waiting.job);
  }

  #thread(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(script);
    worker.unref();
    worker.on('message', (posted: Posted) => {
      if (this.#worker !== worker) return;
      if ('failed' in posted) this.#settle(({ reject }) => reject(errorOf(posted.failed)));
      // The answer is of the job's own kind.
      else this.#settle(({ resolve }) => resolve(posted.answer as never));
    });
    worker.on('error', error => {
      if (this.#worker === worker) this.#fail(error.message);
    });
    this.#worker = worker;
    return worker;
  }

  #fail(cause: string): void {
    void this.#worker?.terminate();
    this.#worker = null;
    this.#settle(({ reject }) => reject(new DeliveryError('tooBusy', undefined, { fields: { cause } })));
  }

  #settle(settle: (waiting: Waiting) => void): void {
    const running = this.#running;
    this.#running = null;
    if (running) {
      clearTimeout(running.timer);
      settle(running.waiting);
    }
    this.#next();
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    for (const { reject } of this.#waiting.splice(0)) reject(new DeliveryError('shuttingDown'));
    this.#settle(({ reject }) => reject(new DeliveryError('shuttingDown')));
    await worker?.terminate();
  }
}

function errorOf({ cause, code }: { cause: string; code: ErrorCode | null }): Error {
  return code === null ? new Error(cause) : new DeliveryError(code, cause);
}
