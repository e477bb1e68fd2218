import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { type Asset, type Bundle, packagesFile } from './bundle.ts';
import { cookieName, readCookie } from './cookie.ts';

/** Serves the webmail's files; what isn't one of them goes on to the next handler. */
export function serveBundle(bundle: Bundle): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const isSent = isRead && request.path !== packagesFile;
    const asset = isSent ? bundle.get(request.path === '/' ? pageFor(request) : request.path) : undefined;
    if (asset) send(asset, request, response);
    else next();
  };
}

/** The page that fetches the words of the reader's language first; without a session it shows the sign-in screen at once. */
function pageFor(request: Request): string {
  const language = request.acceptsLanguages('en', 'fr') || 'en';
  const hasSession = readCookie(request.headers.cookie, cookieName(request.secure)) !== null;
  return `/${hasSession ? 'index' : 'sign-in'}.${language}.html`;
}

function send(asset: Asset, request: Request, response: Response): void {
  const offered = request.acceptsEncodings('br', 'gzip', 'identity');
  const encoding = offered === 'br' || offered === 'gzip' ? offered : 'identity';
  response.set({
    'Content-Security-Policy': asset.policy,
    'Cache-Control': asset.isImmutable ? 'public, max-age=31536000, immutable' : 'private, no-cache',
    'Content-Type': asset.mediaType,
    Vary: asset.isImmutable ? 'Accept-Encoding' : 'Accept-Encoding, Accept-Language, Cookie',
    ETag: encoding === 'identity' ? asset.etag : asset.etag.replace(/"$/, `-${encoding}"`),
  });
  if (request.fresh) {
    response.status(304).end();
    return;
  }
  if (encoding !== 'identity') response.set('Content-Encoding', encoding);
  response.end(asset.encodings.get(encoding));
}
