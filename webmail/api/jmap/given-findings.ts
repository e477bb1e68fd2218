import type { Decrypted } from '../../../delivery/crypto/findings.ts';
import type { Session } from '../../../delivery/delivery.ts';
import { normalizeAddress } from '../../../delivery/message/address.ts';
import type { Message } from '../../../delivery/message/shape.ts';
import { messageFacts, messageSources } from '../../../delivery/privacy/collect.ts';
import { keptIndex } from '../../../delivery/privacy/index.ts';
import type { KeptIndex } from '../../../delivery/privacy/shape.ts';
import type { Findings, NewEmail, Owner, Summary } from '../../../delivery/store/store.ts';
import type { MethodContext } from './method.ts';

/** A session of which nothing is known: nobody saw the message come. */
const unseen: Session = {
  source: 'trace',
  remoteAddress: null,
  remoteName: null,
  helo: null,
  tls: undefined,
  authenticatedUser: null,
};

/** Findings of a message that nobody looked at. */
export const noFindings: Findings = {
  session: null,
  reversePath: null,
  traceOctets: 0,
  trustedHops: 0,
  authentication: null,
  decrypt: null,
  score: null,
  tags: null,
  facts: {},
  failed: [],
};

/** Most participants that are looked up among the contacts. */
const maxLookedUp = 500;

/** What is found out about an imported message. */
export interface GivenFindings {
  readonly findings: Findings;
  readonly index: KeptIndex;
  /** What was encrypted in it, when the server holds the key. */
  readonly content: Message | null;
}

/**
 * Looks at an imported message as far as it can be done afterwards: its protection, its content and who takes part.
 * How it came and whether its sender is genuine stay unknown (PRIVACY-INDEX.md, rule 1).
 */
export async function examineGiven(
  message: Message,
  given: {
    readonly summary: Summary;
    readonly discussion: NewEmail['discussion'];
    readonly owner: Owner;
    readonly blobId: string;
  },
  context: MethodContext,
): Promise<GivenFindings> {
  const { store, account, opener, caller } = context;
  const known = await store.getOwnerContext(account.id, {
    addresses: addressesOf(given.summary),
    discussionKey: given.discussion.key,
  });
  const decrypted = await opener.examine(
    { caller, what: { blobId: given.blobId } },
    message,
    known.publicKeys,
  );
  const content = decrypted?.content ?? null;
  const facts = messageFacts({
    session: unseen,
    message: content ?? message,
    ...(content ? { outer: message } : {}),
    authentication: null,
    decrypt: decrypted?.findings ?? null,
    harmful: false,
    participants: given.discussion.participants,
    ownAddresses: given.owner.addresses,
    contacts: known.contacts,
    habit: known.habit,
    ...storedCopy(decrypted, context),
  });
  return {
    content,
    findings: {
      ...noFindings,
      decrypt: decrypted?.findings ?? null,
      facts,
      failed: decrypted ? [] : ['decrypt'],
    },
    index: keptIndex('message', facts, messageSources({ session: unseen })),
  };
}

function addressesOf({ originators, destinations }: Summary): string[] {
  const mailboxes = [...originators.from, ...originators.replyTo, ...destinations.to, ...destinations.cc];
  return [...new Set(mailboxes.map(({ address }) => normalizeAddress(address)))].slice(0, maxLookedUp);
}

/** Who can open the copy that is stored (PRIVACY-INDEX.md, `custody` and `storage`). */
function storedCopy(
  decrypted: Decrypted | null,
  { account }: MethodContext,
): { custody: 'client' | 'server' | 'open'; storage: 'sealed' | 'clear' } {
  if (account.custody === 'client') return { custody: 'client', storage: 'sealed' };
  const findings = decrypted?.findings;
  const isEncrypted = findings && findings.form !== 'none' && findings.encryption !== 'none';
  if (!isEncrypted) return { custody: 'open', storage: 'clear' };
  return findings.opened ? { custody: 'server', storage: 'clear' } : { custody: 'client', storage: 'sealed' };
}
