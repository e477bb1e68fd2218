import { connect } from 'node:net';
import type { Arrival } from '../delivery.ts';
import { type FilterFindings, maxSymbols } from './findings.ts';

/** Where spamd listens: a port, or a socket file. */
export type SpamdAddress = { readonly host: string; readonly port: number } | { readonly path: string };

/** A longer answer is none. */
const maxAnswerOctets = 1_000_000;

/**
 * Asks SpamAssassin's spamd about a message (SPAMC protocol 1.5, SYMBOLS). In front of it goes a trace field with the
 * session, where SpamAssassin looks for the client's address. Rejects where no usable answer comes.
 */
export async function askSpamd(
  arrival: Arrival,
  { address, sessionFields }: { address: SpamdAddress; sessionFields: (arrival: Arrival) => string },
  signal: AbortSignal,
): Promise<FilterFindings> {
  const trace = Buffer.from(sessionFields(arrival));
  const length = trace.byteLength + arrival.raw.byteLength;
  const head = Buffer.from(`SYMBOLS SPAMC/1.5\r\nContent-length: ${length}\r\n\r\n`);
  const answer = await exchange(address, [head, trace, Buffer.from(arrival.raw)], signal);
  return readSpamdAnswer(answer);
}

function exchange(address: SpamdAddress, pieces: readonly Buffer[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    const answer: Buffer[] = [];
    let octets = 0;
    const fail = (error: unknown) => {
      socket.destroy();
      reject(error);
    };
    const stop = () => fail(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    socket.on('close', () => signal.removeEventListener('abort', stop));
    socket.on('error', fail);
    socket.on('data', piece => {
      octets += piece.byteLength;
      if (octets > maxAnswerOctets) fail(new Error('an answer that is too long'));
      else answer.push(piece);
    });
    socket.on('end', () => resolve(Buffer.concat(answer).toString('latin1')));
    for (const piece of pieces) socket.write(piece);
    // spamd reads as much as Content-length says, and answers once it has seen our end.
    socket.end();
  });
}

/** The findings in an answer to SYMBOLS. Throws where it is none. */
export function readSpamdAnswer(answer: string): FilterFindings {
  const headerEnd = answer.indexOf('\r\n\r\n');
  const [status = '', ...fields] = answer.slice(0, Math.max(0, headerEnd)).split('\r\n');
  const found = /^SPAMD\/\d+\.\d+ (\d+) /.exec(`${status} `);
  if (!found) throw new Error('an answer that is not of spamd');
  if (found[1] !== '0') throw new Error(`spamd answered ${status.slice(0, 100)}`);
  const verdict = fields.find(field => /^Spam\s*:/i.test(field)) ?? '';
  const scores = /;\s*(-?\d+(?:\.\d+)?)\s*\/\s*(-?\d+(?:\.\d+)?)/.exec(verdict);
  const [score, required] = [Number(scores?.[1] ?? Number.NaN), Number(scores?.[2] ?? Number.NaN)];
  if (!Number.isFinite(score) || !(required > 0)) throw new Error('an answer without a score');
  const symbols = answer
    .slice(headerEnd + 4)
    .split(/[\s,]+/)
    .filter(name => /^[\w-]{1,100}$/.test(name))
    .slice(0, maxSymbols);
  return { filter: 'spamassassin', score, required, symbols };
}
