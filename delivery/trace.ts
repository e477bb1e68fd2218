import type { AuthenticationFindings } from './authenticate/findings.ts';
import type { Arrival, Session } from './delivery.ts';
import { formatDate } from './message/date.ts';

/**
 * Our own trace fields for one owner's copy (RFC 5321 §4.4, RFC 8601), each ended by CRLF. They stand before the
 * peer's octets, which stay unchanged behind them, and whose first line never becomes a part of them. Values of the
 * peer are cut to what a trace field may hold.
 */
export function traceFields(
  arrival: Arrival,
  forwardPath: string,
  found: { hostname: string; authentication: AuthenticationFindings | null },
): string {
  const fields = [
    `Return-Path: <${clean(arrival.reversePath)}>`,
    received(arrival, forwardPath, found.hostname),
  ];
  if (found.authentication) {
    fields.push(`Authentication-Results: ${fold(found.authentication.authenticationResults)}`);
  }
  if (goesOnWithField(arrival.raw)) fields.push(lastField);
  return fields.map(field => `${field}\r\n`).join('');
}

/** Return-Path and Received as `traceFields` has them, naming no recipient: the session, for another filter. */
export function formatSessionFields(arrival: Arrival, hostname: string): string {
  const fields = [`Return-Path: <${clean(arrival.reversePath)}>`, received(arrival, null, hostname)];
  if (goesOnWithField(arrival.raw)) fields.push(lastField);
  return fields.map(field => `${field}\r\n`).join('');
}

/** Says nothing: what the peer's first line goes on with, where it would else go on with a field of ours. */
const lastField = 'X-Caliopen-Trace: end';

/** Whether the first line continues a field (RFC 5322 §2.2.3): with white space, also behind stray CRs. */
function goesOnWithField(raw: Uint8Array): boolean {
  let first = 0;
  while (raw[first] === 0x0d) first++;
  return raw[first] === 0x20 || raw[first] === 0x09;
}

function received(arrival: Arrival, forwardPath: string | null, hostname: string): string {
  const { session } = arrival;
  const tls = tlsComment(session);
  return [
    `Received: from ${word(session.helo ?? 'unknown')} (${peer(session)})`,
    `by ${hostname} with ${protocol(arrival)}${tls} id ${word(arrival.id)}`,
    `${forwardPath === null ? '' : `for <${clean(forwardPath)}>`}; ${formatDate(arrival.receivedAt)}`,
  ].join('\r\n\t');
}

function tlsComment({ tls }: Session): string {
  if (!tls) return '';
  const words = [tls.version ?? 'TLS', ...(tls.cipher === null ? [] : [tls.cipher])];
  return ` (${words.map(word).join(' ')})`;
}

function peer(session: Session): string {
  const address = session.remoteAddress ?? 'unknown';
  const literal = address.includes(':') ? `IPv6:${address}` : address;
  return session.remoteName ? `${word(session.remoteName)} [${word(literal)}]` : `[${word(literal)}]`;
}

/** The protocol keyword of RFC 3848: what the door speaks, S with TLS, A with a signed-in user. */
function protocol({ protocol: keyword, door, session }: Arrival): string {
  if (keyword) return keyword;
  if (door === 'lmtp') return 'LMTP';
  return `ESMTP${session.tls ? 'S' : ''}${session.authenticatedUser ? 'A' : ''}`;
}

/** One word of a trace field: nothing that could end it or open a comment. */
function word(text: string): string {
  return text.replace(/[^\x21-\x27\x2a-\x3a\x3c-\x5b\x5d-\x7e\u0080-\u{10ffff}]+/gu, '?').slice(0, 255);
}

/** A path as given, without anything that could end the field. */
function clean(path: string): string {
  return path.replace(/[\0-\x1f\x7f<>]/g, '').slice(0, 512);
}

/** Folds at the semicolons of the results. */
function fold(value: string): string {
  return value.replace(/[\r\n]+\s*/g, ' ').replaceAll('; ', ';\r\n\t');
}
