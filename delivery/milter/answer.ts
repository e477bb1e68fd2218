import type { HeaderField } from '../instance-fields.ts';
import { encodePacket } from './packet.ts';

/** Go on with the next command, or let the message in. */
export function sayContinue(): Buffer {
  return encodePacket('c');
}

/** Let the message, or before it the whole connection, in without further questions. */
export function sayAccept(): Buffer {
  return encodePacket('a');
}

/** The judging takes long: the MTA's patience begins anew. */
export function sayProgress(): Buffer {
  return encodePacket('p');
}

/**
 * The MTA's reply to its client: a code, an enhanced code, and words of printable ASCII. Per cent signs would be read
 * as the beginning of a macro.
 */
export function sayReply(text: string): Buffer {
  const safe = text
    .replace(/[^\x20-\x7e]+/g, '?')
    .replaceAll('%', '')
    .slice(0, maxReplyLetters);
  return encodePacket('y', Buffer.from(`${safe}\0`, 'latin1'));
}

/** A line of a reply with its CRLF (RFC 5321 §4.5.3.1.5). */
const maxReplyLetters = 510;

/** A field above all others. With `isExact` the MTA puts nothing between the colon and the value. */
export function sayInsert({ name, value }: HeaderField, { isExact }: { isExact: boolean }): Buffer {
  const first = Buffer.alloc(4);
  return encodePacket('i', Buffer.concat([first, fieldOctets(name, `${isExact ? ' ' : ''}${value}`)]));
}

/** Takes the field away that is the `count`th of its name, counted from 1. */
export function sayRemove(name: string, count: number): Buffer {
  const index = Buffer.alloc(4);
  index.writeUInt32BE(count);
  return encodePacket('m', Buffer.concat([index, fieldOctets(name, '')]));
}

function fieldOctets(name: string, value: string): Buffer {
  return Buffer.from(`${name}\0${value}\0`, 'latin1');
}
