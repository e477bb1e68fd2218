import { type OutgoingHttpHeaders, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Arrival } from '../delivery.ts';
import { type FilterFindings, maxSymbols } from './findings.ts';

/** A longer answer is none. */
const maxAnswerOctets = 1_000_000;

/**
 * Asks Rspamd's worker about a message (its protocol: POST /checkv2 with the message as it is, the session in header
 * fields, the answer in JSON). Rejects where no usable answer comes. Null where Rspamd skips the message.
 */
export async function askRspamd(
  arrival: Arrival,
  { url, password }: { url: string; password: string },
  signal: AbortSignal,
): Promise<FilterFindings | null> {
  const { status, text } = await post(new URL(`${url.replace(/\/+$/, '')}/checkv2`), {
    headers: fieldsOf(arrival, password),
    body: arrival.raw,
    signal,
  });
  if (status !== 200) throw new Error(`rspamd answered ${status}`);
  return readRspamdAnswer(JSON.parse(text));
}

/** Recipients are header fields of one name, which `fetch` would join into one. */
function post(
  url: URL,
  { headers, body, signal }: { headers: OutgoingHttpHeaders; body: Uint8Array; signal: AbortSignal },
): Promise<{ status: number; text: string }> {
  const request = url.protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, signal }, response => {
      const pieces: Buffer[] = [];
      let octets = 0;
      response.on('data', (piece: Buffer) => {
        octets += piece.byteLength;
        if (octets > maxAnswerOctets) response.destroy(new Error('an answer that is too long'));
        else pieces.push(piece);
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString() }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The session as Rspamd's protocol names it; nothing that could end a header field. */
function fieldsOf(
  { session, reversePath, recipients, id, raw }: Arrival,
  password: string,
): OutgoingHttpHeaders {
  const fields: Record<string, string[]> = { 'Content-Length': [String(raw.byteLength)] };
  const put = (name: string, value: string | null | undefined) => {
    const safe = value?.replace(/[^\x20-\x7e]+/g, '').trim();
    if (!safe) return;
    fields[name] ??= [];
    fields[name].push(safe.slice(0, 512));
  };
  put('Queue-Id', id);
  put('IP', session.remoteAddress);
  put('Helo', session.helo);
  put('Hostname', session.remoteName);
  put('From', reversePath);
  for (const { forwardPath } of recipients) put('Rcpt', forwardPath);
  put('User', session.authenticatedUser);
  put('TLS-Cipher', session.tls?.cipher);
  put('TLS-Version', session.tls?.version);
  put('Password', password);
  return fields;
}

/** The findings in an answer of Rspamd. Throws where it is none. */
export function readRspamdAnswer(answer: unknown): FilterFindings | null {
  if (!isRecord(answer)) throw new Error('an answer that is no object');
  const { score, symbols } = answer;
  if (!isNumber(score)) throw new Error('an answer without a score');
  // Its test message is skipped, too, but refused.
  if (answer.is_skipped === true && score === 0) return null;
  const required = thresholdOf(answer, score);
  return { filter: 'rspamd', score, required, symbols: symbolsOf(symbols) };
}

/** Its own score for a mark as a share of that for a refusal (`actions.conf`: 6 of 15). */
export const markShare = 0.4;
const marks: ReadonlySet<unknown> = new Set(['add header', 'rewrite subject', 'reject']);

/** From where it marks a message, which not every version tells: what it does with this one says as much. */
function thresholdOf(
  { required_score: rejectAt, thresholds, action }: Record<string, unknown>,
  score: number,
): number {
  const told = isRecord(thresholds) ? thresholds['add header'] : undefined;
  const marksAt = isNumber(told) ? told : isNumber(rejectAt) ? rejectAt * markShare : 0;
  if (marksAt <= 0) throw new Error('an answer without a threshold');
  return marks.has(action) && score > 0 ? Math.min(marksAt, score) : marksAt;
}

function symbolsOf(symbols: unknown): string[] {
  if (!isRecord(symbols)) return [];
  const weight = (value: unknown) => (isRecord(value) && isNumber(value.score) ? Math.abs(value.score) : 0);
  return Object.entries(symbols)
    .filter(([name]) => /^[\w-]{1,100}$/.test(name))
    .sort(([, one], [, other]) => weight(other) - weight(one))
    .slice(0, maxSymbols)
    .map(([name]) => name);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
