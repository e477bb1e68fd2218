import { isMainThread, parentPort } from 'node:worker_threads';

// Loaded with --import into every thread of a door: a judge thread then dies of one word in a message and hangs at
// another, as it would of a fault in a parser. It judges what the line asks it to judge and no more.
interface Request {
  readonly unjudged: boolean;
  readonly arrival: { readonly raw: Uint8Array };
}

type Listener = (request: unknown) => void;

if (!isMainThread && parentPort) {
  const listen = parentPort.on.bind(parentPort) as (event: string, listener: Listener) => unknown;
  parentPort.on = ((event: string, listener: Listener) =>
    listen(event, event === 'message' ? poisonable(listener) : listener)) as typeof parentPort.on;
}

function poisonable(listener: Listener): Listener {
  return request => {
    listener(request);
    if (isJudging(request)) swallow(Buffer.from(request.arrival.raw));
  };
}

function isJudging(request: unknown): request is Request {
  return (
    typeof request === 'object' && request !== null && 'arrival' in request && !(request as Request).unjudged
  );
}

function swallow(octets: Buffer): void {
  if (octets.includes('kills its judge')) process.exit(1);
  if (octets.includes('holds its judge')) for (;;);
}
