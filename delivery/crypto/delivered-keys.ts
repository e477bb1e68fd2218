import { allEntities } from '../message/body.ts';
import { decodeBody } from '../message/content.ts';
import { fieldsNamed } from '../message/fields.ts';
import type { Message } from '../message/shape.ts';

/** Keys of one message that are looked at, and their size: Autocrypt allows 10 kB, attachments are seldom larger. */
const maxKeys = 3;
const maxOctets = 65_536;

/**
 * Public keys that the message brings along, binary or armored: an Autocrypt field (only when it is the only one) and
 * parts of type application/pgp-keys. They prove nothing about who sent it.
 */
export function deliveredKeys(message: Message): Uint8Array[] {
  const attached = allEntities(message)
    .filter(entity => entity.mediaType === 'application/pgp-keys')
    .filter(entity => entity.bodyEnd - entity.bodyStart <= maxOctets)
    .slice(0, maxKeys)
    .map(entity => decodeBody(message, entity));
  return [...autocryptKeys(message), ...attached].slice(0, maxKeys);
}

function autocryptKeys(message: Message): Uint8Array[] {
  const [field, ...others] = fieldsNamed(message.root.fields, 'autocrypt');
  if (!field || others.length > 0 || field.value.length > maxOctets) return [];
  const data = /(?:^|;)\s*keydata\s*=([A-Za-z0-9+/=\s]+)/i.exec(field.value)?.[1];
  const octets = data ? Buffer.from(data.replace(/\s+/g, ''), 'base64') : null;
  return octets && octets.length > 0 ? [octets] : [];
}
