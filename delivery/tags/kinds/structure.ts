import { domainOf, normalizeAddress } from '../../message/address.ts';
import { allEntities } from '../../message/body.ts';
import { decodeText } from '../../message/content.ts';
import { fieldsNamed, unfold } from '../../message/fields.ts';
import type { Entity, Message } from '../../message/shape.ts';
import { visibleText } from '../../message/text.ts';
import { schemaTypesOf } from './schema-org.ts';

/** What the signs of `signs.ts` look at, read once. */
export interface Structure {
  /** Unfolded value of the first field of that name, null when there is none; of the message as it came. */
  field(name: string): string | null;
  readonly listId: string | null;
  /** Lower-case; empty where the one author is not known or was found to be forged. */
  readonly localPart: string;
  readonly domain: string;
  /** METHOD of the first calendar part (RFC 5546 §1.4), upper-case; empty for one without; null when there is none. */
  readonly calendarMethod: string | null;
  /** Names of schema.org types in the HTML, without their address. */
  readonly schemaTypes: ReadonlySet<string>;
  /** Lower-case. */
  readonly subject: string;
  /** First 4,000 characters of the text, lower-case. */
  readonly text: string;
  readonly fileNames: readonly string[];
  readonly mediaTypes: ReadonlySet<string>;
}

const maxText = 4000;
const maxHtml = 400_000;
const maxParts = 500;
const maxCalendar = 10_000;

/**
 * Reads the structure of a message. `outer` is the message as it came, `author` its one author whose address is not
 * known to be false.
 */
export function structureOf(
  message: Message,
  { outer, author }: { readonly outer: Message; readonly author: string | null },
): Structure {
  const entities = allEntities(message).slice(0, maxParts);
  const html = entities.find(({ mediaType }) => mediaType === 'text/html');
  const address = author === null ? '' : normalizeAddress(author);
  return {
    field: name => {
      const [found] = fieldsNamed(outer.root.fields, name);
      return found ? unfold(found.value).trim() : null;
    },
    listId: outer.listId,
    localPart: address.slice(0, Math.max(address.lastIndexOf('@'), 0)),
    domain: domainOf(address),
    calendarMethod: calendarMethodOf(message, entities),
    schemaTypes: html ? schemaTypesOf(decodeText(message, html, maxHtml).text) : new Set(),
    subject: (message.subject ?? '').slice(0, maxText).toLowerCase(),
    text: visibleText(message, maxText).toLowerCase(),
    fileNames: entities.flatMap(({ fileName }) => (fileName === null ? [] : fileName.toLowerCase())),
    mediaTypes: new Set(entities.map(({ mediaType }) => mediaType)),
  };
}

function calendarMethodOf(message: Message, entities: readonly Entity[]): string | null {
  const part = entities.find(({ mediaType }) => mediaType === 'text/calendar');
  if (!part) return null;
  const written = /^METHOD[^:\r\n]{0,100}:\s*([A-Za-z-]{1,40})/im.exec(
    decodeText(message, part, maxCalendar).text,
  );
  return (part.parameters.method ?? written?.[1] ?? '').toUpperCase();
}
