import type { Request, Response } from 'express';
import { asDeliveryError, DeliveryError } from '../../delivery/errors.ts';
import type { Log } from '../../delivery/log.ts';
import { csrfHeader, type Problem, paths } from '../wire.ts';
import { RequestError } from './jmap/errors.ts';

/** Any error as problem details (RFC 9457): public text only. */
export function problemOf(error: unknown): Problem {
  if (error instanceof RequestError) {
    return {
      type: `urn:ietf:params:jmap:error:${error.type}`,
      status: 400,
      detail: error.message,
      ...(error.limit === null ? {} : { limit: error.limit }),
    };
  }
  const known = fromExpress(error) ?? asDeliveryError(error);
  return { type: 'about:blank', status: known.row.http, title: known.row.text };
}

/** What Express and its body parsers throw: a status they chose; a malformed address is the client's fault. */
function fromExpress(error: unknown): DeliveryError | null {
  if (!(error instanceof Error) || !('status' in error)) return null;
  if (error.status === 413) return new DeliveryError('messageTooLarge', undefined, { cause: error });
  return typeof error.status === 'number' && error.status < 500
    ? new DeliveryError('badRequest', undefined, { cause: error })
    : null;
}

/**
 * How to authenticate (RFC 9110 §11.6.1). No browser is offered Basic: it would ask for a password in a window of its
 * own, keep it, and send it with the requests of any site. Browsers are known by Fetch Metadata, and by what the page
 * has them preload, without any header field of ours: over plain HTTP they send no Fetch Metadata.
 */
function challengeFor(request: Request): string {
  const names = [csrfHeader, 'sec-fetch-site', 'sec-fetch-dest'];
  const isPreloaded = request.path === paths.session || request.path === paths.firstList;
  return isPreloaded || names.some(name => request.get(name) !== undefined)
    ? 'Bearer realm="Caliopen"'
    : 'Basic realm="Caliopen", charset="UTF-8"';
}

/** Answers with the problem; users' mistakes are not logged as errors. */
export function sendProblem(response: Response, error: unknown, log: Log): void {
  const problem = problemOf(error);
  if (problem.status >= 500) log.error({ err: error }, 'requestFailed');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (problem.status === 401) response.set('WWW-Authenticate', challengeFor(response.req));
  const seconds = error instanceof DeliveryError ? error.fields.retryAfterSeconds : undefined;
  if (typeof seconds === 'number') response.set('Retry-After', String(seconds));
  response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}
