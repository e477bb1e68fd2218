import type { NextFunction, Request, Response } from 'express';
import { paths } from '../wire.ts';

const allowed = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, POST',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, Last-Event-ID',
  'Access-Control-Max-Age': '86400',
} as const;

/**
 * JMAP clients that run in a browser come from pages of their own. They may call the API with credentials that
 * they send themselves; with `*` the browser adds no cookie, so a page gains nothing that its user didn't give it.
 */
export function allowOtherOrigins(request: Request, response: Response, next: NextFunction): void {
  const isApi = request.path === paths.wellKnown || `${request.path}/`.startsWith(`${paths.jmap}/`);
  if (!isApi) {
    next();
    return;
  }
  response.set(allowed);
  response.vary('Authorization, Cookie, Origin');
  if (request.method === 'OPTIONS') response.status(204).end();
  else next();
}

/** What was asked for with our own cookie is for our own pages alone. */
export function refuseOtherOrigins(response: Response): void {
  for (const name of Object.keys(allowed)) response.removeHeader(name);
}
