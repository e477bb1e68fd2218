import { fieldsNamed } from '../message/fields.ts';
import { parseMessage } from '../message/message.ts';
import type { Entity, HeaderField, Message } from '../message/shape.ts';
import type { DecryptFindings } from './findings.ts';
import { withoutLegacyDisplay } from './legacy-display.ts';

/** Fields that describe the entity, not the message (RFC 2045); they go with the body. */
const structural = /^(content-|mime-version$)/;

/**
 * Fields that people are shown. Once the payload protects its header (RFC 9788), copies of these outside are no
 * longer believed, also when the payload has none. From stays the outer one: it is what was authenticated.
 */
const shownFields: ReadonlySet<string> = new Set([
  'subject',
  'date',
  'to',
  'cc',
  'bcc',
  'sender',
  'reply-to',
  'message-id',
  'in-reply-to',
  'references',
  'comments',
  'keywords',
  'followup-to',
]);

/** What the payload root says about its header fields: RFC 9788, the older form of Thunderbird and others, or nothing. */
export type HeaderProtection = 'rfc9788' | 'legacy' | 'none';

/** Reads the parameter of the payload's Content-Type. */
export function headerProtectionOf(payload: Entity): HeaderProtection {
  if (/^(cipher|clear)$/i.test(payload.parameters.hp ?? '')) return 'rfc9788';
  return payload.parameters['protected-headers'] === 'v1' ? 'legacy' : 'none';
}

/** The entity whose header fields are protected: below a multipart/signed it is the signed part (RFC 9788 §1.6). */
export function payloadOf(inner: Message): Entity {
  const [signed] = inner.root.parts;
  return inner.root.mediaType === 'multipart/signed' && signed ? signed : inner.root;
}

/** What stood in Subject while it travelled, when the true one was inside. */
const placeholder = /^\s*(re: |fwd: )?(\.\.\.|\[\.\.\.\]|encrypted message|\(encrypted\))?\s*$/i;

/** `protected` when the subject that is shown was not to be read on the way. */
export function subjectProtection(outer: Message, inner: Message): DecryptFindings['subject'] {
  const payload = payloadOf(inner);
  const subject = headerProtectionOf(payload) === 'none' ? null : subjectOf(inner, payload);
  if (subject === null) return placeholder.test(outer.subject ?? '') ? 'protected' : 'open';
  return subject === (outer.subject ?? '').trim() ? 'open' : 'protected';
}

function subjectOf(inner: Message, payload: Entity): string | null {
  const field = fieldsNamed(payload.fields, 'subject').at(-1);
  if (!field) return null;
  const alone = Buffer.concat([inner.raw.subarray(field.start, field.end), Buffer.from('\r\n')]);
  return parseMessage(alone).subject?.trim() ?? null;
}

/**
 * The opened message: the outer header fields with those that the payload protects in their place, then the inner
 * entity as it is. It is a message of its own, so everything that reads messages reads it.
 */
export function openedMessage(outer: Message, inner: Message): Message {
  const payload = payloadOf(inner);
  const protection = headerProtectionOf(payload);
  const shown = payload.fields.filter(field => isShown(field) && protection !== 'none');
  const replaced = new Set(shown.map(field => field.name.toLowerCase()));
  const isKept = (field: HeaderField) => {
    const name = field.name.toLowerCase();
    if (structural.test(name) || replaced.has(name)) return false;
    return !(protection === 'rfc9788' && shownFields.has(name));
  };
  const kept = outer.root.fields.filter(isKept);
  const ownFields = inner.root.fields.filter(field => structural.test(field.name.toLowerCase()));
  const opened = parseMessage(
    Buffer.concat([
      ...kept.map(field => fieldOctets(outer, field)),
      ...shown.map(field => fieldOctets(inner, field)),
      ...ownFields.map(field => fieldOctets(inner, field)),
      Buffer.from('\r\n'),
      inner.raw.subarray(inner.root.bodyStart),
    ]),
  );
  // Cutting octets below a multipart/signed would break what was signed.
  if (protection !== 'rfc9788' || payload !== inner.root) return opened;
  const cut = withoutLegacyDisplay(opened);
  return cut === opened.raw ? opened : parseMessage(cut);
}

function isShown(field: HeaderField): boolean {
  return shownFields.has(field.name.toLowerCase());
}

/** A message whose text body is this text, all other header fields as they were. */
export function openedText(outer: Message, text: Uint8Array): Message {
  const isUtf8 = Buffer.from(Buffer.from(text).toString('utf8'), 'utf8').equals(text);
  const charset = isUtf8 ? 'utf-8' : charsetOf(outer);
  const kept = outer.root.fields.filter(field => !structural.test(field.name.toLowerCase()));
  const head = `MIME-Version: 1.0\r\nContent-Type: text/plain; charset="${charset}"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n`;
  return parseMessage(
    Buffer.concat([...kept.map(field => fieldOctets(outer, field)), Buffer.from(head), text]),
  );
}

function charsetOf({ root }: Message): string {
  const charset = (root.parts[0] ?? root).parameters.charset ?? '';
  return /^[A-Za-z0-9_.:-]+$/.test(charset) ? charset : 'iso-8859-1';
}

/** The field with exactly one CRLF behind it; it can't end the header section early. */
function fieldOctets(message: Message, { start, end }: HeaderField): Buffer {
  const text = Buffer.from(message.raw.subarray(start, end)).toString('latin1');
  return Buffer.from(`${text.replace(/[\r\n]+$/, '')}\r\n`, 'latin1');
}
