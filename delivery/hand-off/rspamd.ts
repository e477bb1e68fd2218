import type { Arrival } from '../delivery.ts';
import { type FilterFindings, maxSymbols } from './findings.ts';

/** A longer answer is none. */
const maxAnswerCharacters = 1_000_000;

/**
 * Asks Rspamd's worker about a message (its protocol: POST /checkv2 with the message as it is, the session in header
 * fields, the answer in JSON). Rejects where no usable answer comes. Null where Rspamd skips the message.
 */
export async function askRspamd(
  arrival: Arrival,
  { url, password }: { url: string; password: string },
  signal: AbortSignal,
): Promise<FilterFindings | null> {
  const response = await fetch(new URL('/checkv2', url), {
    method: 'POST',
    headers: fieldsOf(arrival, password),
    body: new Uint8Array(arrival.raw),
    redirect: 'error',
    signal,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`rspamd answered ${response.status}`);
  if (text.length > maxAnswerCharacters) throw new Error('an answer that is too long');
  return readRspamdAnswer(JSON.parse(text));
}

/** The session as Rspamd's protocol names it; nothing that could end a header field. */
function fieldsOf({ session, reversePath, recipients, id }: Arrival, password: string): Headers {
  const fields = new Headers();
  const put = (name: string, value: string | null | undefined) => {
    const safe = value?.replace(/[^\x20-\x7e]+/g, '').trim();
    if (safe) fields.append(name, safe.slice(0, 512));
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
const markShare = 0.4;
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
