import { isIP } from 'node:net';
import type { Session } from '../delivery.ts';
import { plainAddress } from '../ip-address.ts';
import { parseDate } from '../message/date.ts';
import { fieldsNamed } from '../message/fields.ts';
import type { Message } from '../message/shape.ts';
import type { Hop } from './findings.ts';
import { readTraceField, type TraceClause, type TraceField } from './trace-field.ts';

/** More trace fields than this are a loop, not a way (RFC 5321 §6.3 asks for at least 100). */
const maxHops = 100;

/** The hops that the Received fields claim, topmost first (RFC 5321 §4.4). At most 100. */
export function readHops(message: Message): Hop[] {
  return fieldsNamed(message.root.fields, 'received')
    .slice(0, maxHops)
    .map(field => readHop(field.value));
}

/** One Received field body as a hop; whatever it doesn't say is null. */
export function readHop(value: string): Hop {
  const field = readTraceField(value);
  return {
    from: nameOf(clause(field, 'from').words[0]),
    fromAddress: clientAddress(clause(field, 'from')),
    by: nameOf(clause(field, 'by').words[0]),
    with: protocolOf(field),
    tls: tlsOf(field),
    id: idOf(clause(field, 'id').words[0]),
    at: dateOf(field.date),
  };
}

/**
 * What the trusted MTA `mtaHostname` saw of the session, by the topmost Received field; null when that field is
 * not `by` it, so that nobody else's claim is taken for evidence (DESIGN.md, "What the LMTP door knows").
 */
export function sessionFromTrace(message: Message, mtaHostname: string): Session | null {
  const top = fieldsNamed(message.root.fields, 'received')[0];
  if (!top) return null;
  const hop = readHop(top.value);
  if (hop.by?.toLowerCase() !== nameOf(mtaHostname)?.toLowerCase()) return null;
  const field = readTraceField(top.value);
  return {
    source: 'trace',
    remoteAddress: hop.fromAddress,
    remoteName: remoteName(field),
    helo: heloOf(field),
    tls: hop.tls ?? (hop.with && plainProtocols.has(hop.with) ? null : undefined),
    authenticatedUser: null,
  };
}

const noClause: TraceClause = { words: [], comments: [] };

function clause(field: TraceField, keyword: string): TraceClause {
  return field.clauses.get(keyword) ?? noClause;
}

function nameOf(word: string | undefined): string | null {
  return word?.replace(/[.,]+$/, '') || null;
}

function idOf(word: string | undefined): string | null {
  return word?.replace(/^<(.*)>$/, '$1') || null;
}

function dateOf(text: string): string | null {
  return text === '' ? null : (parseDate(text)?.toISOString() ?? null);
}

/* ---- the client ---- */

/** A HELO name inside a comment is the client's own word: `helo=x` (Exim), `HELO x` (qmail, CommuniGate). */
const claimedHelo = /\b(?:helo|ehlo)[= ]([^\s()]+)/i;
const bracketedAddress = /\[(?:ipv6:)?([0-9a-f:.%]+)\]/i;

/** The client's address: the TCP-info in a comment, never what it called itself unless nothing else is there. */
function clientAddress(from: TraceClause): string | null {
  const comments = from.comments.map(comment => comment.replace(claimedHelo, ''));
  const found =
    comments.map(comment => addressIn(bracketedAddress.exec(comment)?.[1])).find(Boolean) ??
    comments.map(bareAddress).find(Boolean) ??
    from.words.slice(0, 2).reverse().map(literalAddress).find(Boolean);
  return found ?? null;
}

/** `[192.0.2.1]` as the name itself, or behind it without a comment (fetchmail, MDaemon). */
function literalAddress(word: string): string | null {
  return addressIn(bracketedAddress.exec(word)?.[1] ?? word);
}

/** `2603:10a6::1` of Exchange, `1.2.3.4` and `user@1.2.3.4` of qmail. */
function bareAddress(comment: string): string | null {
  const words = comment.split(/[\s,]+/).map(word => word.slice(word.lastIndexOf('@') + 1));
  return words.map(addressIn).find(Boolean) ?? null;
}

function addressIn(text: string | undefined): string | null {
  const address = plainAddress(text ?? '');
  return isIP(address) ? address.toLowerCase() : null;
}

/** The name that the MTA looked up itself: `helo (name [address])`, or Exim's `name ([address])`. */
function remoteName(field: TraceField): string | null {
  const { words, comments } = clause(field, 'from');
  const info = comments.find(comment => bracketedAddress.test(comment)) ?? '';
  const name = /^([^\s[\]=]+)\s*\[/.exec(info)?.[1];
  if (name) return /^(unknown|unverified)$/i.test(name) ? null : nameOf(name.replace(/^.*@/, ''));
  const isExim =
    clause(field, 'by').comments.concat(clause(field, 'with').comments).some(isEximMark) ||
    hasEximMark(field);
  return isExim && !words[0]?.startsWith('[') ? nameOf(words[0]) : null;
}

function isEximMark(comment: string): boolean {
  return /^Exim\b/.test(comment);
}

function hasEximMark(field: TraceField): boolean {
  return clause(field, 'tls').comments.some(isEximMark);
}

function heloOf(field: TraceField): string | null {
  const { words, comments } = clause(field, 'from');
  const claimed = comments.map(comment => claimedHelo.exec(comment)?.[1]).find(Boolean);
  return nameOf(claimed ?? words[0]);
}

/* ---- protocol and TLS ---- */

/** Protocol keywords with TLS (RFC 3848, RFC 6531 §4.3, and those seen in the field). */
const secureProtocols: ReadonlySet<string> = new Set([
  'ESMTPS',
  'ESMTPSA',
  'SMTPS',
  'SMTPSA',
  'LMTPS',
  'LMTPSA',
  'UTF8SMTPS',
  'UTF8SMTPSA',
  'UTF8LMTPS',
  'UTF8LMTPSA',
  'ASMTPS',
  'HTTPS',
]);
const plainProtocols: ReadonlySet<string> = new Set([
  'SMTP',
  'ESMTP',
  'ESMTPA',
  'SMTPA',
  'LMTP',
  'LMTPA',
  'UTF8SMTP',
  'UTF8SMTPA',
  'UTF8LMTP',
  'UTF8LMTPA',
  'ASMTP',
]);

/** `with ESMTPS`; `Microsoft SMTP Server` and `Microsoft SMTPSVC` are SMTP; a word of no standard stays as it is, upper-case. */
function protocolOf(field: TraceField): string | null {
  const words = clause(field, 'with').words.map(word => word.toUpperCase().replace(/[,.]+$/, ''));
  if (words[1] === 'SMTPSVC') return 'SMTP';
  const known = words.find(word => secureProtocols.has(word) || plainProtocols.has(word));
  return known ?? words[0] ?? null;
}

const tlsVersion = /\b(TLS|SSL)[ _]?v?(\d)(?:[._](\d))?(?![\d_A-Z])/i;
const namedCipher = /\bcipher[= ]([A-Za-z0-9_+-]+)/i;
/** `TLSv1.3:TLS_AES_256_GCM_SHA384:256` of OpenSMTPD and older Exim, `AES256-SHA encrypted` of qmail. */
const placedCipher = /\b(?:TLS|SSL)v?[\d._]+:([A-Za-z0-9_+-]+)|^([A-Z0-9_+-]+) encrypted$/i;

/** Suites that only TLS 1.3 has (RFC 8446 §B.4): their names lack the `WITH` of earlier ones. */
const newCipher = /^TLS_(AES|CHACHA20)_(?!.*WITH)/;

/** What the field claims about TLS; null when it claims none. */
function tlsOf(field: TraceField): Hop['tls'] {
  const comments = tlsComments(field);
  const cipher = clause(field, 'tls').words[0] ?? comments.map(cipherIn).find(Boolean) ?? null;
  const version =
    comments.map(versionIn).find(Boolean) ?? (cipher && newCipher.test(cipher) ? 'TLSv1.3' : null);
  const protocol = protocolOf(field);
  if (!version && !cipher && !(protocol && secureProtocols.has(protocol))) return null;
  return { version, cipher };
}

/** All comments but those that repeat what the client said or is called: a HELO name could say anything. */
function tlsComments(field: TraceField): string[] {
  const from = clause(field, 'from').comments.filter(
    comment => !claimedHelo.test(comment) && !bracketedAddress.test(comment) && !bareAddress(comment),
  );
  const others = ['by', 'via', 'with', 'id', 'for', 'tls', 'envelope-from'];
  return from.concat(others.flatMap(keyword => clause(field, keyword).comments));
}

function versionIn(comment: string): string | null {
  const match = tlsVersion.exec(comment);
  if (!match?.[1] || !match[2]) return null;
  // OpenSSL's words: TLSv1 has no minor number, SSL never has one.
  const minor = match[3] && !(match[2] === '1' && match[3] === '0') ? `.${match[3]}` : '';
  return `${match[1].toUpperCase()}v${match[2]}${match[1].toUpperCase() === 'SSL' ? '' : minor}`;
}

function cipherIn(comment: string): string | null {
  const placed = placedCipher.exec(comment);
  return namedCipher.exec(comment)?.[1] ?? placed?.[1] ?? placed?.[2] ?? null;
}
