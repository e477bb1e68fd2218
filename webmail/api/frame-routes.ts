import type { Request, Response } from 'express';
import { DeliveryError } from '../../delivery/errors.ts';
import { paths } from '../wire.ts';
import type { Caller } from './caller.ts';
import type { Route } from './route.ts';

const sandbox = 'sandbox allow-popups allow-popups-to-escape-sandbox allow-same-origin';

/** The policy of a frame that shows pictures from `pictures`. */
function policyOf(pictures: string): string {
  return [
    "default-src 'none'",
    `img-src ${pictures}`,
    "style-src 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
    sandbox,
  ].join('; ');
}

/** Pictures that came with the message, and nothing else. */
export const framePolicy = policyOf('data:');

/** Pictures that this server fetches, too, once the owner has said so. */
export const pictureFramePolicy = policyOf("data: 'self'");

/**
 * The documents an HTML body is written into, purified. Their own policy is what keeps it from loading and running
 * anything, whatever the purifier missed. Same origin so that the page may write into it and read its height;
 * never with scripts, which together would void the sandbox. A ticket opens each once.
 */
export const frameRoutes: readonly Route[] = [
  { method: 'get', path: paths.frame, right: 'frame', handle: serve(framePolicy) },
  { method: 'get', path: paths.pictureFrame, right: 'frame', handle: serve(pictureFramePolicy) },
];

/** The page knows it by its id from an answer that is a fault. */
const emptyDocument =
  '<!doctype html><html id="frame"><head><meta charset="utf-8"><title></title></head><body></body></html>';

function serve(policy: string) {
  return (_request: Request, response: Response, { caller }: { readonly caller: Caller }): void => {
    if (caller.means !== 'ticket') throw new DeliveryError('badCredentials');
    response.set({
      'Content-Security-Policy': policy,
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-store',
    });
    response.type('text/html; charset=utf-8').send(emptyDocument);
  };
}
