import { DeliveryError } from '../../../errors.ts';
import { emailId, randomText, tailLength } from '../../ids.ts';
import { type Account, type NewEmail, tagRoles } from '../../store.ts';
import { messageKey, newThread, threadGivers, threadId } from '../../thread-names.ts';
import type { CassandraContext } from '../context.ts';
import { monthOfEmail, monthOfInstant } from './bucket.ts';
import { type Buckets, slowMilliseconds } from './buckets.ts';
import { type Claim, claimKey, type DeliveryKey, findClaim, isGone } from './claim.ts';
import { type Emails, messageLink } from './emails.ts';
import { type LogLine, logBucket, logStatement } from './log.ts';
import { detailStatement, emailStatement, headOf, linkStatements, type NewRow } from './new-row.ts';
import { type PackedOctets, packOctets, writeChunks } from './packed.ts';
import type { Places } from './places.ts';
import type { Placing } from './placing.ts';
import type { Head } from './row.ts';
import type { UnderWay } from './under-way.ts';

/** What a delivery needs besides the rows of mail. */
export interface DeliverParts {
  readonly context: CassandraContext;
  readonly buckets: Buckets;
  readonly placing: Placing;
  readonly emails: Emails;
  readonly places: Places;
  readonly underWay: UnderWay;
  /** Octets that an account holds, uploads included. */
  readonly heldOctets: (accountId: string) => Promise<number>;
  /** Those of these ids that are tags of the account. */
  readonly knownTags: (accountId: string, ids: readonly string[]) => Promise<readonly string[]>;
  readonly dropUploads: (accountId: string, blobIds: readonly string[]) => Promise<void>;
  /** The bucket has an email that its index has not. */
  readonly noteIndexed: (accountId: string, bucket: number) => void;
  readonly tell: (accountId: string, line: LogLine) => void;
}

export interface DeliverResult {
  readonly emailId: string;
  readonly status: 'stored' | 'duplicate';
}

/**
 * `Mail.deliverEmail`. The order of writes makes every crash harmless: first the claim of the delivery key, which names
 * the email; with it what only points to the email (announcement, links, chunks of a big body); last, in one mutation,
 * the email's row, its texts and octets, and its line of the log. What points to nothing is passed over by all readers,
 * and the sender's next try writes the same cells again.
 */
export async function deliverEmail(
  parts: DeliverParts,
  accountId: string,
  email: NewEmail,
): Promise<DeliverResult> {
  const delivery = deliver(parts, accountId, email);
  parts.underWay.note(accountId, email.thread.messageId, delivery);
  return await delivery;
}

async function deliver(parts: DeliverParts, accountId: string, email: NewEmail): Promise<DeliverResult> {
  const key = keyOf(accountId, email);
  const prepared = await prepare(parts, accountId, email, key);
  if (!prepared.claim) await requireTaken(parts, prepared.account, email);
  const wanted = prepared.claim ?? (await newClaim(parts, accountId, email));
  const isNew = prepared.claim === null;
  if (!isNew && (await isDelivered(parts, accountId, wanted, key))) {
    await parts.dropUploads(accountId, email.takesOver ?? []);
    return { emailId: wanted.emailId, status: 'duplicate' };
  }
  if (!isNew) await requireTaken(parts, prepared.account, email);
  const claim = isNew && key ? await claimKey(parts.context, key, wanted) : wanted;
  const isOwn = isNew && claim.emailId === wanted.emailId;
  if (isOwn || !(await isDeliveredSoon(parts, accountId, claim, key)))
    await write(parts, { ...prepared, accountId, email, claim });
  await parts.dropUploads(accountId, email.takesOver ?? []);
  return { emailId: claim.emailId, status: isOwn ? 'stored' : 'duplicate' };
}

function keyOf(accountId: string, { deliveryKey, deliveryKeySeconds }: NewEmail): DeliveryKey | null {
  return deliveryKey && { accountId, key: deliveryKey, seconds: deliveryKeySeconds };
}

interface Prepared {
  readonly account: Account;
  readonly claim: Claim | null;
  readonly thread: string;
  readonly tagIds: readonly string[];
}

/** All that is read before the first write, at once. */
async function prepare(
  parts: DeliverParts,
  accountId: string,
  email: NewEmail,
  key: DeliveryKey | null,
): Promise<Prepared> {
  const asked = email.tags.flatMap(tag => ('id' in tag ? [tag.id] : []));
  const underWay = parts.underWay.waitFor(accountId, threadGivers(email.thread));
  const accountRow = parts.emails.account(accountId);
  const [account, claim, known, thread] = await Promise.all([
    accountRow,
    key ? findClaim(parts.context, key) : null,
    asked.length > 0 ? parts.knownTags(accountId, asked) : ([] as string[]),
    accountRow.then(async found => {
      await underWay;
      return await threadOf(parts.context, found, email.thread);
    }),
    // Known in memory by the time it is needed.
    parts.placing.load(accountId, monthOfInstant(email.receivedAt)),
  ]);
  const wanted = new Set(email.tags.map(tag => ('id' in tag ? tag.id : tag.role)));
  const tagIds = [...wanted].filter(id => known.includes(id) || isRole(id));
  return { account, claim, thread, tagIds: tagIds.length > 0 ? tagIds : ['inbox'] };
}

function isRole(id: string): boolean {
  return (tagRoles as readonly string[]).includes(id);
}

/** The thread of a new email (`threadGivers`, `newThread`). */
async function threadOf(
  { session }: CassandraContext,
  account: Account,
  thread: NewEmail['thread'],
): Promise<string> {
  const givers = await Promise.all(
    threadGivers(thread).map(identifier => {
      const key = messageKey(account.hashKey, identifier);
      if (key === null) return undefined;
      const cql = 'select value from link where account = ? and name = ? order by id asc limit 1';
      return session.row<{ value: string }>(cql, [account.id, messageLink(key)]);
    }),
  );
  return givers.find(giver => giver !== undefined)?.value ?? threadId(newThread(account.hashKey, thread));
}

/**
 * Throws when the account does not take the email as it stands now: what was known while it was judged may have
 * changed, and an owner whose key is on their own devices gets nothing in clear (DESIGN.md, promise 3).
 */
async function requireTaken(
  { heldOctets }: DeliverParts,
  account: Account,
  { octets, sealed }: NewEmail,
): Promise<void> {
  const fields = { accountId: account.id };
  if (account.state !== 'open')
    throw new DeliveryError('recipientUnavailable', 'the account is closed', { fields });
  if (account.custody === 'client' && !sealed)
    throw new DeliveryError('sealingImpossible', 'the account takes sealed mail alone', { fields });
  if (account.quotaOctets === null) return;
  if ((await heldOctets(account.id)) + octets.byteLength > account.quotaOctets)
    throw new DeliveryError('overQuota', 'over quota', { fields });
}

/** A new id at the next free place of this process, in the bucket that takes emails of its month. */
async function newClaim(
  { placing, places }: DeliverParts,
  accountId: string,
  email: NewEmail,
): Promise<Claim> {
  const place = places.next(accountId, email.receivedAt.getTime());
  const id = emailId(place, randomText(tailLength));
  return { emailId: id, bucket: await placing.place(accountId, monthOfEmail(id) ?? 0) };
}

/** Whether the claimed email is there, or was and its owner destroyed it. */
async function isDelivered(
  { context }: DeliverParts,
  accountId: string,
  { emailId: id, bucket }: Claim,
  key: DeliveryKey | null,
): Promise<boolean> {
  const row = await context.session.row<{ head: string | null }>(
    'select head from email where account = ? and bucket = ? and id = ?',
    [accountId, bucket, id],
  );
  if (row?.head) return true;
  return key !== null && (await isGone(context, accountId, key.key, id));
}

/** How often, and how long in between, a process waits for another that delivers the same at this moment. */
const waits = { count: 5, milliseconds: 40 };

/** The same a little later: whoever claimed the key is writing, or has died. */
async function isDeliveredSoon(
  parts: DeliverParts,
  accountId: string,
  claim: Claim,
  key: DeliveryKey | null,
): Promise<boolean> {
  for (let count = 0; count < waits.count; count++) {
    if (await isDelivered(parts, accountId, claim, key)) return true;
    await new Promise(resolve => setTimeout(resolve, waits.milliseconds));
  }
  return await isDelivered(parts, accountId, claim, key);
}

async function write(parts: DeliverParts, writing: NewRow): Promise<void> {
  const { context, buckets } = parts;
  const { accountId, claim, email, thread, tagIds } = writing;
  const head = headOf(writing);
  const packed = packOctets(email.octets);
  const began = performance.now();
  const announcement = buckets.announce(accountId, claim.bucket);
  await Promise.all([
    context.session.together([...(announcement ? [announcement] : []), ...linkStatements(writing, head)]),
    writeChunks(context, { accountId, id: claim.emailId }, packed.chunks),
  ]);
  if (announcement) buckets.noteAnnounced(accountId, claim.bucket, began);
  const line: LogLine = {
    class: isDelivery(email, tagIds) ? 'delivered' : 'membership',
    kind: 'created',
    object: claim.emailId,
    thread,
    tags: tagIds,
  };
  await writeTruth(context, writing, { head, packed, line });
  if (performance.now() - began > slowMilliseconds) await tellAgain(parts, writing, line);
  parts.noteIndexed(accountId, claim.bucket);
  parts.tell(accountId, line);
}

/** Own drafts and sent mail are no news to their owner (RFC 8621 §1.5). */
function isDelivery({ keywords }: NewEmail, tagIds: readonly string[]): boolean {
  return !keywords.includes('$draft') && tagIds.some(tag => tag !== 'drafts' && tag !== 'sent');
}

/** One mutation for mail of this month: the others need a second one for the log, and are written by both or none. */
async function writeTruth(
  context: CassandraContext,
  writing: NewRow,
  { head, packed, line }: { head: Head; packed: PackedOctets; line: LogLine },
): Promise<void> {
  const { accountId, claim } = writing;
  const statements = [
    emailStatement(writing, head),
    detailStatement(writing, packed),
    logStatement(context, accountId, line),
  ];
  const isLogged = claim.bucket !== logBucket(context.clock.now());
  await context.session.together(statements, { isLogged });
}

/** A write that has waited long carries an instant that readers may have passed: it is told anew, with a fresh one. */
async function tellAgain(
  { context, buckets }: DeliverParts,
  { accountId, claim }: NewRow,
  line: LogLine,
): Promise<void> {
  await buckets.announceAgain(accountId, [claim.bucket]);
  await context.session.together([logStatement(context, accountId, line)]);
}
