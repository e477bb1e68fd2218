import { extname } from 'node:path';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { DeliveryError } from '../../../errors.ts';
import type { Log } from '../../../log.ts';
import type { News, ThreadReport, ThreadSettings } from './protocol.ts';

/** The file beside this one that a thread runs: `.ts` from a checkout, `.js` when built. */
const entry = new URL(`./thread${extname(new URL(import.meta.url).pathname)}`, import.meta.url);

/** Calls leave little behind that lives long: a small nursery keeps each thread's memory small. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 };

/** Starts the threads of a store when they are first needed, and again when one has died. */
export class Threads {
  readonly #workers = new Map<string, Worker>();
  readonly #folder: string;
  readonly #log: Log;
  readonly #onNews: (news: readonly News[]) => void;
  /** Number of shards; known when the directory was opened. */
  shards = 0;
  #isClosed = false;

  constructor(folder: string, log: Log, onNews: (news: readonly News[]) => void) {
    this.#folder = folder;
    this.#log = log;
    this.#onNews = onNews;
  }

  /** A port to the named thread; starts it when it does not run. Throws `shuttingDown` after `close`. */
  connect(name: string): MessagePort {
    if (this.#isClosed) throw new DeliveryError('shuttingDown', 'the store is closed');
    const { port1, port2 } = new MessageChannel();
    this.#worker(name).postMessage({ port: port2 }, [port2]);
    return port1;
  }

  /** Whether the named thread runs. */
  isRunning(name: string): boolean {
    return this.#workers.has(name);
  }

  /** Ends every thread behind what it has queued. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(
      [...this.#workers.values()].map(worker => {
        const ended = new Promise<void>(resolve => worker.once('exit', () => resolve()));
        worker.ref();
        worker.postMessage({ close: true });
        return ended;
      }),
    );
  }

  #worker(name: string): Worker {
    const running = this.#workers.get(name);
    if (running) return running;
    const settings: ThreadSettings = { folder: this.#folder, shards: this.shards, name };
    const worker = new Worker(entry, { name, workerData: settings, resourceLimits });
    this.#workers.set(name, worker);
    worker.on('message', (report: ThreadReport) => this.#report(name, report));
    worker.on('error', error => this.#log.error({ thread: name, cause: String(error) }, 'storeThreadFailed'));
    worker.on('exit', () => {
      if (this.#workers.get(name) === worker) this.#workers.delete(name);
    });
    worker.unref();
    return worker;
  }

  #report(name: string, report: ThreadReport): void {
    if ('news' in report) this.#onNews(report.news);
    else this.#log[report.level]({ thread: name, ...report.fields }, report.event);
  }
}
