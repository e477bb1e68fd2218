import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { openIndexer } from '../search/indexer.ts';
import type { CallMessage, ControlMessage, ThreadReport, ThreadSettings } from './protocol.ts';
import { openReader } from './reader.ts';
import { openWriter } from './writer.ts';

/** What a thread of the store does with calls. */
export interface Service {
  /** Takes one call; the service answers on the port. */
  take(port: MessagePort, call: CallMessage): void;
  /** Finishes what is queued and closes the files. */
  close(): void;
}

const openers: Readonly<Record<string, (settings: ThreadSettings, report: Report) => Service>> = {
  directory: openWriter,
  shard: openWriter,
  reader: openReader,
  indexer: openIndexer,
};

/** Tells the owner of the threads something besides replies. */
export type Report = (report: ThreadReport) => void;

function serve(settings: ThreadSettings, owner: MessagePort): void {
  const [kind = ''] = settings.name.split('-');
  const open = openers[kind];
  if (!open) throw new Error(`no thread is called ${settings.name}`);
  const service = open(settings, report => owner.postMessage(report));
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

if (parentPort) serve(workerData as ThreadSettings, parentPort);
