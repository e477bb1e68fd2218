import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type CertificatePair, readPair } from '../pair.ts';
import { type AcmeAnswer, type AcmeConnection, parseObject } from './connection.ts';
import { thumbprint } from './jws.ts';
import { type AcmeProblem, acmeError, readProblem } from './problem.ts';
import { makeSigningRequest } from './signing-request.ts';

/** An account at an ACME server (RFC 8555 §7.1.2). */
export interface AcmeAccount {
  /** P-256. */
  readonly key: KeyObject;
  readonly kid: string;
}

/** What proves that this host has the name, to be answered at `/.well-known/acme-challenge/TOKEN` (§8.3). */
export interface HttpChallenge {
  readonly token: string;
  readonly keyAuthorization: string;
}

/** An order whose challenges wait to be answered. */
export interface OpenOrder {
  readonly name: string;
  readonly url: string;
  readonly finalizeUrl: string;
  readonly challenges: readonly (HttpChallenge & {
    readonly url: string;
    readonly authorizationUrl: string;
  })[];
}

const pollMilliseconds = 250;
const longestPollMilliseconds = 5000;
const patienceMilliseconds = 120_000;

/** Makes the account of this key, or finds the one it has; the terms of service are agreed to (§7.3). */
export async function openAccount(
  connection: AcmeConnection,
  { key, email }: { readonly key: KeyObject; readonly email: string },
): Promise<AcmeAccount> {
  const { newAccount } = await connection.directory();
  const contact = email ? { contact: [`mailto:${email}`] } : {};
  const payload = { termsOfServiceAgreed: true, ...contact };
  const { location } = await connection.post(newAccount, { key, kid: null }, payload);
  if (location === null) throw malformed('the account has no address');
  return { key, kid: location };
}

/** Orders a certificate for the name (§7.4) and reads which challenges are to be answered; throws `acmeError`. */
export async function openOrder(
  connection: AcmeConnection,
  account: AcmeAccount,
  name: string,
): Promise<OpenOrder> {
  const { newOrder } = await connection.directory();
  const answer = await connection.post(newOrder, account, { identifiers: [{ type: 'dns', value: name }] });
  const { authorizations, finalize } = parseObject(answer.text);
  if (answer.location === null || !Array.isArray(authorizations)) throw malformed('the order is no order');
  const challenges: OpenOrder['challenges'][number][] = [];
  for (const url of authorizations.map(String)) {
    const { status, challenges: offered } = parseObject((await connection.post(url, account)).text);
    if (status !== 'valid') challenges.push(challengeOf(offered, url, account));
  }
  return { name, url: answer.location, finalizeUrl: String(finalize), challenges };
}

function challengeOf(offered: unknown, authorizationUrl: string, { key }: AcmeAccount) {
  const list = Array.isArray(offered) ? (offered as Record<string, unknown>[]) : [];
  const found = list.find(({ type }) => type === 'http-01');
  if (typeof found?.token !== 'string' || typeof found.url !== 'string') {
    throw malformed('no http-01 challenge is offered');
  }
  const { token, url } = found;
  return { token, url, authorizationUrl, keyAuthorization: `${token}.${thumbprint(key)}` };
}

/**
 * Has the challenges asked, which must be answered by now, and fetches the certificate (§7.4, §7.5.1), with a new
 * P-256 key. Throws `acmeError`, also when that takes longer than two minutes.
 */
export async function completeOrder(
  connection: AcmeConnection,
  account: AcmeAccount,
  { order, signal }: { readonly order: OpenOrder; readonly signal: AbortSignal },
): Promise<CertificatePair> {
  const poll = (url: string) => settle(() => connection.post(url, account), signal);
  for (const { url } of order.challenges) await connection.post(url, account, {});
  for (const { authorizationUrl } of order.challenges) {
    const authorization = await poll(authorizationUrl);
    if (authorization.status !== 'valid') throw acmeError(refusalOf(authorization));
  }
  await poll(order.url);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const csr = makeSigningRequest([order.name], privateKey).toString('base64url');
  await connection.post(order.finalizeUrl, account, { csr });
  const finished = await poll(order.url);
  if (finished.status !== 'valid') throw acmeError(readProblem(finished.error));
  const { text } = await connection.post(String(finished.certificate), account);
  return pairOf(text, privateKey, order.name);
}

/** Asks until the object is neither pending nor processing. */
async function settle(ask: () => Promise<AcmeAnswer>, signal: AbortSignal): Promise<Record<string, unknown>> {
  const until = performance.now() + patienceMilliseconds;
  for (let pause = pollMilliseconds; ; pause = Math.min(pause * 2, longestPollMilliseconds)) {
    const { text, retryAfterSeconds } = await ask();
    const state = parseObject(text);
    if (state.status !== 'pending' && state.status !== 'processing') return state;
    if (performance.now() > until) throw acmeError(tooSlow);
    const asked = Math.min((retryAfterSeconds ?? 0) * 1000, patienceMilliseconds);
    await wait(Math.max(pause, asked), undefined, { signal });
  }
}

const tooSlow: AcmeProblem = {
  type: 'serverInternal',
  detail: 'the order was not settled in two minutes',
  retryAfterSeconds: null,
};

/** Why a challenge of the authorization failed. */
function refusalOf({ challenges }: Record<string, unknown>): AcmeProblem {
  const list = Array.isArray(challenges) ? (challenges as Record<string, unknown>[]) : [];
  return readProblem(list.find(({ error }) => error !== undefined)?.error);
}

function pairOf(certificate: string, privateKey: KeyObject, name: string): CertificatePair {
  const key = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  try {
    const pair = readPair(certificate, key);
    if (pair.names.includes(name)) return pair;
  } catch (cause) {
    throw malformed(`the certificate for ${name} can't be used`, cause);
  }
  throw malformed(`the certificate is not for ${name}`);
}

function malformed(detail: string, cause?: unknown) {
  return acmeError({ type: 'serverInternal', detail, retryAfterSeconds: null }, cause);
}
