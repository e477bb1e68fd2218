import { flagsOf, optionCodes, optRecord, udpPayloadOctets } from '../edns.ts';
import { type Message, newMessage, type ResourceRecord, writeMessage } from '../message.ts';
import { rrTypes } from '../rr/type-name.ts';

/** Why a request is not answered. */
export interface Refusal {
  readonly rcode: number;
  readonly infoCode?: number;
  /** For people at the other end; ASCII, short. */
  readonly text?: string;
}

/** The answer to a request that is refused, with an extended error (RFC 8914) where the request had OPT. */
export function refusalOf(request: Message, { rcode, infoCode, text = '' }: Refusal): Buffer {
  const { id, opcode, questions, recursionDesired } = request;
  const head = { id, opcode, isResponse: true, recursionDesired, rcode, questions: questions.slice(0, 1) };
  const opt = replyOpt(request, infoCode === undefined ? null : { infoCode, text });
  return writeMessage(newMessage({ ...head, additionals: opt ? [opt] : [] }));
}

/** The OPT of an answer, with the DO and CO of the request (RFC 3225 §3, RFC 9824 §5.1); null when that had none (RFC 6891 §7). */
export function replyOpt(
  request: Message,
  error: { infoCode: number; text: string } | null = null,
): ResourceRecord | null {
  const asked = request.additionals.find(record => record.type === rrTypes.OPT);
  if (!asked) return null;
  const options = [];
  if (error) {
    const data = Buffer.alloc(2 + error.text.length);
    data.writeUInt16BE(error.infoCode, 0);
    data.write(error.text, 2, 'latin1');
    options.push({ code: optionCodes.ERROR, data });
  }
  return optRecord({ udpPayloadOctets, ...flagsOf(asked), options });
}
