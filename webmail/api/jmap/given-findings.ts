import type { Decrypted } from '../../../delivery/crypto/findings.ts';
import { unseenSession } from '../../../delivery/delivery.ts';
import { normalizeAddress } from '../../../delivery/message/address.ts';
import type { Message } from '../../../delivery/message/shape.ts';
import { messageSources } from '../../../delivery/privacy/collect.ts';
import { keptIndex } from '../../../delivery/privacy/index.ts';
import type { Facts, KeptIndex } from '../../../delivery/privacy/shape.ts';
import type { Findings, NewEmail, Owner, Summary } from '../../../delivery/store/store.ts';
import type { GivenJob } from '../read-given.ts';
import type { MethodContext } from './method.ts';

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

/** What is known of an imported message and its owner. */
export interface GivenEvidence {
  readonly evidence: NonNullable<GivenJob['evidence']>;
  /** What was encrypted in it, when the server holds the key. */
  readonly content: Message | null;
}

/**
 * Looks at an imported message as far as it can be done afterwards: its protection, its content and who takes part.
 * How it came and whether its sender is genuine stay unknown (PRIVACY-INDEX.md, rule 1).
 */
export async function examineGiven(
  octets: Uint8Array,
  given: {
    readonly summary: Summary;
    readonly discussion: NewEmail['discussion'];
    readonly owner: Owner;
    readonly blobId: string;
  },
  context: MethodContext,
): Promise<GivenEvidence> {
  const { store, account, opener, caller } = context;
  const known = await store.getOwnerContext(account.id, {
    addresses: addressesOf(given.summary),
    discussionKey: given.discussion.key,
  });
  const decrypted = await opener.examine(
    { caller, what: { blobId: given.blobId } },
    octets,
    known.publicKeys,
  );
  return {
    content: decrypted?.content ?? null,
    evidence: {
      session: unseenSession,
      authentication: null,
      decrypt: decrypted?.findings ?? null,
      harmful: false,
      participants: given.discussion.participants,
      ownAddresses: given.owner.addresses,
      contacts: known.contacts,
      habit: known.habit,
      ...storedCopy(decrypted, context),
    },
  };
}

/** What is kept of it. */
export function givenFindings(
  { evidence: { decrypt } }: GivenEvidence,
  facts: Facts,
): { findings: Findings; index: KeptIndex } {
  return {
    findings: { ...noFindings, decrypt, facts, failed: decrypt ? [] : ['decrypt'] },
    index: keptIndex('message', facts, messageSources({ session: unseenSession })),
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
