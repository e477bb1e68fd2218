import type { Request, Response } from 'express';
import { paths } from '../../wire.ts';
import type { Caller } from '../caller.ts';
import { parameter, type Route, type RouteTools } from '../route.ts';
import { type ReadAddress, readPictureAddress } from './picture-address.ts';

type Called = RouteTools & { readonly caller: Caller };

/** Remote pictures by addresses that `Picture/sign` gave to this very session, each good once. */
export const pictureRoutes: readonly Route[] = [
  { method: 'get', path: `${paths.pictures}:token`, right: 'account', handle: show },
];

/** As long as addresses are good. */
const keptSeconds = 600;

/** Longest wait for a reader that takes nothing. */
const idleMilliseconds = 30_000;

async function show(request: Request, response: Response, tools: Called): Promise<void> {
  const read = usedBy(request, response, tools);
  const { picture, outcome } = read
    ? await tools.pictures.get(read.grant)
    : { picture: null, outcome: 'refused' as const };
  tools.metrics.pictures.inc({ outcome });
  response.setTimeout(idleMilliseconds, () => void response.destroy());
  response.set({ 'Content-Security-Policy': "default-src 'none'; sandbox", 'Cache-Control': 'no-store' });
  // Whatever kept it away, the answer is the same: it tells nothing of what can be reached from here.
  if (!picture) return void response.status(404).end();
  // A letter may show one picture in many places: for those the browser has it.
  response.set('Cache-Control', `private, max-age=${keptSeconds}, immutable`);
  response.setHeader('Content-Type', picture.mediaType);
  response.setHeader('Content-Length', picture.octets.byteLength);
  response.end(picture.octets);
}

/** The address, used up by this request; null when it is none, not the caller's, or was used before. */
function usedBy(request: Request, response: Response, tools: Called): ReadAddress | null {
  const { caller, config, pictures, clock } = tools;
  const destination = request.get('sec-fetch-dest') ?? 'image';
  if (!config['web.pictures'] || caller.means !== 'session' || destination !== 'image') return null;
  const read = readPictureAddress(parameter(request, 'token'), tools);
  const isCallers = read?.grant.accountId === caller.account.id && read.grant.sessionId === caller.sessionId;
  if (!isCallers || !pictures.used.take(read.id, read.until, clock.now().getTime())) return null;
  // Browsers ask again when a connection breaks.
  response.once('close', () => {
    if (!response.writableFinished) pictures.used.giveBack(read.id);
  });
  return read;
}
