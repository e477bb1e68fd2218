import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import { DataReceiver, type ReceivedData } from '../data-receiver.ts';

type Done = (error?: Error | null) => void;
type DataStream = ReturnType<SMTPStream['startDataMode']>;

/** What arrived on a data stream that has ended. */
const arrived = new WeakMap<object, ReceivedData>();

/** The mail data behind a data stream of `MailStream`; undefined before its end. */
export function receivedOn(stream: object): ReceivedData | undefined {
  return arrived.get(stream);
}

/**
 * smtp-server's reader of commands, with our reader of mail data: the library's takes a dot behind a bare LF for a
 * stuffed one and drops it. The data stream carries no octets; `receivedOn` gives them when it has ended.
 */
export class MailStream extends SMTPStream {
  readonly #maxOctets: number;
  #receiver: DataReceiver | null = null;

  constructor({ maxOctets }: { maxOctets: number }) {
    super();
    this.#maxOctets = maxOctets;
  }

  override startDataMode(): DataStream {
    this.#receiver = new DataReceiver({ maxOctets: this.#maxOctets, refuseFalseEnds: false });
    return super.startDataMode();
  }

  override _feedDataStream(chunk: Buffer, done: Done): void {
    const received = this.#receiver?.push(Buffer.from(chunk)) ?? null;
    const stream = this._dataStream;
    if (!received || !stream) {
      done();
      return;
    }
    this.dataBytes = received.sizeOctets;
    arrived.set(stream, received);
    this.#receiver = null;
    this._endDataMode(false, received.rest, done);
  }
}
