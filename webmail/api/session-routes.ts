import type { Request, Response } from 'express';
import * as v from 'valibot';
import { makeAppPassword } from '../../delivery/crypto/password.ts';
import { DeliveryError } from '../../delivery/errors.ts';
import type { Account, Secret } from '../../delivery/store/store.ts';
import { paths, type SignedIn, type Ticket, type Token, ticketPurposes, type WebSession } from '../wire.ts';
import { checkOrigin, idleEnd } from './authenticate.ts';
import { readJsonBody } from './body.ts';
import type { Caller } from './caller.ts';
import { sessionCookie } from './cookie.ts';
import { preferencesOf } from './preferences.ts';
import { parameter, type Route, type RouteTools } from './route.ts';
import { hashSecret, makeSecret } from './secrets.ts';
import { signIn } from './sign-in.ts';
import { networkOf } from './throttle.ts';

type Called = RouteTools & { readonly caller: Caller };

const signInSchema = v.strictObject({ address: v.string(), password: v.string() });
const ticketSchema = v.strictObject({
  purpose: v.picklist(ticketPurposes),
  count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20)), 1),
});
const tokenSchema = v.strictObject({
  kind: v.picklist(['appPassword', 'bearer']),
  label: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100)),
});

/** No session outlives this, however often it is used. */
const sessionMilliseconds = 365 * 86_400_000;
const ticketMilliseconds = 60_000;

/** Signing in and out, sessions, tokens and tickets. */
export const sessionRoutes: readonly Route[] = [
  { method: 'post', path: paths.session, right: 'anybody', handle: startSession },
  { method: 'get', path: paths.session, right: 'account', handle: tellSession },
  { method: 'delete', path: paths.session, right: 'account', handle: endSession },
  { method: 'get', path: paths.sessions, right: 'account', handle: listSessions },
  { method: 'delete', path: paths.sessions, right: 'account', handle: revokeOtherSessions },
  { method: 'delete', path: `${paths.sessions}/:id`, right: 'account', handle: revokeSession },
  { method: 'post', path: paths.tokens, right: 'account', handle: makeToken },
  { method: 'get', path: paths.tokens, right: 'account', handle: listTokens },
  { method: 'delete', path: `${paths.tokens}/:id`, right: 'account', handle: revokeToken },
  { method: 'post', path: paths.tickets, right: 'account', handle: makeTickets },
];

async function startSession(request: Request, response: Response, tools: RouteTools): Promise<void> {
  // The JSON body is the other half: a form of another site can't send one.
  checkOrigin(request);
  const { address, password } = await readJsonBody(request, signInSchema);
  const credential = { address, password, remoteAddress: request.ip ?? '' };
  const { account } = await signIn(credential, { allowAppPassword: false }, tools);
  const { store, keyring, clock, config } = tools;
  const secret = makeSecret();
  const kept = await store.addSecret({
    accountId: account.id,
    kind: 'session',
    hash: hashSecret('session', secret, keyring),
    expiresAt: new Date(clock.now().getTime() + sessionMilliseconds),
    data: {
      userAgent: request.headers['user-agent']?.slice(0, 200) ?? null,
      network: networkOf(credential.remoteAddress),
    },
  });
  await store.appendAudit(account.id, {
    at: clock.now(),
    actor: account.address,
    action: 'signIn',
    detail: { sessionId: kept.id, means: 'password', network: networkOf(credential.remoteAddress) },
  });
  tools.metrics.signIns.inc({ outcome: 'good' });
  response.set('Set-Cookie', sessionCookie(secret, config['session.days'] * 86_400, request.secure));
  response.json(await signedIn(account, idleEnd(kept, tools), tools));
}

async function signedIn(account: Account, expiresAt: Date | null, { store }: RouteTools): Promise<SignedIn> {
  return {
    accountId: account.id,
    address: account.address,
    displayName: account.displayName,
    custody: account.custody,
    expiresAt: expiresAt?.toISOString() ?? null,
    preferences: preferencesOf(await store.getSettings(account.id)),
  };
}

async function tellSession(_request: Request, response: Response, tools: Called): Promise<void> {
  const { caller, store } = tools;
  const sessions = caller.sessionId === null ? [] : await store.listSecrets(caller.account.id, 'session');
  const own = sessions.find(({ id }) => id === caller.sessionId);
  response.set('Cache-Control', 'no-store');
  response.json(await signedIn(caller.account, own ? idleEnd(own, tools) : null, tools));
}

async function endSession(request: Request, response: Response, tools: Called): Promise<void> {
  const { caller, store, clock, streams } = tools;
  const { account, sessionId } = caller;
  if (sessionId !== null) {
    await store.removeSecret(account.id, sessionId);
    await store.appendAudit(account.id, {
      at: clock.now(),
      actor: account.address,
      action: 'signOut',
      detail: { sessionId },
    });
  }
  streams.recheck(account.id);
  response.set('Set-Cookie', sessionCookie('', 0, request.secure));
  // Language and theme are the person's, not the session's: what the page keeps of the account, it forgets itself.
  response.set('Clear-Site-Data', '"cache"');
  response.status(204).end();
}

async function listSessions(_request: Request, response: Response, tools: Called): Promise<void> {
  const { caller, store, clock } = tools;
  const all = await store.listSecrets(caller.account.id, 'session');
  const live = all.filter(secret => idleEnd(secret, tools) > clock.now());
  const sessions: WebSession[] = live.map(secret => ({
    id: secret.id,
    createdAt: secret.createdAt.toISOString(),
    lastUsedAt: secret.lastUsedAt?.toISOString() ?? null,
    expiresAt: idleEnd(secret, tools).toISOString(),
    userAgent: noted(secret, 'userAgent'),
    network: noted(secret, 'network'),
    isCurrent: secret.id === caller.sessionId,
  }));
  response.json({ sessions });
}

/** What was noted of the browser when the session began. */
function noted({ data }: Secret, name: 'userAgent' | 'network'): string | null {
  const value = (data as Readonly<Record<string, unknown>> | null)?.[name];
  return typeof value === 'string' ? value : null;
}

async function revokeSession(request: Request, response: Response, tools: Called): Promise<void> {
  await revoke(['session'], parameter(request, 'id'), tools);
  response.status(204).end();
}

/** Signs out everywhere but here. */
async function revokeOtherSessions(_request: Request, response: Response, tools: Called): Promise<void> {
  const { caller, store } = tools;
  checkMayManage(caller);
  const all = await store.listSecrets(caller.account.id, 'session');
  for (const session of all) if (session.id !== caller.sessionId) await removeSecret(session, tools);
  response.status(204).end();
}

async function revokeToken(request: Request, response: Response, tools: Called): Promise<void> {
  await revoke(['appPassword', 'bearer'], parameter(request, 'id'), tools);
  response.status(204).end();
}

async function revoke(kinds: readonly Secret['kind'][], id: string, tools: Called): Promise<void> {
  const { caller, store } = tools;
  checkMayManage(caller);
  const lists = await Promise.all(kinds.map(kind => store.listSecrets(caller.account.id, kind)));
  const secret = lists.flat().find(known => known.id === id);
  if (!secret) throw new DeliveryError('notFound');
  await removeSecret(secret, tools);
}

async function removeSecret({ id, kind }: Secret, { caller, store, clock, streams }: Called): Promise<void> {
  const { account } = caller;
  await store.removeSecret(account.id, id);
  streams.recheck(account.id);
  await store.appendAudit(account.id, {
    at: clock.now(),
    actor: account.address,
    action: 'secretRevoked',
    detail: { id, kind },
  });
}

/** An app password or token does what a mail client needs and no more: it makes and revokes no secrets. */
function checkMayManage({ means }: Caller): void {
  if (means === 'appPassword' || means === 'bearer' || means === 'ticket')
    throw new DeliveryError('forbidden');
}

async function makeToken(request: Request, response: Response, tools: Called): Promise<void> {
  const { caller, store, keyring, clock } = tools;
  checkMayManage(caller);
  const { kind, label } = await readJsonBody(request, tokenSchema);
  const secret = kind === 'appPassword' ? makeAppPassword() : makeSecret();
  const hash = hashSecret(kind, secret, keyring);
  const kept = await store.addSecret({ accountId: caller.account.id, kind, hash, label });
  await store.appendAudit(caller.account.id, {
    at: clock.now(),
    actor: caller.account.address,
    action: 'secretMade',
    detail: { id: kept.id, kind },
  });
  response.status(201).set('Cache-Control', 'no-store').json({ id: kept.id, secret });
}

async function listTokens(_request: Request, response: Response, { caller, store }: Called): Promise<void> {
  const kinds = ['appPassword', 'bearer'] as const;
  const lists = await Promise.all(
    kinds.map(async kind => ({ kind, secrets: await store.listSecrets(caller.account.id, kind) })),
  );
  const tokens: Token[] = lists.flatMap(({ kind, secrets }) =>
    secrets.map(({ id, label, createdAt, lastUsedAt }) => ({
      id,
      kind,
      label,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
    })),
  );
  response.json({ tokens });
}

async function makeTickets(request: Request, response: Response, tools: Called): Promise<void> {
  const { caller, store, keyring, clock } = tools;
  const { purpose, count } = await readJsonBody(request, ticketSchema);
  const tickets = Array.from({ length: count }, makeSecret);
  const expiresAt = new Date(clock.now().getTime() + ticketMilliseconds);
  const data = { purpose, sessionId: caller.sessionId, grant: caller.grant };
  const kept = tickets.map(ticket => {
    const hash = hashSecret('ticket', ticket, keyring);
    return store.addSecret({ accountId: caller.account.id, kind: 'ticket', hash, expiresAt, data });
  });
  await Promise.all(kept);
  const made: Ticket = { ticket: tickets[0] ?? '', tickets, expiresAt: expiresAt.toISOString() };
  response.status(201).set('Cache-Control', 'no-store').json(made);
}
