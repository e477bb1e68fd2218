import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type {
  CallMessage,
  ControlMessage,
  ServiceSettings,
  StoreSettings,
  ThreadReport,
} from './protocol.ts';

/** What a thread of the store does with calls. */
export interface Service {
  /** Takes one call; the service answers on the port. */
  take(port: MessagePort, call: CallMessage): void;
  /** Finishes what is queued and closes the files. */
  close(): void;
}

/** Tells the owner of the threads something besides replies. */
export type Report = (report: ThreadReport) => void;

type Open = (settings: ServiceSettings, report: Report) => Service;

const openWriter = async (): Promise<Open> => (await import('./writer.ts')).openWriter;
const openReader = async (): Promise<Open> => (await import('./reader.ts')).openReader;

/** Each thread loads only what it runs. */
const openers: Readonly<Record<string, () => Promise<Open>>> = {
  directory: openWriter,
  shard: openWriter,
  reader: openReader,
  searcher: openReader,
  indexer: async () => (await import('../search/indexer.ts')).openIndexer,
};

/** The services of this thread, opened when their first caller comes. */
class Services {
  readonly #settings: StoreSettings;
  readonly #report: Report;
  readonly #open = new Map<string, Promise<Service>>();
  readonly #callers = new Map<MessagePort, Service>();

  constructor(settings: StoreSettings, report: Report) {
    this.#settings = settings;
    this.#report = report;
  }

  async connect(name: string, port: MessagePort): Promise<void> {
    const opened = this.#open.get(name) ?? this.#start({ ...this.#settings, name });
    this.#open.set(name, opened);
    const service = await opened;
    // What was sent before this waits in the port.
    port.on('message', (call: CallMessage) => service.take(port, call));
    this.#callers.set(port, service);
    port.once('close', () => this.#callers.delete(port));
  }

  async #start(settings: ServiceSettings): Promise<Service> {
    const [kind = ''] = settings.name.split('-');
    const load = openers[kind];
    if (!load) throw new Error(`no service is called ${settings.name}`);
    return (await load())(settings, this.#report);
  }

  async close(): Promise<void> {
    const services = await Promise.all(this.#open.values());
    // Calls that were sent before the request to close are in the ports' queues: they are answered first.
    for (const [port, service] of this.#callers) {
      for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
        service.take(port, next.message as CallMessage);
      }
    }
    for (const service of services) service.close();
    process.exit(0);
  }
}

function serve(settings: StoreSettings, owner: MessagePort): void {
  const services = new Services(settings, report => owner.postMessage(report));
  owner.on('message', (message: ControlMessage) => {
    void ('port' in message ? services.connect(message.service, message.port) : services.close());
  });
}

if (parentPort) serve(workerData as StoreSettings, parentPort);
