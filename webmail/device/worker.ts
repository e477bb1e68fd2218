import './browser/older.ts';
import { openDesk } from './answer.ts';
import { openKeySafe } from './key-safe.ts';
import type { FromWorker, ToWorker } from './protocol.ts';

/** The part of a worker's global scope that is used; the page's types are the ones at hand. */
interface Scope {
  postMessage(message: FromWorker): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToWorker>) => void): void;
}

/**
 * The worker on the owner's device: keys are unlocked and mail is opened in its memory alone. Its own policy
 * (`workerPolicy`) lets it connect to nobody, so that nothing could leave but by an answer to the page.
 */
const scope = globalThis as unknown as Scope;

const desk = openDesk({
  openSafe: openKeySafe,
  post: message => scope.postMessage(message),
  later: (act, milliseconds) => {
    const timer = setTimeout(act, milliseconds);
    return () => clearTimeout(timer);
  },
});
scope.addEventListener('message', ({ data }) => desk.take(data));
