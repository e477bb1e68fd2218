import { createHmac } from 'node:crypto';
import { seal } from '../../../delivery/crypto/seal.ts';
import { discussionOf, threadOf } from '../../../delivery/discussions/discussion.ts';
import { DeliveryError } from '../../../delivery/errors.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import type { Message } from '../../../delivery/message/shape.ts';
import { summarize } from '../../../delivery/message/summary.ts';
import { searchText } from '../../../delivery/search/terms.ts';
import type { Email, NewEmail } from '../../../delivery/store/store.ts';
import { readBlobId } from '../blob-id.ts';
import { armorOf } from './email-view.ts';
import { invalidProperties, SetError } from './errors.ts';
import { examineGiven, noFindings } from './given-findings.ts';
import { tagsById } from './mailbox.ts';
import type { MethodContext } from './method.ts';

/** A message that its owner puts into the store: a draft, or an import. */
export interface GivenMessage {
  readonly octets: Uint8Array;
  readonly mailboxIds: readonly string[];
  readonly keywords: readonly string[];
  readonly receivedAt: Date;
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
  const email = await newEmail(given, context);
  const { store, account } = context;
  const first = await store.deliverEmail(account.id, email);
  if (first.status === 'stored') return created(first.emailId, context);
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

async function newEmail(given: GivenMessage, context: MethodContext): Promise<NewEmail> {
  const { account, store } = context;
  const owner = (await store.getOwner(account.id)) ?? { account, addresses: [account.address] };
  const message = parseMessage(given.octets);
  const outer = summarize(message);
  const discussion = discussionOf(outer, owner.addresses, account.hashKey);
  const examined = given.isImport
    ? await examineGiven(
        message,
        { summary: outer, discussion, owner, blobId: given.blobIds[0] ?? '' },
        context,
      )
    : null;
  return {
    deliveryKey: given.isImport ? importKey(given.octets, account.hashKey) : null,
    deliveryKeySeconds: keySeconds,
    receivedAt: given.receivedAt,
    thread: threadOf(outer),
    discussion,
    tags: given.mailboxIds.map(id => ({ id })),
    keywords: given.keywords,
    findings: examined?.findings ?? noFindings,
    index: examined?.index ?? null,
    takesOver: account.custody === 'client' ? uploadsOf(given) : [],
    ...(await storedBody(given, { message, content: examined?.content ?? null }, context)),
  };
}

/** What was uploaded in clear doesn't outlive the sealing (DESIGN.md, promise 3). */
function uploadsOf({ blobIds }: GivenMessage): string[] {
  return blobIds.flatMap(blobId => readBlobId(blobId)?.wholeId ?? []);
}

/** As a delivery stores it: sealed and unsearchable, or in clear with the words of what the server may open. */
async function storedBody(
  given: GivenMessage,
  { message, content }: { message: Message; content: Message | null },
  context: MethodContext,
): Promise<Pick<NewEmail, 'octets' | 'sealed' | 'summary' | 'searchText'>> {
  const summary = summarize(content ?? message);
  if (context.account.custody === 'client') {
    const octets = await sealed(given, context);
    return { octets, sealed: true, summary: { ...summary, subject: null, preview: null }, searchText: null };
  }
  const isClosed = content === null && armorOf(message) !== null;
  return {
    octets: given.octets,
    sealed: false,
    summary: isClosed ? { ...summary, preview: null } : summary,
    searchText: searchText(summary, content ?? message),
  };
}

async function sealed({ octets, receivedAt }: GivenMessage, context: MethodContext): Promise<Uint8Array> {
  const { store, account, clock } = context;
  const keys = await store.listPublicKeys(account.id);
  const own = keys.filter(({ source }) => source === 'own');
  return seal(octets, own, { receivedAt, at: clock.now() });
}

/** Apart from the keys of deliveries: a copy that came by mail and one that was imported are two. */
function importKey(octets: Uint8Array, hashKey: Uint8Array): Uint8Array {
  return createHmac('sha256', hashKey).update('import\0').update(octets).digest();
}
