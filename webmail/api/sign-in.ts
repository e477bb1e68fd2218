import { createHash } from 'node:crypto';
import { verifyPassword } from '../../delivery/crypto/password.ts';
import { DeliveryError } from '../../delivery/errors.ts';
import { normalizeAddress } from '../../delivery/message/address.ts';
import type { Account, Secret } from '../../delivery/store/store.ts';
import type { Caller, Grant } from './caller.ts';
import { noteUse } from './last-use.ts';
import type { WebParts } from './parts.ts';
import type { RememberedPasswords } from './remembered.ts';
import { hashSecret } from './secrets.ts';
import type { SignInJournal } from './sign-in-journal.ts';
import type { SignInThrottle } from './throttle.ts';

/** What signing in by password needs besides the parts. */
export interface SignInTools extends WebParts {
  readonly throttle: SignInThrottle;
  readonly remembered: RememberedPasswords;
  readonly inFlight: TriesInFlight;
  readonly journal: SignInJournal;
}

/** An address with a password, and where it was sent from. */
export interface Credential {
  readonly address: string;
  readonly password: string;
  readonly remoteAddress: string;
}

/** Longest password that is looked at: what is longer is wrong, and costs nothing to say so. */
const maxPassword = 1024;
const maxAddress = 320;

/**
 * Who this is: an app password when `allowAppPassword`, else the account password where there is no second factor.
 * An unknown account costs the time of a known one. Throws `tooManyAttempts` with `fields.retryAfterSeconds`,
 * `badCredentials`.
 */
export async function signIn(
  credential: Credential,
  { allowAppPassword }: { allowAppPassword: boolean },
  tools: SignInTools,
): Promise<Caller> {
  const { address, password } = credential;
  const isPossible = password.length <= maxPassword && address.length <= maxAddress;
  const account = isPossible ? await openAccount(address, tools) : null;
  // 128 random bits can't be guessed, so somebody else's guesses must not lock an app password out.
  const appPassword = account && allowAppPassword ? await findAppPassword(account, password, tools) : null;
  if (account && appPassword) {
    const means = 'appPassword';
    await tools.journal.good(account, { means, id: appPassword.id }, credential.remoteAddress);
    return { account, means, sessionId: null, grant: { kind: means, id: appPassword.id } };
  }
  if (isPossible) await tools.inFlight.once(credential, () => tryPassword(account, credential, tools));
  if (!account) throw new DeliveryError('badCredentials');
  const grant = await passwordGrant(account, tools);
  return { account, means: 'password', sessionId: null, grant };
}

/** One counted try. Resolves when the password is good. One that was good a moment ago is not counted. */
async function tryPassword(
  account: Account | null,
  { address, password, remoteAddress }: Credential,
  tools: SignInTools,
): Promise<void> {
  const { throttle, remembered, journal } = tools;
  const hash = account ? await passwordHashOf(account, tools) : null;
  if (account && hash !== null && remembered.isGood(account.id, password, hash)) return;
  const subject = account?.id ?? normalizeAddress(address);
  const wait = throttle.waitSeconds(subject, remoteAddress);
  if (wait > 0) {
    throw new DeliveryError('tooManyAttempts', undefined, { fields: { retryAfterSeconds: wait } });
  }
  throttle.begin(subject, remoteAddress);
  if (!(await verifyPassword(password, hash))) {
    if (account) await journal.failed(account, remoteAddress);
    throw new DeliveryError('badCredentials');
  }
  throttle.succeeded(subject, remoteAddress);
  if (account && hash !== null) remembered.remember(account.id, password, hash);
}

/** Equal tries at once are one try: a client opens with several requests, and each must not count. */
export class TriesInFlight {
  readonly #running = new Map<string, Promise<void>>();

  once({ address, password, remoteAddress }: Credential, work: () => Promise<void>): Promise<void> {
    const key = JSON.stringify([address, password, remoteAddress]);
    const running = this.#running.get(key);
    if (running) return running;
    const started = work().finally(() => this.#running.delete(key));
    this.#running.set(key, started);
    return started;
  }
}

async function openAccount(address: string, { store }: WebParts): Promise<Account | null> {
  const account = await store.getAccountByAddress(address);
  return account?.state === 'open' ? account : null;
}

async function findAppPassword(account: Account, password: string, parts: WebParts): Promise<Secret | null> {
  const { store, keyring } = parts;
  const secret = await store.findSecret('appPassword', hashSecret('appPassword', password, keyring));
  if (secret?.accountId !== account.id) return null;
  await noteUse(secret, parts);
  return secret;
}

/** The hash that the account password is held against; null where it alone doesn't open the account. */
async function passwordHashOf(account: Account, { store }: Pick<WebParts, 'store'>): Promise<string | null> {
  const credentials = await store.getCredentials(account.id);
  return credentials?.secondFactor ? null : (credentials?.passwordHash ?? null);
}

/** The account password as it is now: a new one is another grant. */
export async function passwordGrant(account: Account, parts: Pick<WebParts, 'store'>): Promise<Grant> {
  const hash = await passwordHashOf(account, parts);
  return {
    kind: 'password',
    id: createHash('sha256')
      .update(hash ?? '')
      .digest('base64url'),
  };
}
