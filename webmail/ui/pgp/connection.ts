import type { Answers, FromWorker, Request, SenderKey } from '../../device/protocol.ts';

/** Path of the worker's script, named by its content; put in when the webmail is built. */
declare const workerAddress: string;

/** The page's end of the worker that holds unlocked keys. */
export interface Connection {
  /** Rejects when the worker could not do it, or was ended meanwhile. */
  ask<Kind extends Request['kind']>(
    accountId: string,
    request: Extract<Request, { kind: Kind }>,
  ): Promise<Answers[Kind]>;
  /** Ends the worker, and with it all that is unlocked. */
  end(): void;
}

export interface ConnectionDeps {
  /** Public keys of these addresses. */
  senderKeys(addresses: readonly string[]): Promise<readonly SenderKey[]>;
  /** The keys are locked again: the worker has waited too long, or fell. It ends the connection. */
  onLocked(): void;
}

interface Waiting {
  resolve(answer: never): void;
  reject(error: Error): void;
}

/** A connection whose worker is started at the first question, and anew after it was ended. */
export function openConnection({ senderKeys, onLocked }: ConnectionDeps): Connection {
  const waiting = new Map<number, Waiting>();
  const script = trusted(workerAddress);
  let worker: Worker | null = null;
  let lastId = 0;

  function take(from: Worker, message: FromWorker): void {
    if ('event' in message) {
      onLocked();
      return;
    }
    const { id } = message;
    if ('wants' in message) {
      // Without keys it can still be opened; its signature stays unknown.
      senderKeys(message.wants)
        .catch(() => [])
        .then(keys => from.postMessage({ id, keys }));
      return;
    }
    const asked = waiting.get(id);
    waiting.delete(id);
    if ('error' in message) asked?.reject(new Error(message.error));
    // The answer is of the question's own kind.
    else asked?.resolve(message.answer as never);
  }

  function end(): void {
    worker?.terminate();
    worker = null;
    for (const { reject } of waiting.values()) reject(new Error('ended'));
    waiting.clear();
  }

  function running(): Worker {
    if (worker) return worker;
    const started = new Worker(script, { type: 'module' });
    started.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => take(started, data));
    // With it goes all that was unlocked: what was opened by that must not stay.
    started.addEventListener('error', onLocked);
    started.addEventListener('messageerror', onLocked);
    worker = started;
    return started;
  }

  return {
    end,
    ask: (accountId, request) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { resolve, reject });
        running().postMessage({ id, accountId, request });
      }),
  };
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(address: string): string },
  ): { createScriptURL(address: string): URL };
}

/** The address as this page's policy wants it; no other script than the worker's is let through. Once for each page. */
function trusted(address: string): string | URL {
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  if (!types) return address;
  const policy = types.createPolicy('caliopen', {
    createScriptURL: asked => {
      if (asked === workerAddress) return asked;
      throw new TypeError('no script of this page');
    },
  });
  return policy.createScriptURL(address);
}
