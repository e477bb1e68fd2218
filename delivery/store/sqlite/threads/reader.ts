import type { MessagePort } from 'node:worker_threads';
import { DeliveryError } from '../../../errors.ts';
import { reads } from '../reads.ts';
import type { ReadContext } from './context.ts';
import type { CallMessage, ServiceSettings } from './protocol.ts';
import { ReadConnections } from './read-connections.ts';
import { Replies } from './replies.ts';
import type { Report, Service } from './thread.ts';

type Operation = (context: ReadContext, ...args: readonly unknown[]) => unknown;

/** Answers reads, one call after the other. */
class Reader implements Service {
  readonly #connections: ReadConnections;
  readonly #replies = new Replies();

  constructor(settings: ServiceSettings, report: Report) {
    this.#connections = new ReadConnections(settings, report);
  }

  take(port: MessagePort, [id, method, args, now]: CallMessage): void {
    try {
      const operation = (reads as unknown as Record<string, Operation>)[method];
      if (!operation) throw new DeliveryError('internal', `no operation is called ${method}`);
      this.#replies.done(
        port,
        id,
        this.#connections.run(now, context => operation(context, ...args)),
      );
    } catch (error) {
      this.#replies.failed(port, id, error);
    }
    this.#replies.send();
  }

  close(): void {
    this.#connections.close();
  }
}

/** The services called `reader` and `searcher`. */
export function openReader(settings: ServiceSettings, report: Report): Service {
  return new Reader(settings, report);
}
