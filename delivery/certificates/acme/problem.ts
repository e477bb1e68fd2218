import { DeliveryError } from '../../errors.ts';

/** What went wrong at the ACME server or on the way to it (RFC 8555 §6.7). */
export interface AcmeProblem {
  /** The word behind `urn:ietf:params:acme:error:`; `unreachable` when there was no answer of an ACME server. */
  readonly type: string;
  /** The server's words, for the log. */
  readonly detail: string;
  readonly retryAfterSeconds: number | null;
}

const prefix = 'urn:ietf:params:acme:error:';

/** Problems that say nothing about the name that was asked for. */
const serverProblems: ReadonlySet<string> = new Set([
  'unreachable',
  'serverInternal',
  'badNonce',
  'rateLimited',
]);

/** The problem as an error to throw. */
export function acmeError(problem: AcmeProblem, cause?: unknown): DeliveryError {
  const text = `ACME: ${problem.type}: ${problem.detail}`;
  return new DeliveryError('internal', text, {
    fields: { problem },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The problem behind an error; null when it is not about the ACME server. */
export function problemOf(error: unknown): AcmeProblem | null {
  if (!(error instanceof DeliveryError) || !('problem' in error.fields)) return null;
  return error.fields.problem as AcmeProblem; // Put there by `acmeError` alone.
}

/** Whether it is the server's own trouble, so that other names would meet it, too. */
export function isServers({ type }: AcmeProblem): boolean {
  return serverProblems.has(type);
}

/**
 * Reads a problem document (RFC 9457), also the one inside of an order or a challenge. `status` is that of the answer,
 * where it was one.
 */
export function readProblem(
  body: unknown,
  { status = 400, retryAfterSeconds = null }: { status?: number; retryAfterSeconds?: number | null } = {},
): AcmeProblem {
  const fallback = status === 429 ? 'rateLimited' : status >= 500 ? 'serverInternal' : 'malformed';
  const { type, detail } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const isKnown = typeof type === 'string' && type.startsWith(prefix);
  return {
    type: isKnown ? type.slice(prefix.length).slice(0, 40) : fallback,
    detail: typeof detail === 'string' ? detail.slice(0, 500) : `status ${status}`,
    retryAfterSeconds,
  };
}
