import type { Request } from 'express';
import * as v from 'valibot';
import { DeliveryError } from '../../delivery/errors.ts';
import type { Secret } from '../../delivery/store/store.ts';
import { csrfHeader, type TicketPurpose, ticketPurposes } from '../wire.ts';
import type { Caller } from './caller.ts';
import { cookieName, readCookie } from './cookie.ts';
import { noteUse } from './last-use.ts';
import type { WebParts } from './parts.ts';
import { hashSecret } from './secrets.ts';
import { passwordGrant, type SignInTools, signIn } from './sign-in.ts';

/** What the store keeps with a ticket. */
const ticketSchema = v.object({
  purpose: v.picklist(ticketPurposes),
  sessionId: v.nullable(v.string()),
  grant: v.object({ kind: v.picklist(['appPassword', 'bearer', 'session', 'password']), id: v.string() }),
});

/** How often at most the last use of a session or token is written. */
const touchMilliseconds = 10 * 60_000;

/**
 * Who makes the request: ticket (where `purpose` says what it must be for), HTTP Basic (RFC 7617), bearer token
 * (RFC 6750) or session cookie, in this order; null when it carries none of them. Throws `badCredentials`,
 * `tooManyAttempts`, `forbidden` (a request of another site that would ride on the cookie).
 */
export async function authenticate(
  request: Request,
  purpose: TicketPurpose | null,
  tools: SignInTools,
): Promise<Caller | null> {
  const { ticket } = request.query;
  if (purpose !== null && typeof ticket === 'string') return byTicket({ ticket, purpose }, request, tools);
  const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(/ +/, 2);
  if (scheme.toLowerCase() === 'basic') return byBasic(value, request, tools);
  if (scheme.toLowerCase() === 'bearer') return byBearer(value, request, tools);
  if (scheme !== '') throw new DeliveryError('badCredentials');
  return byCookie(request, purpose, tools);
}

/** One made by a web session is good beside that session's cookie only: who else comes by the address has nothing. */
async function byTicket(
  { ticket, purpose }: { readonly ticket: string; readonly purpose: TicketPurpose },
  request: Request,
  parts: WebParts,
): Promise<Caller> {
  const secret = await parts.store.takeSecret('ticket', hashSecret('ticket', ticket, parts.keyring));
  const result = v.safeParse(ticketSchema, secret?.data);
  if (!secret || !result.success || result.output.purpose !== purpose)
    throw new DeliveryError('badCredentials');
  const { sessionId, grant } = result.output;
  if (sessionId !== null && (await sessionIdOf(request, parts)) !== sessionId)
    throw new DeliveryError('badCredentials');
  const caller = await callerOf(secret, { means: 'ticket', sessionId, grant }, parts);
  if (!(await isGranted(caller, parts))) throw new DeliveryError('badCredentials');
  return caller;
}

async function byBearer(value: string, request: Request, tools: SignInTools): Promise<Caller> {
  const caller = await bySecret('bearer', value, tools);
  await tools.journal.good(caller.account, { means: 'bearer', id: caller.grant.id }, request.ip ?? '');
  return caller;
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
  const caller = await signIn(credential, { allowAppPassword: true }, tools);
  if (caller.means === 'password') {
    await tools.journal.good(caller.account, { means: 'password', id: null }, credential.remoteAddress);
  }
  return caller;
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
  const sessionId = kind === 'session' ? secret.id : null;
  return callerOf(secret, { means: kind, sessionId, grant: { kind, id: secret.id } }, parts);
}

async function byCookie(
  request: Request,
  purpose: TicketPurpose | null,
  parts: WebParts,
): Promise<Caller | null> {
  const value = sessionCookieOf(request);
  if (value === null) return null;
  checkOwnSite(request, purpose);
  return bySecret('session', value, parts);
}

function sessionCookieOf(request: Request): string | null {
  return readCookie(request.headers.cookie, cookieName(request.secure));
}

async function sessionIdOf(request: Request, { store, keyring }: WebParts): Promise<string | null> {
  const value = sessionCookieOf(request);
  if (value === null) return null;
  const secret = await store.findSecret('session', hashSecret('session', value, keyring));
  return secret?.id ?? null;
}

/** Whether what the caller came by still opens the account: not taken back, not expired, the account open. */
export async function isGranted({ account, grant }: Caller, parts: WebParts): Promise<boolean> {
  const { store, clock } = parts;
  const current = await store.getAccount(account.id);
  if (current?.state !== 'open') return false;
  if (grant.kind === 'password') return (await passwordGrant(current, parts)).id === grant.id;
  const secret = (await store.listSecrets(account.id, grant.kind)).find(({ id }) => id === grant.id);
  if (!secret) return false;
  return grant.kind !== 'session' || idleEnd(secret, parts) > clock.now();
}

/**
 * What changes something and rides on the cookie must come from our own pages: a header field that another site
 * can't send unasked, and our own Origin (SameSite=Strict is the first wall, this is the second). So must what tickets
 * are for: whatever loads an address without asking our page first, a picture in a letter say, gets nothing by the
 * cookie alone.
 */
function checkOwnSite(request: Request, purpose: TicketPurpose | null): void {
  if (purpose === null && (request.method === 'GET' || request.method === 'HEAD')) return;
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

async function touch(secret: Secret, parts: WebParts): Promise<void> {
  const last = secret.lastUsedAt?.getTime() ?? 0;
  if (parts.clock.now().getTime() - last > touchMilliseconds) await noteUse(secret, parts);
}

async function callerOf(secret: Secret, how: Omit<Caller, 'account'>, { store }: WebParts): Promise<Caller> {
  const account = await store.getAccount(secret.accountId);
  if (account?.state !== 'open') throw new DeliveryError('badCredentials');
  return { account, ...how };
}
