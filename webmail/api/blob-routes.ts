import type { Request, Response } from 'express';
import { DeliveryError } from '../../delivery/errors.ts';
import { paths } from '../wire.ts';
import { readBody } from './body.ts';
import type { Caller } from './caller.ts';
import { RequestError } from './jmap/errors.ts';
import { coreLimits } from './jmap/limits.ts';
import { readableBlob } from './readable-blob.ts';
import { parameter, type Route, type RouteTools } from './route.ts';

type Called = RouteTools & { readonly caller: Caller };

/** Upload and download (RFC 8620 §6.1, §6.2). */
export const blobRoutes: readonly Route[] = [
  { method: 'post', path: `${paths.upload}:accountId`, right: 'account', handle: upload },
  { method: 'get', path: `${paths.download}:accountId/:blobId/*name`, right: 'download', handle: download },
];

function checkAccount(request: Request, { caller }: Called): void {
  if (parameter(request, 'accountId') !== caller.account.id) throw new DeliveryError('notFound');
}

async function upload(request: Request, response: Response, tools: Called): Promise<void> {
  checkAccount(request, tools);
  const { account } = tools.caller;
  const leave = tools.jmap.uploads.enter(account.id);
  if (!leave) throw new RequestError('limit', 'Too many uploads at once', 'maxConcurrentUpload');
  try {
    const octets = await readBody(
      request,
      coreLimits.maxSizeUpload,
      () => new RequestError('limit', 'The upload is too long', 'maxSizeUpload'),
    );
    const type = mediaTypeOf(request.headers['content-type']);
    const blobId = await tools.store.putBlob(account.id, octets, type);
    response.status(201).json({ accountId: account.id, blobId, type, size: octets.byteLength });
  } finally {
    leave();
  }
}

/** A media type with its parameters as it may stand in a field (RFC 9110 §8.3.1), else octets. */
function mediaTypeOf(given: string | undefined): string {
  const isMediaType = /^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}(?:[ \t]*;[ \t]*[\x20-\x7e]{1,200})?$/;
  return given !== undefined && isMediaType.test(given) ? given : 'application/octet-stream';
}

async function download(request: Request, response: Response, tools: Called): Promise<void> {
  checkAccount(request, tools);
  const mayShow = isShowing(request, tools);
  if (!mayShow) checkDestination(request);
  const { downloads } = tools.jmap;
  const leave = await downloads.enter(tools.caller.account.id, response);
  if (!leave) return;
  try {
    const blob = await readableBlob(parameter(request, 'blobId'), tools);
    if (!blob) throw new DeliveryError('notFound');
    if (mayShow) response.set(shownHeaders(blob.octets, parameter(request, 'name')));
    else {
      const { type } = request.query;
      const mediaType = mediaTypeOf(typeof type === 'string' ? type : (blob.mediaType ?? undefined));
      // Not by Express: it would add a charset that nobody gave.
      response.setHeader('Content-Type', isCode(mediaType) ? 'application/octet-stream' : mediaType);
      response.set({
        'Content-Disposition': attachmentNamed(parameter(request, 'name')),
        // What came by mail is shown by no page of ours: it can run nothing and load nothing.
        'Content-Security-Policy': "sandbox; default-src 'none'",
      });
    }
    response.set({
      'Cross-Origin-Resource-Policy': 'same-origin',
      // Whoever uses the device next, or shares its origin, must not read mail from the browser's cache.
      'Cache-Control': 'no-store',
    });
    await downloads.send(blob.octets, response);
  } finally {
    leave();
  }
}

/**
 * Whether a PDF is asked for that the browser's own viewer shows in our page: only by a ticket, so that no address
 * shows mail twice or from elsewhere, and only as a page or in a frame.
 */
function isShowing(request: Request, { caller }: Called): boolean {
  if (request.query.inline === undefined || caller.means !== 'ticket') return false;
  const destination = request.get('sec-fetch-dest');
  return destination === undefined || destination === 'document' || destination === 'iframe';
}

/**
 * Header fields of a PDF that is shown. Not sandboxed, because viewers refuse to work in a sandbox; nothing but the
 * viewer can be loaded. Throws `notFound` when the octets are no PDF.
 */
function shownHeaders(octets: Uint8Array, name: string): Record<string, string> {
  if (Buffer.from(octets.subarray(0, 5)).toString('latin1') !== '%PDF-') throw new DeliveryError('notFound');
  return {
    'Content-Type': 'application/pdf',
    'Content-Disposition': attachmentNamed(name).replace('attachment', 'inline'),
    'Content-Security-Policy':
      "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'",
  };
}

/** What a page would run or apply, were it given an attachment's address (Fetch Metadata, `Sec-Fetch-Dest`). */
const codeDestinations = new Set([
  ...['script', 'style', 'worker', 'sharedworker', 'serviceworker', 'audioworklet', 'paintworklet'],
  ...['json', 'manifest', 'xslt', 'object', 'embed', 'frame', 'iframe'],
]);

/** Throws `forbidden` when the browser says that the octets would be run or framed: attachments are only saved. */
function checkDestination(request: Request): void {
  if (codeDestinations.has(request.get('sec-fetch-dest') ?? '')) throw new DeliveryError('forbidden');
}

/** Types that the policy of our own page would let it run or apply (with `nosniff`, no others). */
function isCode(mediaType: string): boolean {
  return /(?:java|ecma|j|live)script|\/css\b|\/wasm\b/i.test(mediaType);
}

/** Content-Disposition with a safe file name (RFC 6266, RFC 8187): no path, no control or direction characters. */
export function attachmentNamed(name: string): string {
  const safe = safeFileName(name);
  const ascii = safe.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(safe).replace(
    /['()*]/g,
    mark => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** A file name that is only that: separators, control and direction characters out, no leading dots, 200 octets. */
export function safeFileName(name: string): string {
  const plain = name
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '')
    .replace(/[/\\:*?"<>|]/g, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  let cut = plain;
  while (Buffer.byteLength(cut) > 200) cut = Array.from(cut).slice(0, -1).join('');
  return cut === '' ? 'file' : cut;
}
