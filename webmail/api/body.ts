import type { Request } from 'express';
import * as v from 'valibot';
import { DeliveryError } from '../../delivery/errors.ts';
import { readJson } from './jmap/request.ts';

/**
 * Reads the request's body; `tooLarge` makes the error when it is longer than `maxOctets`. Throws `badRequest` when the
 * client goes away before its end.
 */
export async function readBody(
  request: Request,
  maxOctets: number,
  tooLarge: () => Error = () => new DeliveryError('messageTooLarge'),
): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxOctets) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.byteLength;
      if (size > maxOctets) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    // The rest is read past, so that the client hears the answer and may use the connection again.
    request.resume();
    throw request.errored ? new DeliveryError('badRequest', 'the body ended early', { cause: error }) : error;
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
