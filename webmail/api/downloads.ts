import type { Response } from 'express';
import { DeliveryError } from '../../delivery/errors.ts';

/** Downloads of one account that are sent at once, and that wait behind them; a page may ask for many pictures. */
const maxSending = 4;
const maxWaiting = 64;
/** Octets that all downloads together hold in memory. */
const maxOctets = 256_000_000;
/** A reader that takes nothing for so long is gone, and one that is slower than this holds up others. */
const idleMilliseconds = 30_000;
const leastOctetsPerSecond = 20_000;
/** What is handed to the socket at once. */
const pieceOctets = 256 * 1024;

interface Queue {
  sending: number;
  readonly waiting: Set<() => void>;
}

/** Holds what downloads take: slow readers get their octets piece by piece, and few at once. */
export class Downloads {
  readonly #queues = new Map<string, Queue>();
  #octets = 0;

  /**
   * Waits for the account's turn; gives how to end it. Throws `tooBusy` when too many wait. Null: the reader went
   * away meanwhile.
   */
  async enter(accountId: string, response: Response): Promise<(() => void) | null> {
    const queue = this.#queues.get(accountId) ?? { sending: 0, waiting: new Set() };
    this.#queues.set(accountId, queue);
    if (queue.sending >= maxSending) {
      if (queue.waiting.size >= maxWaiting) throw new DeliveryError('tooBusy');
      if (!(await turnOf(queue, response))) return null;
    } else queue.sending++;
    return () => this.#leave(accountId, queue);
  }

  #leave(accountId: string, queue: Queue): void {
    const [next] = queue.waiting;
    if (next) next();
    else queue.sending--;
    if (queue.sending === 0) this.#queues.delete(accountId);
  }

  /** Sends the octets as the reader takes them; resolves at the end, or when it is gone. Throws `tooBusy`. */
  async send(octets: Uint8Array, response: Response): Promise<void> {
    if (this.#octets + octets.byteLength > maxOctets) throw new DeliveryError('tooBusy');
    this.#octets += octets.byteLength;
    const drop = (): void => void response.destroy();
    const slowest = idleMilliseconds + (octets.byteLength / leastOctetsPerSecond) * 1000;
    const timer = setTimeout(drop, slowest).unref();
    response.setTimeout(idleMilliseconds, drop);
    try {
      response.setHeader('Content-Length', octets.byteLength);
      for (let at = 0; at < octets.byteLength; at += pieceOctets) {
        if (response.destroyed) return;
        if (!response.write(octets.subarray(at, at + pieceOctets))) await drained(response);
      }
      response.end();
      if (!response.writableFinished) await ended(response);
    } finally {
      clearTimeout(timer);
      this.#octets -= octets.byteLength;
    }
  }
}

/** Takes over the place of one that ended; false when the reader left first. */
function turnOf({ waiting }: Queue, response: Response): Promise<boolean> {
  return new Promise(resolve => {
    const settle = (hasTurn: boolean): void => {
      waiting.delete(begin);
      response.off('close', give);
      resolve(hasTurn);
    };
    const begin = (): void => settle(true);
    const give = (): void => settle(false);
    waiting.add(begin);
    response.once('close', give);
  });
}

/** Resolves when the socket takes more, or is closed. */
function drained(response: Response): Promise<void> {
  return once(response, ['drain', 'close']);
}

function ended(response: Response): Promise<void> {
  return response.destroyed ? Promise.resolve() : once(response, ['finish', 'close']);
}

function once(response: Response, events: readonly string[]): Promise<void> {
  return new Promise(resolve => {
    const settle = (): void => {
      for (const event of events) response.off(event, settle);
      resolve();
    };
    for (const event of events) response.on(event, settle);
  });
}
