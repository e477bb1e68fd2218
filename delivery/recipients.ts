import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Outcome, Recipient } from './delivery.ts';
import { type ErrorCode, errorTable } from './errors.ts';
import type { Log } from './log.ts';
import type { PublicKey, Receiver, Store } from './store/store.ts';

/** What a door asks at RCPT and tells after a delivery. */
export interface Recipients {
  /**
   * Who owns this forward-path (no angle brackets), or why no mail of this size can be taken for it now:
   * `unknownRecipient` (the domain is ours, the mailbox is not), `relayDenied` (the domain is not ours), else a
   * temporary code. Throws `storeUnavailable`.
   */
  find(forwardPath: string, asked: { sizeOctets: number; reversePath: string }): Promise<RecipientAnswer>;
  /**
   * Told by a door that has one reply for all: remembers the owners that kept the others' sender waiting, so that
   * RCPT answers 452 for them when this sender comes again, and it splits them off.
   */
  learn(reversePath: string, recipients: readonly Recipient[], outcomes: readonly Outcome[]): void;
}

export type RecipientAnswer =
  | { readonly recipient: Recipient; readonly code: null }
  | { readonly recipient: null; readonly code: ErrorCode };

interface Failure {
  readonly code: ErrorCode;
  /** Refused at RCPT until then; after it one delivery is tried again. */
  readonly until: number;
}

/** Senders try again after minutes, and split a message when RCPT tells one recipient apart. */
const rememberedSeconds = 3600;
/** Once told, the sender has split it: its next try, for that recipient alone, is a delivery again. */
const toldSeconds = 60;
const keylessSeconds = 60;
const mostRemembered = 10_000;

/** Trouble of everybody: it says nothing about the one owner that met it. */
const commonTrouble: ReadonlySet<ErrorCode> = new Set(['storeFull', 'shuttingDown', 'tooBusy']);

/** A file of SQLite can be damaged for some owners alone; a cluster that can't be reached is everybody's trouble. */
function isCommon(code: ErrorCode, { store }: RecipientSettings): boolean {
  return commonTrouble.has(code) || (store === 'cassandra' && code === 'storeUnavailable');
}

type RecipientSettings = Pick<Config, 'postmaster'> & Partial<Pick<Config, 'store'>>;

type AskedStore = Pick<Store, 'findReceiver' | 'isLocalDomain' | 'listPublicKeys'>;

/**
 * Makes the one place where both doors ask about recipients. `postmaster` is the address of the account that takes
 * mail for `postmaster` where there is no such mailbox (RFC 5321 §4.5.1), empty for nobody.
 */
export function openRecipients({
  store,
  clock,
  config,
  log,
}: {
  store: AskedStore;
  clock: Clock;
  config: RecipientSettings;
  log: Log;
}): Recipients {
  const failures = new Map<string, Failure>();
  /** Accounts without a key, and until when that is told. */
  const keyless = new Map<string, number>();

  async function whyNotTaken(receiver: Receiver, reversePath: string): Promise<ErrorCode | null> {
    if (receiver.refusal) return receiver.refusal;
    if (receiver.custody === 'client' && !(await canSealFor(receiver, store))) {
      tellKeyless(receiver);
      return 'sealingImpossible';
    }
    const pair = pairOf(receiver.accountId, reversePath);
    const failure = failures.get(pair);
    const now = clock.now().getTime();
    if (!failure || failure.until <= now) return null;
    failures.set(pair, { ...failure, until: Math.min(failure.until, now + toldSeconds * 1000) });
    return failure.code;
  }

  /** The sender alone is answered, and tries again for days: whoever runs this hears of it, once a minute. */
  function tellKeyless({ accountId }: Receiver): void {
    const now = clock.now().getTime();
    if ((keyless.get(accountId) ?? 0) > now) return;
    remember(keyless, accountId, now + keylessSeconds * 1000);
    const todo = 'caliopen doctor names the account; caliopen keys import gives it its public key';
    log.warn({ accountId, todo }, 'recipientWithoutKey');
  }

  async function receiverOf(forwardPath: string, sizeOctets: number): Promise<Receiver | null> {
    const receiver = await store.findReceiver(forwardPath, sizeOctets);
    if (receiver || !config.postmaster || !/^postmaster(@|$)/i.test(forwardPath)) return receiver;
    if ((await whyUnknown(forwardPath, store)) === 'relayDenied') return null;
    return store.findReceiver(config.postmaster, sizeOctets);
  }

  return {
    async find(forwardPath, { sizeOctets, reversePath }) {
      const receiver = await receiverOf(forwardPath, sizeOctets);
      if (!receiver) return { recipient: null, code: await whyUnknown(forwardPath, store) };
      const code = await whyNotTaken(receiver, reversePath);
      if (code) return { recipient: null, code };
      return { recipient: { forwardPath, accountId: receiver.accountId }, code: null };
    },
    learn(reversePath, recipients, outcomes) {
      const isSplittable = outcomes.some(outcome => outcome.status !== 'deferred');
      recipients.forEach(({ accountId }, index) => {
        const outcome = outcomes[index];
        const pair = pairOf(accountId, reversePath);
        failures.delete(pair);
        if (!isSplittable || outcome?.status !== 'deferred' || isCommon(outcome.code, config)) return;
        remember(failures, pair, {
          code: toldAs(outcome.code),
          until: clock.now().getTime() + rememberedSeconds * 1000,
        });
      });
    },
  };
}

/** One sender's trouble with one owner: it closes the mailbox to nobody else. */
function pairOf(accountId: string, reversePath: string): string {
  return `${accountId} ${reversePath.toLowerCase()}`;
}

async function whyUnknown(
  forwardPath: string,
  store: Pick<Store, 'isLocalDomain'>,
): Promise<'unknownRecipient' | 'relayDenied'> {
  const domain = forwardPath.slice(forwardPath.lastIndexOf('@') + 1);
  // `postmaster` without a domain (RFC 5321 §4.1.1.3) is ours to know.
  if (!forwardPath.includes('@') || (await store.isLocalDomain(domain))) return 'unknownRecipient';
  return 'relayDenied';
}

/** Whether mail for an account of custody `client` can be encrypted to it. */
export async function canSealFor(
  { accountId, address }: Pick<Receiver, 'accountId' | 'address'>,
  store: Pick<Store, 'listPublicKeys'>,
): Promise<boolean> {
  return (await store.listPublicKeys(accountId, [address])).some(isOwnAndUsable);
}

function isOwnAndUsable(key: PublicKey): boolean {
  return key.source === 'own' && key.state === 'usable';
}

function toldAs(code: ErrorCode): ErrorCode {
  return errorTable[code].reply === 452 ? code : 'recipientUnavailable';
}

function remember<T>(known: Map<string, T>, name: string, value: T): void {
  known.set(name, value);
  const oldest = known.keys().next();
  if (known.size > mostRemembered && !oldest.done) known.delete(oldest.value);
}
