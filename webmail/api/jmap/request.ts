import type { Invocation, JmapRequest } from '../../wire.ts';
import { RequestError } from './errors.ts';
import { coreLimits, maxJsonDepth } from './limits.ts';

/**
 * The JMAP request in these octets (RFC 8620 §3.3). Throws `RequestError`: `notJSON` when they are no I-JSON
 * (RFC 7493: UTF-8, well-formed strings; duplicate names are taken as the last one), `notRequest` when they are
 * of another shape, `limit` when they hold too many calls or nest too deep, `unknownCapability`.
 */
export function readRequest(octets: Uint8Array, known: ReadonlySet<string>): JmapRequest {
  const request = checkShape(readJson(octets));
  const unknown = request.using.find(urn => !known.has(urn));
  if (unknown !== undefined) {
    throw new RequestError('unknownCapability', `This server does not support ${shown(unknown)}`);
  }
  if (request.methodCalls.length > coreLimits.maxCallsInRequest) {
    throw new RequestError('limit', 'Too many method calls in one request', 'maxCallsInRequest');
  }
  return request;
}

/** Any JSON text as a value, held to I-JSON and to the nesting limit; throws `RequestError` `notJSON` or `limit`. */
export function readJson(octets: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    throw new RequestError('notJSON', 'The request is not UTF-8');
  }
  if (jsonDepth(text) > maxJsonDepth) {
    throw new RequestError('limit', `The request nests deeper than ${maxJsonDepth} levels`, 'maxDepth');
  }
  try {
    return /\\u[dD][89a-fA-F]/.test(text)
      ? JSON.parse(text, (name, value: unknown) => wellFormed(name, value))
      : JSON.parse(text);
  } catch {
    throw new RequestError('notJSON', 'The request is not I-JSON');
  }
}

function wellFormed(name: string, value: unknown): unknown {
  if (!name.isWellFormed() || (typeof value === 'string' && !value.isWellFormed())) {
    throw new SyntaxError('lone surrogate');
  }
  return value;
}

const quote = 0x22;
const backslash = 0x5c;

/** How deep arrays and objects nest in a JSON text, in one pass and without recursion. */
export function jsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (inString) {
      if (unit === backslash) at++;
      else if (unit === quote) inString = false;
    } else if (unit === quote) inString = true;
    else if (unit === 0x5b || unit === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (unit === 0x5d || unit === 0x7d) depth--;
  }
  return deepest;
}

function checkShape(value: unknown): JmapRequest {
  if (!isRecord(value)) throw notRequest('The request is not an object');
  const { using, methodCalls, createdIds } = value;
  if (!Array.isArray(using) || !using.every(urn => typeof urn === 'string')) {
    throw notRequest('"using" must be a list of capabilities');
  }
  if (!Array.isArray(methodCalls) || !methodCalls.every(isInvocation)) {
    throw notRequest('"methodCalls" must be a list of [name, arguments, call id]');
  }
  if (createdIds === undefined) return { using, methodCalls };
  if (!isRecord(createdIds) || !Object.values(createdIds).every(id => typeof id === 'string')) {
    throw notRequest('"createdIds" must map creation ids to ids');
  }
  return { using, methodCalls, createdIds: createdIds as Record<string, string> };
}

function isInvocation(value: unknown): value is Invocation {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    typeof value[0] === 'string' &&
    isRecord(value[1]) &&
    typeof value[2] === 'string'
  );
}

function notRequest(detail: string): RequestError {
  return new RequestError('notRequest', detail);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

/** Whether the value is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
