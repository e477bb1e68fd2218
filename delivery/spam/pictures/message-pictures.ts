import { allEntities } from '../../message/body.ts';
import { decodeBody } from '../../message/content.ts';
import type { HtmlScan } from '../../message/html.ts';
import type { Entity, Message } from '../../message/shape.ts';
import type { Picture } from './qr-texts.ts';

/** Octets in which the header of a picture is looked for: a JPEG may begin with a preview of itself. */
const startOctets = 72_000;
const maxEntities = 40;

/** The pictures of a message, attached or inline or written into the HTML, none decoded before it is asked for. */
export function* messagePictures(message: Message, scans: readonly HtmlScan[]): Generator<Picture> {
  const entities = allEntities(message).filter(mayBePicture);
  for (const entity of entities.slice(0, maxEntities)) yield ofEntity(message, entity);
  for (const { images } of scans) {
    for (const { src } of images.slice(0, maxEntities)) {
      const data = /^data:image\/(?:png|jpe?g|gif);base64,/i.exec(src.slice(0, 40))?.[0];
      if (data) yield ofData(src.slice(data.length));
    }
  }
}

/** By type, or by a file that says nothing of its type. */
function mayBePicture({ mediaType, parts }: Entity): boolean {
  return parts.length === 0 && /^(?:image\/(?!svg)|application\/octet-stream$)/.test(mediaType);
}

function ofEntity(message: Message, entity: Entity): Picture {
  const bodyEnd = Math.min(entity.bodyEnd, entity.bodyStart + startOctets);
  return {
    start: decodeBody(message, { ...entity, bodyEnd }),
    sizeOctets: entity.bodyEnd - entity.bodyStart,
    read: () => decodeBody(message, entity),
  };
}

function ofData(base64: string): Picture {
  return {
    start: Buffer.from(base64.slice(0, startOctets), 'base64'),
    sizeOctets: base64.length,
    read: () => Buffer.from(base64, 'base64'),
  };
}
