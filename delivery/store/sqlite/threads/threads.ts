import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { DeliveryError } from '../../../errors.ts';
import type { Log } from '../../../log.ts';
import { threadScript } from '../../../thread-script.ts';
import type { ControlMessage, News, StoreSettings, ThreadReport } from './protocol.ts';

const entry = threadScript(import.meta, 'thread');

/** Calls leave little behind that lives long: a small nursery keeps each thread's memory small. */
const resourceLimits = { maxYoungGenerationSizeMb: 4 };

/**
 * Threads that write: one on small machines, where a second would cost 20 MB and share the same processors. While it
 * flushes one shard the next group of the others gathers.
 */
const writers = Math.max(1, Math.floor(availableParallelism() / 4));

/**
 * The thread that a service runs in. Directory and shards share the writers. Search files are filled beside the quick
 * reads, in small steps, so that a process that only takes mail needs no third thread.
 */
function threadOf(service: string): string {
  const [kind, index] = service.split('-');
  if (kind === 'shard') return `writer-${Number(index) % writers}`;
  return kind === 'directory' ? 'writer-0' : kind === 'indexer' ? 'reader' : service;
}

function isWriter(thread: string): boolean {
  return thread.startsWith('writer-');
}

/** Starts the threads of a store when they are first needed, and again when one has died. */
export class Threads {
  readonly #workers = new Map<string, Worker>();
  readonly #settings: StoreSettings;
  readonly #log: Log;
  readonly #onNews: (news: readonly News[]) => void;
  #isClosed = false;

  constructor(settings: StoreSettings, log: Log, onNews: (news: readonly News[]) => void) {
    this.#settings = settings;
    this.#log = log;
    this.#onNews = onNews;
  }

  /** A port to the named service; starts its thread when it does not run. Throws `shuttingDown` after `close`. */
  connect(service: string): MessagePort {
    if (this.#isClosed) throw new DeliveryError('shuttingDown', 'the store is closed');
    const { port1, port2 } = new MessageChannel();
    const message: ControlMessage = { service, port: port2 };
    this.#worker(threadOf(service)).postMessage(message, [port2]);
    return port1;
  }

  /**
   * Ends every thread behind what it has queued; writers last, since they can't empty a log that is still read, and
   * what was erased must be in no file then.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    const names = [...this.#workers.keys()];
    await Promise.all(names.filter(name => !isWriter(name)).map(name => this.#end(name)));
    await Promise.all(names.filter(isWriter).map(name => this.#end(name)));
  }

  async #end(name: string): Promise<void> {
    const worker = this.#workers.get(name);
    if (!worker) return;
    const ended = new Promise<void>(resolve => worker.once('exit', () => resolve()));
    worker.ref();
    worker.postMessage({ close: true });
    await ended;
  }

  #worker(name: string): Worker {
    const running = this.#workers.get(name);
    if (running) return running;
    const worker = new Worker(entry, { name, workerData: this.#settings, resourceLimits });
    this.#workers.set(name, worker);
    worker.on('message', (report: ThreadReport) => this.report(name, report));
    worker.on('error', error => this.#log.error({ thread: name, cause: String(error) }, 'storeThreadFailed'));
    worker.on('exit', () => {
      if (this.#workers.get(name) === worker) this.#workers.delete(name);
    });
    worker.unref();
    return worker;
  }

  /** Passes on what a thread, or whoever reads beside them, has to tell. */
  report(name: string, report: ThreadReport): void {
    if ('news' in report) this.#onNews(report.news);
    else this.#log[report.level]({ thread: name, ...report.fields }, report.event);
  }
}
