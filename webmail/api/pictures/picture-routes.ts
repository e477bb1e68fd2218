import type { Request, Response } from 'express';
import { paths } from '../../wire.ts';
import type { Caller } from '../caller.ts';
import { parameter, type Route, type RouteTools } from '../route.ts';
import { type PictureGrant, readPictureAddress } from './picture-address.ts';

type Called = RouteTools & { readonly caller: Caller };

/** Remote pictures by addresses that `Picture/sign` gave to this very session. */
export const pictureRoutes: readonly Route[] = [
  { method: 'get', path: `${paths.pictures}:token`, right: 'account', handle: show },
];

/** Longest wait for a reader that takes nothing. */
const idleMilliseconds = 30_000;

async function show(request: Request, response: Response, tools: Called): Promise<void> {
  const grant = grantOf(request, tools);
  const { picture, outcome } = grant
    ? await tools.pictures.get(grant)
    : { picture: null, outcome: 'refused' as const };
  tools.metrics.pictures.inc({ outcome });
  response.setTimeout(idleMilliseconds, () => void response.destroy());
  response.set({ 'Content-Security-Policy': "default-src 'none'; sandbox", 'Cache-Control': 'no-store' });
  // Whatever kept it away, the answer is the same: it tells nothing of what can be reached from here.
  if (!picture) return void response.status(404).end();
  response.setHeader('Content-Type', picture.mediaType);
  response.setHeader('Content-Length', picture.octets.byteLength);
  response.end(picture.octets);
}

function grantOf(request: Request, { caller, config, keyring, clock }: Called): PictureGrant | null {
  const destination = request.get('sec-fetch-dest') ?? 'image';
  if (!config['web.pictures'] || caller.means !== 'session' || destination !== 'image') return null;
  const grant = readPictureAddress(parameter(request, 'token'), { keyring, clock });
  const isCallers = grant?.accountId === caller.account.id && grant.sessionId === caller.sessionId;
  return isCallers ? grant : null;
}
