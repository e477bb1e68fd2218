import type { Clock } from './clock.ts';
import type { Outcome, Recipient } from './delivery.ts';
import { type ErrorCode, errorTable } from './errors.ts';
import type { PublicKey, Receiver, Store } from './store/store.ts';

/** What a door asks at RCPT and tells after a delivery. */
export interface Recipients {
  /**
   * Who owns this forward-path (no angle brackets), or why no mail of this size can be taken for it now:
   * `unknownRecipient` (the domain is ours, the mailbox is not), `relayDenied` (the domain is not ours), else a
   * temporary code. Throws `storeUnavailable`.
   */
  find(forwardPath: string, sizeOctets: number): Promise<RecipientAnswer>;
  /** Remembers owners that failed alone, so that RCPT answers 452 for them and the sender splits them off. */
  learn(recipients: readonly Recipient[], outcomes: readonly Outcome[]): void;
}

export type RecipientAnswer =
  | { readonly recipient: Recipient; readonly code: null }
  | { readonly recipient: null; readonly code: ErrorCode };

interface Failure {
  readonly code: ErrorCode;
  /** Refused at RCPT until then; after it one delivery is tried again. */
  readonly until: number;
  readonly waitSeconds: number;
}

const firstWaitSeconds = 30;
const longestWaitSeconds = 1800;
const rememberedFailures = 10_000;

/** Trouble of everybody: it says nothing about the one owner that met it. */
const commonTrouble: ReadonlySet<ErrorCode> = new Set(['storeFull', 'shuttingDown', 'tooBusy']);

type AskedStore = Pick<Store, 'findReceiver' | 'isLocalDomain' | 'listPublicKeys'>;

/** Makes the one place where both doors ask about recipients. */
export function openRecipients({ store, clock }: { store: AskedStore; clock: Clock }): Recipients {
  const failures = new Map<string, Failure>();

  async function whyNotTaken(receiver: Receiver): Promise<ErrorCode | null> {
    if (receiver.refusal) return receiver.refusal;
    if (receiver.custody === 'client' && !(await canSeal(receiver))) return 'sealingImpossible';
    const failure = failures.get(receiver.accountId);
    return failure && failure.until > clock.now().getTime() ? failure.code : null;
  }

  async function canSeal({ accountId, address }: Receiver): Promise<boolean> {
    return (await store.listPublicKeys(accountId, [address])).some(isOwnAndUsable);
  }

  return {
    async find(forwardPath, sizeOctets) {
      const receiver = await store.findReceiver(forwardPath, sizeOctets);
      if (!receiver) return { recipient: null, code: await whyUnknown(forwardPath, store) };
      const code = await whyNotTaken(receiver);
      if (code) return { recipient: null, code };
      return { recipient: { forwardPath, accountId: receiver.accountId }, code: null };
    },
    learn(recipients, outcomes) {
      recipients.forEach(({ accountId }, index) => {
        const outcome = outcomes[index];
        if (outcome?.status !== 'deferred' || commonTrouble.has(outcome.code)) failures.delete(accountId);
        else noteFailure(failures, { accountId, code: outcome.code, now: clock.now().getTime() });
      });
    },
  };
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

function isOwnAndUsable(key: PublicKey): boolean {
  return key.source === 'own' && key.state === 'usable';
}

function noteFailure(
  failures: Map<string, Failure>,
  { accountId, code, now }: { accountId: string; code: ErrorCode; now: number },
): void {
  const before = failures.get(accountId);
  const waitSeconds = before ? Math.min(before.waitSeconds * 2, longestWaitSeconds) : firstWaitSeconds;
  const told = errorTable[code].reply === 452 ? code : 'recipientUnavailable';
  failures.delete(accountId);
  failures.set(accountId, { code: told, until: now + waitSeconds * 1000, waitSeconds });
  const oldest = failures.keys().next();
  if (failures.size > rememberedFailures && !oldest.done) failures.delete(oldest.value);
}
