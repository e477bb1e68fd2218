import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import { type DataLimits, DataReceiver, type ReceivedData } from '../data-receiver.ts';

type Done = (error?: Error | null) => void;
type DataStream = ReturnType<SMTPStream['startDataMode']>;

/** What bounds the mail data of one connection; `room` is shared by all. */
export type MailLimits = Pick<DataLimits, 'maxOctets' | 'room'>;

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
  readonly #limits: MailLimits;
  #receiver: DataReceiver | null = null;

  constructor(limits: MailLimits) {
    super();
    this.#limits = limits;
  }

  override startDataMode(): DataStream {
    const receiver = new DataReceiver({ ...this.#limits, refuseFalseEnds: false });
    this.#receiver = receiver;
    const stream = super.startDataMode();
    // Also when the peer leaves in the middle.
    stream.once('close', () => receiver.release());
    return stream;
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
