import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { CallMessage, ControlMessage, ThreadReport, ThreadSettings } from './protocol.ts';

/** What a thread of the store does with calls. */
export interface Service {
  /** Takes one call; the service answers on the port. */
  take(port: MessagePort, call: CallMessage): void;
  /** Finishes what is queued and closes the files. */
  close(): void;
}

/** Tells the owner of the threads something besides replies. */
export type Report = (report: ThreadReport) => void;

type Open = (settings: ThreadSettings, report: Report) => Service;

const openWriter = async (): Promise<Open> => (await import('./writer.ts')).openWriter;

/** Each thread loads only what it runs. */
const openers: Readonly<Record<string, () => Promise<Open>>> = {
  directory: openWriter,
  shard: openWriter,
  reader: async () => (await import('./reader.ts')).openReader,
  indexer: async () => (await import('../search/indexer.ts')).openIndexer,
};

async function serve(settings: ThreadSettings, owner: MessagePort): Promise<void> {
  const [kind = ''] = settings.name.split('-');
  const load = openers[kind];
  if (!load) throw new Error(`no thread is called ${settings.name}`);
  const service = (await load())(settings, report => owner.postMessage(report));
  // What was sent before this waits in the ports.
  owner.on('message', (message: ControlMessage) => {
    if ('port' in message) {
      const { port } = message;
      port.on('message', (call: CallMessage) => service.take(port, call));
    } else {
      // Calls that were sent before the request to close are in the ports' queues: they are read first.
      setImmediate(() => {
        service.close();
        process.exit(0);
      });
    }
  });
}

if (parentPort) void serve(workerData as ThreadSettings, parentPort);
