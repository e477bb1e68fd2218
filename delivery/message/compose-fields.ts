import { DeliveryError } from '../errors.ts';
import { domainOf, formatAddressList } from './address.ts';
import { formatDate } from './date.ts';
import type { Mailbox, MailboxGroup } from './shape.ts';
import { encodeWords } from './words.ts';

/** The value of a new header field, in one of the forms of RFC 8621 §4.1.2. */
export type FieldValue =
  /** Unstructured text; encoded as needed. */
  | { readonly text: string }
  | { readonly mailboxes: readonly Mailbox[] }
  | { readonly groups: readonly MailboxGroup[] }
  /** Message identifiers without angle brackets. */
  | { readonly identifiers: readonly string[] }
  /** `offsetMinutes` east of UTC; 0 when missing. */
  | { readonly date: Date; readonly offsetMinutes?: number }
  /** List header fields (RFC 2369). */
  | { readonly urls: readonly string[] }
  /** As it shall stand in the octets, folding included. */
  | { readonly raw: string };

/** One header field to write. */
export interface NewField {
  readonly name: string;
  readonly value: FieldValue;
}

/** Preferred and largest length of a line without CRLF (RFC 5322 §2.1.1). */
const goodLine = 76;
const maxLine = 998;

/**
 * One field with its final CRLF: encoded, folded at spaces. Throws `badInput` for a name or value that would not
 * stay one field: control characters, malformed names and identifiers, addresses that hold brackets or spaces.
 */
export function writeField({ name, value }: NewField): string {
  if (!/^[\x21-\x39\x3b-\x7e]{1,200}$/.test(name)) throw badField(name, 'no field name');
  if ('raw' in value) return `${name}:${checkRaw(name, value.raw)}\r\n`;
  return foldField(name, formatValue(name, value));
}

/** A field of a value that is known to be clean, folded. Throws `badInput` when it can't be. */
export function foldField(name: string, value: string): string {
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(value)) throw badField(name, 'control characters');
  let folded = `${name}:`;
  let lineLength = folded.length;
  // Each piece is white space and the word behind it: a line is broken before the white space, which stays.
  for (const [piece] of ` ${value}`.matchAll(/[ \t]+[^ \t]*|[^ \t]+/g)) {
    const length = Buffer.byteLength(piece);
    const isWord = piece.trim() !== '';
    if (isWord && lineLength + length > goodLine && lineLength > name.length + 1) {
      folded += '\r\n';
      lineLength = 0;
    }
    folded += piece;
    lineLength += length;
    if (lineLength > maxLine) throw badField(name, 'a word too long for a line');
  }
  return `${folded}\r\n`;
}

function formatValue(name: string, value: Exclude<FieldValue, { readonly raw: string }>): string {
  if ('text' in value) return encodeWords(checkText(name, value.text), name.length + 1);
  if ('mailboxes' in value) return formatGroups(name, [{ name: null, mailboxes: value.mailboxes }]);
  if ('groups' in value) return formatGroups(name, value.groups);
  if ('identifiers' in value) return value.identifiers.map(each => checkIdentifier(name, each)).join(' ');
  if ('urls' in value) return value.urls.map(url => checkUrl(name, url)).join(', ');
  return formatDate(value.date, value.offsetMinutes ?? 0);
}

function formatGroups(name: string, groups: readonly MailboxGroup[]): string {
  const checked = groups.map(group => ({
    name: group.name === null ? null : checkText(name, group.name),
    mailboxes: group.mailboxes.map(mailbox => ({
      name: mailbox.name === null ? null : checkText(name, mailbox.name),
      address: checkAddress(name, mailbox.address),
    })),
  }));
  return formatAddressList(checked);
}

/** Control characters other than tabs can't be written; a line break in a subject is somebody's injection. */
function checkText(name: string, text: string): string {
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text)) throw badField(name, 'control characters');
  return text.replaceAll('\t', ' ').toWellFormed();
}

const dotAtom = /^[^\s\x00-\x20\x7f"(),:;<>@[\]\\]+$/;
const quotedLocalPart = /^"(?:[^\x00-\x1f\x7f"\\]|\\[\x20-\x7e])*"$/;
const domainLiteral = /^\[[^\s\x00-\x20\x7f[\]\\]*\]$/;

/** An addr-spec (RFC 5322 §3.4.1, RFC 6531); a domain in other letters is written as A-labels. */
function checkAddress(name: string, address: string): string {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  const domain = address.slice(at + 1);
  const isLocal = dotAtom.test(local) || quotedLocalPart.test(local);
  const isDomain = dotAtom.test(domain) || domainLiteral.test(domain);
  if (at < 1 || address.length > 990 || !isLocal || !isDomain) throw badField(name, 'no address');
  return /^[\x21-\x7e]*$/.test(domain) ? address : `${local}@${domainOf(address)}`;
}

function checkIdentifier(name: string, identifier: string): string {
  if (!/^[\x21-\x7e]{1,900}$/.test(identifier) || /[<>]/.test(identifier)) {
    throw badField(name, 'no message identifier');
  }
  return `<${identifier}>`;
}

function checkUrl(name: string, url: string): string {
  if (!/^[\x21-\x7e]{1,900}$/.test(url) || /[<>]/.test(url)) throw badField(name, 'no URL');
  return `<${url}>`;
}

/** Line ends may stand in a raw value only as folding; lines keep their limit. */
function checkRaw(name: string, raw: string): string {
  const unfolded = raw.replace(/\r\n(?=[ \t]+[^\s])/g, '');
  if (/[\x00\r\n]/.test(unfolded)) throw badField(name, 'line ends or NUL');
  const lines = `${name}:${raw}`.split('\r\n');
  if (lines.some(line => Buffer.byteLength(line) > maxLine)) throw badField(name, 'a line too long');
  return raw.toWellFormed();
}

/** The error for something that can't stand in a header. */
export function badField(name: string, reason: string): DeliveryError {
  return new DeliveryError('badInput', `header field: ${reason}`, {
    fields: { name: name.slice(0, 80), reason },
  });
}
