import type { Request, Response } from 'express';
import { paths } from '../wire.ts';
import type { Route } from './route.ts';

/**
 * The document an HTML body is written into, purified. Its own policy is what keeps it from loading and running
 * anything, whatever the purifier missed. Same origin so that the page may write into it and read its height;
 * never with scripts, which together would void the sandbox.
 */
export const frameRoutes: readonly Route[] = [
  { method: 'get', path: `${paths.frame}{*rest}`, right: 'anybody', handle: serveFrame },
];

export const framePolicy =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox allow-popups allow-popups-to-escape-sandbox allow-same-origin";

const emptyDocument =
  '<!doctype html><html><head><meta charset="utf-8"><title></title></head><body></body></html>';

function serveFrame(_request: Request, response: Response): void {
  response.set({
    'Content-Security-Policy': framePolicy,
    'Referrer-Policy': 'no-referrer',
    'X-DNS-Prefetch-Control': 'off',
    'Cache-Control': 'private, max-age=86400',
  });
  response.type('text/html; charset=utf-8').send(emptyDocument);
}
