import type { Request } from 'express';
import { DeliveryError } from '../../delivery/errors.ts';
import type { Secret } from '../../delivery/store/store.ts';
import { csrfHeader, type TicketPurpose } from '../wire.ts';
import type { Caller } from './caller.ts';
import { cookieName, readCookie } from './cookie.ts';
import type { WebParts } from './parts.ts';
import { hashSecret } from './secrets.ts';
import { type SignInTools, signIn } from './sign-in.ts';

/** How often at most the last use of a session or token is written. */
const touchMilliseconds = 10 * 60_000;

/**
 * Who makes the request: ticket, HTTP Basic (RFC 7617), bearer token (RFC 6750) or session cookie, in this order;
 * null when it carries none of them. Throws `badCredentials`, `tooManyAttempts`, `forbidden` (a request of another
 * site that would ride on the cookie).
 */
export async function authenticate(
  request: Request,
  purpose: TicketPurpose | null,
  tools: SignInTools,
): Promise<Caller | null> {
  const { ticket } = request.query;
  if (purpose !== null && typeof ticket === 'string') return byTicket(ticket, purpose, tools);
  const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(/ +/, 2);
  if (scheme.toLowerCase() === 'basic') return byBasic(value, request, tools);
  if (scheme.toLowerCase() === 'bearer') return bySecret('bearer', value, tools);
  if (scheme !== '') throw new DeliveryError('badCredentials');
  return byCookie(request, tools);
}

async function byTicket(ticket: string, purpose: TicketPurpose, parts: WebParts): Promise<Caller> {
  const secret = await parts.store.takeSecret('ticket', hashSecret('ticket', ticket, parts.keyring));
  const data = secret?.data as { purpose?: unknown; sessionId?: unknown } | null | undefined;
  if (!secret || data?.purpose !== purpose) throw new DeliveryError('badCredentials');
  const sessionId = typeof data.sessionId === 'string' ? data.sessionId : null;
  return callerOf(secret, { means: 'ticket', sessionId }, parts);
}

async function byBasic(value: string, request: Request, tools: SignInTools): Promise<Caller> {
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) throw new DeliveryError('badCredentials');
  const credential = {
    address: text.slice(0, colon),
    password: text.slice(colon + 1),
    remoteAddress: request.ip ?? '',
  };
  return signIn(credential, { allowAppPassword: true }, tools);
}

/** A session or token that is alive: a session ends when it wasn't used for `session.days`. */
async function bySecret(kind: 'bearer' | 'session', value: string, parts: WebParts): Promise<Caller> {
  const secret = await parts.store.findSecret(kind, hashSecret(kind, value, parts.keyring));
  if (!secret) throw new DeliveryError('badCredentials');
  if (kind === 'session' && idleEnd(secret, parts) <= parts.clock.now()) {
    await parts.store.removeSecret(secret.accountId, secret.id);
    throw new DeliveryError('badCredentials');
  }
  await touch(secret, parts);
  return callerOf(secret, { means: kind, sessionId: kind === 'session' ? secret.id : null }, parts);
}

async function byCookie(request: Request, parts: WebParts): Promise<Caller | null> {
  const value = readCookie(request.headers.cookie, cookieName(request.secure));
  if (value === null) return null;
  checkOwnSite(request);
  return bySecret('session', value, parts);
}

/**
 * What changes something and rides on the cookie must come from our own pages: a header field that another site
 * can't send unasked, and our own Origin (SameSite=Strict is the first wall, this is the second).
 */
function checkOwnSite(request: Request): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  checkOrigin(request);
  if (request.get(csrfHeader) === undefined) throw new DeliveryError('forbidden', `${csrfHeader} is missing`);
}

/** Throws `forbidden` when a page of another site sent the request. */
export function checkOrigin(request: Request): void {
  const { origin } = request.headers;
  const own = `${request.protocol}://${request.host}`;
  if (origin !== undefined && origin.toLowerCase() !== own.toLowerCase()) {
    throw new DeliveryError('forbidden', 'a request of another site');
  }
}

/** When a web session ends if it isn't used. */
export function idleEnd(secret: Secret, { config }: Pick<WebParts, 'config'>): Date {
  const last = secret.lastUsedAt ?? secret.createdAt;
  return new Date(last.getTime() + config['session.days'] * 86_400_000);
}

async function touch(secret: Secret, { store, clock }: WebParts): Promise<void> {
  const now = clock.now();
  const last = secret.lastUsedAt?.getTime() ?? 0;
  if (now.getTime() - last > touchMilliseconds) await store.touchSecret(secret.accountId, secret.id, now);
}

async function callerOf(
  secret: Secret,
  { means, sessionId }: Pick<Caller, 'means' | 'sessionId'>,
  { store }: WebParts,
): Promise<Caller> {
  const account = await store.getAccount(secret.accountId);
  if (account?.state !== 'open') throw new DeliveryError('badCredentials');
  return { account, means, sessionId };
}
