import type { Request, Response } from 'express';
import type { DirectoryAnswer } from '../../dns-keys/directory-answer.ts';
import { answerHkp, type HkpRequest } from '../../dns-keys/hkp.ts';
import { answerWkd, type WkdDeps, type WkdRequest } from '../../dns-keys/wkd.ts';
import { parameter, type Route, type RouteTools } from './route.ts';

const wellKnown = '/.well-known/openpgpkey';

/**
 * Published keys for the whole world: the Web Key Directory by both methods, and look-ups as of a key server. The Host
 * of the request names the domain. Nothing here looks at credentials or sets a cookie.
 */
export const keyDirectoryRoutes: readonly Route[] = [
  { method: 'get', path: `${wellKnown}/hu/:hash`, right: 'anybody', handle: tellKey },
  { method: 'get', path: `${wellKnown}/policy`, right: 'anybody', handle: tellPolicy },
  { method: 'get', path: `${wellKnown}/:domain/hu/:hash`, right: 'anybody', handle: tellKey },
  { method: 'get', path: `${wellKnown}/:domain/policy`, right: 'anybody', handle: tellPolicy },
  { method: 'get', path: '/pks/lookup', right: 'anybody', handle: lookUp },
];

async function tellKey(request: Request, response: Response, tools: RouteTools): Promise<void> {
  const asked = { what: 'key', hash: parameter(request, 'hash'), localPart: word(request, 'l') } as const;
  send(response, await answerWkd(wkdRequest(request, asked), depsOf(tools)));
}

async function tellPolicy(request: Request, response: Response, tools: RouteTools): Promise<void> {
  send(response, await answerWkd(wkdRequest(request, { what: 'policy' }), depsOf(tools)));
}

function wkdRequest(request: Request, asked: WkdRequest['asked']): WkdRequest {
  const pathDomain = parameter(request, 'domain') || null;
  return { host: hostOf(request), pathDomain, asked, knownTags: request.get('If-None-Match') ?? null };
}

async function lookUp(request: Request, response: Response, tools: RouteTools): Promise<void> {
  const asked: HkpRequest = {
    host: hostOf(request),
    op: word(request, 'op'),
    search: word(request, 'search'),
    options: word(request, 'options'),
  };
  send(response, await answerHkp(asked, depsOf(tools)));
}

function depsOf({ store, publishedIndex, config }: RouteTools): WkdDeps {
  return {
    store,
    index: publishedIndex,
    ttlSeconds: config['dns.ttlSeconds'],
    negativeTtlSeconds: config['dns.negativeTtlSeconds'],
  };
}

/** Without a port; what a proxy named in `web.trustProxy` passes on counts. */
function hostOf(request: Request): string {
  return request.hostname ?? '';
}

/** A word of the query that is given once; null when it is missing, empty or given several times. */
function word(request: Request, name: string): string | null {
  const value = request.query[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

function send(response: Response, { status, headers, body }: DirectoryAnswer): void {
  response.status(status).set(headers);
  // These names are their owners': whether other pages there need TLS is not ours to say.
  response.removeHeader('Strict-Transport-Security');
  // `end` adds no content type of its own; Node leaves the body out for HEAD.
  response.set('Content-Length', String(body.length)).end(body);
}
