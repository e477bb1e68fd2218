import type { MessagePort, Transferable } from 'node:worker_threads';
import { fromSqlite } from '../database.ts';
import { type ReplyMessage, toPlainError } from './protocol.ts';

/** Answers collected per port, sent together. */
export class Replies {
  readonly #batches = new Map<MessagePort, { replies: ReplyMessage[]; transfer: Transferable[] }>();

  done(port: MessagePort, id: number, value: unknown): void {
    const batch = this.#batch(port);
    batch.replies.push([id, true, movable(value, batch.transfer)]);
  }

  failed(port: MessagePort, id: number, error: unknown): void {
    this.#batch(port).replies.push([id, false, toPlainError(fromSqlite(error))]);
  }

  send(): void {
    for (const [port, { replies, transfer }] of this.#batches) port.postMessage(replies, transfer);
    this.#batches.clear();
  }

  #batch(port: MessagePort): { replies: ReplyMessage[]; transfer: Transferable[] } {
    let batch = this.#batches.get(port);
    if (!batch) {
      batch = { replies: [], transfer: [] };
      this.#batches.set(port, batch);
    }
    return batch;
  }
}

/** Octets, alone or as the field `octets`, are moved to the caller instead of copied. */
function movable(value: unknown, transfer: Transferable[]): unknown {
  if (value instanceof Uint8Array) return moved(value, transfer);
  if (
    typeof value === 'object' &&
    value !== null &&
    'octets' in value &&
    value.octets instanceof Uint8Array
  ) {
    return { ...value, octets: moved(value.octets, transfer) };
  }
  return value;
}

function moved(octets: Uint8Array, transfer: Transferable[]): Uint8Array {
  // A view of a bigger buffer (Node's pool) can't be given away without its neighbours.
  const own =
    octets.byteLength === octets.buffer.byteLength && !Buffer.isBuffer(octets)
      ? octets
      : new Uint8Array(octets);
  transfer.push(own.buffer as ArrayBuffer);
  return own;
}
