import { flatten, parseAddressList } from './address.ts';
import { decodeCharset, isKnownCharset } from './charset.ts';
import { parseDate } from './date.ts';
import { readEntities } from './entities.ts';
import { decodeWords, fieldsNamed, parseIdentifiers } from './fields.ts';
import { type Reading, startReading } from './header.ts';
import { isUtf8Octets, viewOf } from './octets.ts';
import type { Defect, Entity, HeaderField, Mailbox, Message } from './shape.ts';

/*
 * Our own reader, because JMAP needs the offset of every part, PGP/MIME signatures need the signed entity's exact
 * octets, and mailparser throws on deep nesting. Every step walks the octets once, with an explicit stack.
 */

const knownEncodings: ReadonlySet<string> = new Set(['7bit', '8bit', 'binary', 'quoted-printable', 'base64']);

/**
 * Reads any octets as a message (RFC 5322, RFC 2045-2047, RFC 6532). Never throws; time grows linearly with the
 * octets. Where a field is there more than once the last one counts, as RFC 8621 §4.1.3 has it. The octets are
 * not copied: they must not change while the message is in use.
 */
export function parseMessage(raw: Uint8Array): Message {
  const reading = startReading(viewOf(raw));
  const root = readEntities(reading);
  noteOctets(reading);
  noteEntities(root, reading.defects);
  const header = new HeaderReader(root, reading);
  return {
    raw,
    root,
    originators: {
      from: header.mailboxes('from'),
      sender: header.mailboxes('sender'),
      replyTo: header.mailboxes('reply-to'),
    },
    destinations: { to: header.mailboxes('to'), cc: header.mailboxes('cc'), bcc: header.mailboxes('bcc') },
    messageId: header.identifiers('message-id')[0] ?? null,
    inReplyTo: header.identifiers('in-reply-to'),
    references: header.identifiers('references'),
    date: header.date(),
    subject: header.subject(),
    listId: header.listId(),
    defects: [...reading.defects],
  };
}

class HeaderReader {
  readonly #root: Entity;
  readonly #view: Buffer;
  readonly #defects: Set<Defect>;

  constructor(root: Entity, { view, defects }: Reading) {
    this.#root = root;
    this.#view = view;
    this.#defects = defects;
  }

  mailboxes(name: string): Mailbox[] {
    const value = this.#value(name);
    if (value === null) return [];
    const mailboxes = flatten(parseAddressList(value));
    if (mailboxes.some(mailbox => !isAddrSpec(mailbox.address))) this.#defects.add('badAddress');
    return mailboxes;
  }

  identifiers(name: string): string[] {
    return parseIdentifiers(this.#value(name) ?? '');
  }

  date(): Date | null {
    const value = this.#value('date');
    const date = value === null ? null : parseDate(value);
    if (value !== null && date === null) this.#defects.add('badDate');
    return date;
  }

  subject(): string | null {
    const value = this.#value('subject');
    return value === null ? null : decodeWords(value);
  }

  listId(): string | null {
    const value = this.#value('list-id');
    return value === null ? null : (parseIdentifiers(value).at(-1) ?? (value.trim() || null));
  }

  #value(name: string): string | null {
    const field = fieldsNamed(this.#root.fields, name).at(-1);
    if (!field) return null;
    return /[\x80-\xff]/.test(field.value) ? this.#unlabelled(field) : field.value;
  }

  /** Octets that are no UTF-8 are most likely in the charset of the text below, as old senders have it. */
  #unlabelled(field: HeaderField): string {
    if (isUtf8Octets(this.#view.subarray(field.start, field.end))) return field.value;
    return decodeCharset(Buffer.from(field.value, 'latin1'), textCharset(this.#root)).text;
  }
}

/** The charset that the first text declares; null when it declares none. */
function textCharset(root: Entity): string | null {
  let entity: Entity | undefined = root;
  while (entity && entity.parts.length > 0) entity = entity.parts[0];
  const charset = entity?.parameters.charset;
  return charset && /^utf-?(?:7|16|32)/i.test(charset) === false ? charset : null;
}

function isAddrSpec(address: string): boolean {
  const at = address.lastIndexOf('@');
  return at > 0 && at < address.length - 1 && (address.startsWith('"') || !/[\s,;<>]/.test(address));
}

/** Bare CRs and LFs (RFC 5322 §2.3) and NULs. */
function noteOctets({ view, defects }: Reading): void {
  if (view.includes(0)) defects.add('nulOctet');
  let isAfterReturn = false;
  for (let at = 0; at < view.length; at++) {
    const octet = view[at];
    if ((octet === 10) !== isAfterReturn) {
      defects.add('bareLineEnding');
      return;
    }
    isAfterReturn = octet === 13;
  }
  if (isAfterReturn) defects.add('bareLineEnding');
}

function noteEntities(root: Entity, defects: Set<Defect>): void {
  const open: Entity[] = [root];
  for (let entity = open.pop(); entity; entity = open.pop()) {
    const isMultipart = entity.parts.length > 0;
    const isIdentity = ['7bit', '8bit', 'binary'].includes(entity.transferEncoding);
    if (!knownEncodings.has(entity.transferEncoding) || (isMultipart && !isIdentity)) {
      defects.add('badTransferEncoding');
    }
    const charset = entity.mediaType.startsWith('text/') ? entity.parameters.charset : undefined;
    if (charset !== undefined && !isKnownCharset(charset)) defects.add('badCharset');
    for (const part of entity.parts) open.push(part);
  }
}
