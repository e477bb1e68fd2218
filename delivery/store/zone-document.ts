import { DeliveryError } from '../errors.ts';

const maxOctets = 256 * 1024;

/** The document of a zone as JSON. Throws `badInput` when it is none, or too big. */
export function writeDocument(name: string, document: unknown): string {
  const text: string | undefined = JSON.stringify(document);
  if (text !== undefined && Buffer.byteLength(text) <= maxOctets) return text;
  throw new DeliveryError('badInput', 'the document of a zone is JSON of at most 256 KiB', {
    fields: { zone: name },
  });
}
