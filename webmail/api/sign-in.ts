import { verifyPassword } from '../../delivery/crypto/password.ts';
import { DeliveryError } from '../../delivery/errors.ts';
import type { Account } from '../../delivery/store/store.ts';
import type { Caller } from './caller.ts';
import type { WebParts } from './parts.ts';
import type { RememberedPasswords } from './remembered.ts';
import { hashSecret } from './secrets.ts';
import type { SignInThrottle } from './throttle.ts';

/** What signing in by password needs besides the parts. */
export interface SignInTools extends WebParts {
  readonly throttle: SignInThrottle;
  readonly remembered: RememberedPasswords;
  readonly inFlight: TriesInFlight;
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
  if (account && allowAppPassword && (await isAppPassword(account, password, tools))) {
    return { account, means: 'appPassword', sessionId: null };
  }
  if (isPossible) await tools.inFlight.once(credential, () => tryPassword(account, credential, tools));
  if (!account) throw new DeliveryError('badCredentials');
  return { account, means: 'password', sessionId: null };
}

/** One counted try. Resolves when the password is good. */
async function tryPassword(
  account: Account | null,
  { address, password, remoteAddress }: Credential,
  tools: SignInTools,
): Promise<void> {
  const wait = tools.throttle.waitSeconds(address, remoteAddress);
  if (wait > 0) {
    throw new DeliveryError('tooManyAttempts', undefined, { fields: { retryAfterSeconds: wait } });
  }
  tools.throttle.begin(address, remoteAddress);
  if (!(await isAccountPassword(account, password, tools))) throw new DeliveryError('badCredentials');
  tools.throttle.succeeded(address, remoteAddress);
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

async function isAppPassword(
  account: Account,
  password: string,
  { store, keyring, clock }: WebParts,
): Promise<boolean> {
  const secret = await store.findSecret('appPassword', hashSecret('appPassword', password, keyring));
  if (secret?.accountId !== account.id) return false;
  await store.touchSecret(account.id, secret.id, clock.now());
  return true;
}

async function isAccountPassword(
  account: Account | null,
  password: string,
  { store, remembered }: SignInTools,
): Promise<boolean> {
  const credentials = account ? await store.getCredentials(account.id) : null;
  const hash = credentials?.secondFactor ? null : (credentials?.passwordHash ?? null);
  if (account && hash !== null && remembered.isGood(account.id, password, hash)) return true;
  const isGood = await verifyPassword(password, hash);
  if (isGood && account && hash !== null) remembered.remember(account.id, password, hash);
  return isGood;
}
