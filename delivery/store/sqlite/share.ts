import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Change } from '../store.ts';
import type { NewsHub } from './news.ts';
import type { StoreSettings } from './threads/protocol.ts';
import type { Threads } from './threads/threads.ts';

/** What a worker thread needs to attach to a store of its process. */
export interface SqlitePorts extends StoreSettings {
  readonly kind: 'sqlite';
  /** To be transferred. */
  readonly control: MessagePort;
}

/** What an attached client asks the owner of the threads. */
export type SharedRequest =
  | { readonly connect: string }
  | { readonly watch: string }
  | { readonly unwatch: string };

/** What the owner answers: a port to the thread of that name, or a change of a watched account. */
export type SharedReply = { readonly name: string; readonly port: MessagePort } | { readonly change: Change };

/** Serves one attached client; its watches end with its port. */
export function serveShare(threads: Threads, hub: NewsHub, settings: StoreSettings): SqlitePorts {
  const { port1, port2 } = new MessageChannel();
  const stops = new Map<string, () => void>();
  port1.on('message', (request: SharedRequest) => {
    if ('connect' in request) give(port1, threads, request.connect);
    else if ('watch' in request) {
      const tell = (change: Change): void => port1.postMessage({ change } satisfies SharedReply);
      stops.set(request.watch, hub.watch(request.watch, tell));
    } else {
      stops.get(request.unwatch)?.();
      stops.delete(request.unwatch);
    }
  });
  port1.on('close', () => {
    for (const stop of stops.values()) stop();
  });
  port1.unref();
  return { kind: 'sqlite', control: port2, ...settings };
}

/** Hands over a port to a thread; a closed one when the store is closing, so that calls over it fail. */
function give(control: MessagePort, threads: Threads, name: string): void {
  let port: MessagePort;
  try {
    port = threads.connect(name);
  } catch {
    // The other end is closed at once: the client rejects its calls with `storeUnavailable`.
    const { port1, port2 } = new MessageChannel();
    port1.close();
    port = port2;
  }
  control.postMessage({ name, port } satisfies SharedReply, [port]);
}
