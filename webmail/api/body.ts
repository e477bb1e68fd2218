import type { Request } from 'express';
import * as v from 'valibot';
import { DeliveryError } from '../../delivery/errors.ts';
import { readJson } from './jmap/request.ts';

/** Reads the request's body; `tooLarge` makes the error when it is longer than `maxOctets`. */
export async function readBody(
  request: Request,
  maxOctets: number,
  tooLarge: () => Error = () => new DeliveryError('messageTooLarge'),
): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxOctets) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > maxOctets) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

const maxFormOctets = 16_384;

/** A small JSON body as its schema types it; throws `badRequest`. */
export async function readJsonBody<S extends v.GenericSchema>(
  request: Request,
  schema: S,
): Promise<v.InferOutput<S>> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new DeliveryError('badRequest', 'the content type is not application/json');
  }
  const result = v.safeParse(schema, readJson(await readBody(request, maxFormOctets)));
  if (!result.success) throw new DeliveryError('badRequest', 'the body has another shape');
  return result.output;
}
