import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Account } from '../../delivery/store/store.ts';
import { capabilities, type JmapRequest, type JmapSession, paths } from '../wire.ts';
import { readBody } from './body.ts';
import type { Caller } from './caller.ts';
import { Downloads } from './downloads.ts';
import { firstRequest } from './first-calls.ts';
import { InFlight } from './in-flight.ts';
import { dispatch } from './jmap/dispatch.ts';
import { RequestError } from './jmap/errors.ts';
import { coreLimits } from './jmap/limits.ts';
import { methodsByName } from './jmap/methods.ts';
import { readRequest } from './jmap/request.ts';
import { sessionObject } from './jmap/session.ts';
import type { Route, RouteTools } from './route.ts';

/** What the JMAP routes keep: how many requests, uploads and downloads of each account run. */
export interface JmapWork {
  readonly requests: InFlight;
  readonly uploads: InFlight;
  readonly downloads: Downloads;
}

export function startJmapWork(): JmapWork {
  return {
    requests: new InFlight(coreLimits.maxConcurrentRequests),
    uploads: new InFlight(coreLimits.maxConcurrentUpload),
    downloads: new Downloads(),
  };
}

/** Session object and API (RFC 8620 §2, §3), and what the webmail asks first, without asking. */
export const jmapRoutes: readonly Route[] = [
  { method: 'get', path: paths.wellKnown, right: 'account', handle: tellSession },
  { method: 'get', path: paths.jmapSession, right: 'account', handle: tellSession },
  { method: 'post', path: paths.jmap, right: 'account', handle: answer },
  { method: 'get', path: paths.firstList, right: 'account', handle: tellFirstList },
];

type Called = RouteTools & { readonly caller: Caller };

/** The address that the client asked for: an answer names it again (DESIGN.md, "Command line"). */
function originOf(request: Request): string {
  return `${request.protocol}://${request.host}`;
}

function tellSession(request: Request, response: Response, { caller }: Called): void {
  const session: JmapSession = {
    ...sessionObject(caller.account, originOf(request)),
    state: sessionStateOf(caller.account),
  };
  response.set('Cache-Control', 'no-cache, no-store, must-revalidate');
  response.json(session);
}

/** Changes when the Session object would, whatever address it was asked at. */
function sessionStateOf(account: Account): string {
  const text = JSON.stringify(sessionObject(account, ''));
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

/**
 * Registered capabilities that are not ours. Clients exist that name them in every request, whatever the Session
 * object says; they are let through, and the methods behind them are `unknownMethod`.
 */
const foreignCapabilities = [
  'submission',
  'vacationresponse',
  'calendars',
  'websocket',
  'blob',
  'quota',
  'principals',
  'mdn',
].map(name => `urn:ietf:params:jmap:${name}`);

const knownCapabilities: ReadonlySet<string> = new Set([
  ...Object.values(capabilities),
  ...foreignCapabilities,
]);

async function answer(request: Request, response: Response, tools: Called): Promise<void> {
  await respond(response, tools, async () => {
    const octets = await readBody(
      request,
      coreLimits.maxSizeRequest,
      () => new RequestError('limit', 'The request is too long', 'maxSizeRequest'),
    );
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
      throw new RequestError('notJSON', 'The content type is not application/json');
    }
    return readRequest(octets, knownCapabilities);
  });
}

async function tellFirstList(_request: Request, response: Response, tools: Called): Promise<void> {
  await respond(response, tools, async () => firstRequest(tools.caller.account.id));
}

/** Answers a request that is read when its turn has come. */
async function respond(response: Response, tools: Called, read: () => Promise<JmapRequest>): Promise<void> {
  const { caller, jmap } = tools;
  const leave = jmap.requests.enter(caller.account.id);
  if (!leave) throw new RequestError('limit', 'Too many requests at once', 'maxConcurrentRequests');
  try {
    const jmapRequest = await read();
    const dispatching = { caller, methods: methodsByName, sessionState: sessionStateOf(caller.account) };
    const answered = await dispatch(jmapRequest, dispatching, tools);
    response.set('Cache-Control', 'no-cache, no-store, must-revalidate').json(answered);
  } finally {
    leave();
  }
}
