import { discussionOf, threadOf } from '../../../delivery/discussions/discussion.ts';
import { DeliveryError } from '../../../delivery/errors.ts';
import type { Email, NewEmail } from '../../../delivery/store/store.ts';
import { readBlobId } from '../blob-id.ts';
import type { GivenJob } from '../read-given.ts';
import { readMessage } from '../read-job.ts';
import { invalidProperties, SetError } from './errors.ts';
import { examineGiven, givenFindings, noFindings } from './given-findings.ts';
import { noteReply } from './junk-acts.ts';
import { tagsById } from './mailbox.ts';
import type { MethodContext } from './method.ts';
import { learnFromGiven } from './owner-acts.ts';

/** A message that its owner puts into the store: a draft, or an import. */
export interface GivenMessage {
  readonly octets: Uint8Array;
  readonly mailboxIds: readonly string[];
  readonly keywords: readonly string[];
  /** Null: when its header says, else now. */
  readonly receivedAt: Date | null;
  /** It was written elsewhere: looked at, and refused when it is here already (RFC 8621 §4.8, `alreadyExists`). */
  readonly isImport: boolean;
  /** Blobs that it was made of. */
  readonly blobIds: readonly string[];
}

/** What Email/set and Email/import tell of what they made. */
export interface CreatedEmail {
  readonly id: string;
  readonly blobId: string;
  readonly threadId: string;
  readonly size: number;
}

const keySeconds = 35 * 86_400;

/**
 * Stores the message, sealed when its owner holds the key (DESIGN.md, promise 3). Throws SetErrors `alreadyExists`,
 * `invalidProperties`, and what the store throws (`overQuota`).
 */
export async function storeGiven(given: GivenMessage, context: MethodContext): Promise<CreatedEmail> {
  const tags = await tagsById(context);
  if (given.mailboxIds.some(id => !tags.has(id))) {
    throw invalidProperties(['mailboxIds'], 'there is no such mailbox');
  }
  const { email, inReplyTo } = await newEmail(given, context);
  const { store, account } = context;
  const first = await store.deliverEmail(account.id, email);
  if (first.status === 'stored') {
    const made = await created(first.emailId, context);
    await noteReply({ ...made, inReplyTo, mailboxIds: given.mailboxIds }, context);
    await learnFromGiven(email, made.threadId, context);
    return made;
  }
  const [existing] = await store.getEmails(account.id, [first.emailId]);
  if (existing) throw new SetError('alreadyExists', undefined, { existingId: existing.id });
  // The owner had destroyed it since and wants it back.
  const again = await store.deliverEmail(account.id, { ...email, deliveryKey: null });
  return created(again.emailId, context);
}

async function created(emailId: string, { store, account }: MethodContext): Promise<CreatedEmail> {
  const [email] = await store.getEmails(account.id, [emailId]);
  if (!email) throw new DeliveryError('internal', 'a stored email is not there');
  return createdOf(email);
}

function createdOf({ id, blobId, threadId, sizeOctets }: Email): CreatedEmail {
  return { id, blobId, threadId, size: sizeOctets };
}

async function newEmail(
  given: GivenMessage,
  context: MethodContext,
): Promise<{ email: NewEmail; inReplyTo: readonly string[] }> {
  const { account, store, clock } = context;
  const { octets, isImport } = given;
  const owner = (await store.getOwner(account.id)) ?? { account, addresses: [account.address] };
  const outer = await readMessage({ kind: 'survey', octets }, context);
  const receivedAt = given.receivedAt ?? outer.lastReceived ?? clock.now();
  const discussion = discussionOf(outer.summary, owner.addresses, account.hashKey);
  const blobId = given.blobIds[0] ?? '';
  const examined = isImport
    ? await examineGiven(octets, { summary: outer.summary, discussion, owner, blobId }, context)
    : null;
  const ready = await readMessage(
    {
      kind: 'given',
      octets,
      content: examined?.content ?? null,
      evidence: examined?.evidence ?? null,
      hashKey: isImport ? account.hashKey : null,
      sealing: await sealingOf(receivedAt, context),
    },
    context,
  );
  const email = {
    deliveryKey: ready.deliveryKey,
    deliveryKeySeconds: keySeconds,
    receivedAt,
    thread: threadOf(outer.summary),
    discussion,
    tags: given.mailboxIds.map(id => ({ id })),
    keywords: given.keywords,
    takesOver: account.custody === 'client' ? uploadsOf(given) : [],
    octets: ready.sealed ?? octets,
    sealed: ready.sealed !== null,
    summary: ready.summary,
    searchText: ready.searchText,
    ...(examined ? givenFindings(examined, ready.facts) : { findings: noFindings, index: null }),
  };
  // Read before it is sealed.
  return { email, inReplyTo: outer.summary.inReplyTo };
}

/** What was uploaded in clear doesn't outlive the sealing (DESIGN.md, promise 3). */
function uploadsOf({ blobIds }: GivenMessage): string[] {
  return blobIds.flatMap(blobId => readBlobId(blobId)?.wholeId ?? []);
}

/** What the mail is sealed with when its owner alone holds the key; null when it is stored in clear. */
async function sealingOf(
  receivedAt: Date,
  { store, account, clock }: MethodContext,
): Promise<GivenJob['sealing']> {
  if (account.custody !== 'client') return null;
  const keys = await store.listPublicKeys(account.id);
  return { keys: keys.filter(({ source }) => source === 'own'), receivedAt, at: clock.now() };
}
