import { DeliveryError } from '../../../errors.ts';
import { emailId, randomText, tailLength } from '../../ids.ts';
import { type Account, type NewEmail, tagRoles } from '../../store.ts';
import { messageKey, newThread, threadGivers, threadId } from '../../thread-names.ts';
import type { CassandraContext } from '../context.ts';
import type { Statement } from '../session.ts';
import { monthOfEmail, monthOfInstant } from './bucket.ts';
import { type Buckets, slowMilliseconds } from './buckets.ts';
import { type Claim, claimedAt, claimKey, type DeliveryKey, findClaim, isGone } from './claim.ts';
import { type Emails, messageLink } from './emails.ts';
import type { LogLine } from './log.ts';
import { detailStatement, emailStatement, headOf, linkStatements, type NewRow } from './new-row.ts';
import { type PackedOctets, packOctets, writeChunks } from './packed.ts';
import type { Places } from './places.ts';
import type { Placing } from './placing.ts';
import { changedColumns, type EmailRecord, type Head, toLightRow } from './row.ts';
import type { Telling } from './telling.ts';
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
  readonly telling: Telling;
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
  const began = parts.context.session.micros();
  const prepared = await prepare(parts, accountId, email, key);
  const known = prepared.claim;
  if (known) {
    const found = await findDelivered(parts, accountId, known, key);
    if (found) return await again(parts, { accountId, email, claim: known }, found);
  }
  await requireTaken(parts, prepared.account, email);
  const wanted = known ?? (await newClaim(parts, accountId, email));
  const claim = !known && key ? await claimKey(parts.context, key, wanted) : wanted;
  const isFirst = !known && claim.emailId === wanted.emailId;
  if (isFirst || !(await isDeliveredSoon(parts, accountId, claim, key))) {
    const timestamp = isFirst ? began - firstMicros : await timeOfLate(parts, key, began);
    const generation = randomText(10);
    await write(parts, { ...prepared, accountId, email, claim, isFirst, generation, timestamp });
  }
  await dropTaken(parts, accountId, email);
  return { emailId: claim.emailId, status: isFirst ? 'stored' : 'duplicate' };
}

/**
 * An email's cells are written with a time before its owner can have changed them, whatever the clocks say. Who writes
 * what another one has claimed takes one before that other's: of the two the first counts, however late it comes.
 */
const firstMicros = 12_000_000n;
const lateMicros = 25_000_000n;

async function timeOfLate(
  { context }: DeliverParts,
  key: DeliveryKey | null,
  began: bigint,
): Promise<bigint> {
  const at = key && (await claimedAt(context, key));
  return (at && at < began ? at : began) - lateMicros;
}

/** The email is stored: that an upload waits a day longer is no reason to say anything else. */
async function dropTaken(
  { dropUploads, context }: DeliverParts,
  accountId: string,
  { takesOver = [] }: NewEmail,
): Promise<void> {
  try {
    await dropUploads(accountId, takesOver);
  } catch (error) {
    context.log.warn({ accountId, cause: String(error) }, 'uploadsNotDropped');
  }
}

/** A sender that tries again within this time may do so because the first try was not told. */
const doubtMilliseconds = 6 * 60 * 60_000;

/**
 * The email is here already. Where the first try was cut short or applied late, its line of the log carries an instant
 * that readers have passed: it is told once more.
 */
async function again(
  parts: DeliverParts,
  { accountId, email, claim }: { accountId: string; email: NewEmail; claim: Claim },
  { row, writtenAt }: Delivered,
): Promise<DeliverResult> {
  await dropTaken(parts, accountId, email);
  const age = Date.now() - (writtenAt ?? 0);
  if (row && age < doubtMilliseconds)
    await parts.telling.tellAgain(accountId, claim.bucket, createdLine(row.id, email, row));
  return { emailId: claim.emailId, status: 'duplicate' };
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

/** An email that a claim led to; without its row when its owner has destroyed it. */
interface Delivered {
  readonly row: { readonly id: string; readonly threadId: string; readonly tagIds: readonly string[] } | null;
  /** In milliseconds. */
  readonly writtenAt: number | null;
}

/** Whether the claimed email is there, or was and its owner destroyed it; null: neither. */
async function findDelivered(
  { context }: DeliverParts,
  accountId: string,
  { emailId: id, bucket }: Claim,
  key: DeliveryKey | null,
): Promise<Delivered | null> {
  const record = await context.session.row<EmailRecord>(
    `select ${changedColumns} from email where account = ? and bucket = ? and id = ?`,
    [accountId, bucket, id],
  );
  const row = record && toLightRow(record);
  if (row) {
    const { threadId } = row.head;
    const writtenAt = record.head_at ? Number(record.head_at / 1000n) : null;
    return { row: { id, threadId, tagIds: row.tagIds }, writtenAt };
  }
  return key !== null && (await isGone(context, key, id)) ? { row: null, writtenAt: null } : null;
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
    if (await findDelivered(parts, accountId, claim, key)) return true;
    await new Promise(resolve => setTimeout(resolve, waits.milliseconds));
  }
  return (await findDelivered(parts, accountId, claim, key)) !== null;
}

async function write(parts: DeliverParts, row: NewRow): Promise<void> {
  const { context, buckets } = parts;
  const { accountId, claim, email, thread, tagIds, generation } = row;
  const head = headOf(row);
  const packed = packOctets(email.octets);
  const began = performance.now();
  const announcement = buckets.announce(accountId, claim.bucket);
  await Promise.all([
    writeHints(context, [...(announcement ? [announcement] : []), ...linkStatements(row, head)]),
    writeChunks(context, { accountId, id: claim.emailId, generation }, packed.chunks),
  ]);
  if (announcement) buckets.noteAnnounced(accountId, claim.bucket, began);
  await writeTruth(parts, row, {
    head,
    packed,
    line: createdLine(claim.emailId, email, { threadId: thread, tagIds }),
  });
  if (performance.now() - began > slowMilliseconds) await buckets.announceAgain(accountId, [claim.bucket]);
  parts.noteIndexed(accountId, claim.bucket);
}

/** What only points to the email: of many partitions, applied side by side. */
async function writeHints({ session }: CassandraContext, statements: readonly Statement[]): Promise<void> {
  await session.together(statements);
}

function createdLine(
  id: string,
  email: NewEmail,
  { threadId: thread, tagIds }: { readonly threadId: string; readonly tagIds: readonly string[] },
): LogLine {
  const isNews = isDelivery(email, tagIds);
  return { class: isNews ? 'delivered' : 'membership', kind: 'created', object: id, thread, tags: tagIds };
}

/** Own drafts and sent mail are no news to their owner (RFC 8621 §1.5). */
function isDelivery({ keywords }: NewEmail, tagIds: readonly string[]): boolean {
  return !keywords.includes('$draft') && tagIds.some(tag => tag !== 'drafts' && tag !== 'sent');
}

/** The email's row with its texts and octets is one mutation; its line of the log is part of it, or written with it. */
async function writeTruth(
  { telling, emails }: DeliverParts,
  row: NewRow,
  { head, packed, line }: { head: Head; packed: PackedOctets; line: LogLine },
): Promise<void> {
  const { accountId, claim, timestamp } = row;
  await telling.write({
    accountId,
    bucket: claim.bucket,
    timestamp,
    statements: [emailStatement(row, head), detailStatement(row, packed)],
    lines: [line],
    isThere: async () => (await emails.find(accountId, [claim.emailId])).size > 0,
  });
}
