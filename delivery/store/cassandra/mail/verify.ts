import type { StoreFault } from '../../store.ts';
import { findAccount } from '../directory/rows.ts';
import type { ReadParts } from './reads.ts';
import { blockSuspicions } from './verify-blocks.ts';
import { miscounted, missingBuckets, readCounted } from './verify-buckets.ts';
import { chunkLeftovers, type EmailLog, readEmailLog } from './verify-chunks.ts';
import { confirmed, type Suspicion } from './verify-fault.ts';
import { LinkNames, linkLeftovers, linkSuspicions } from './verify-links.ts';
import { allAccountIds, directoryOfAccount, directorySuspicions } from './verify-lists.ts';
import { contactSuspicions, keySuspicions } from './verify-personal.ts';
import { publishedOfAccount, publishedSuspicions } from './verify-published.ts';
import { damagedEmails, detailSuspicions, type Place, rowLeftovers, type TimedRow } from './verify-rows.ts';
import { stateSuspicions } from './verify-states.ts';
import { tagLeftovers } from './verify-tags.ts';

/** How a walk looks. */
export interface WalkOptions {
  /** Reads the octets of every email, too: they are the truth, and can't be made anew. */
  readonly withOctets: boolean;
}

/** Faults of the whole store, or of one account. */
export async function* verifyStore(
  parts: ReadParts,
  accountId: string | undefined,
): AsyncGenerator<StoreFault> {
  for await (const suspicion of walkStore(parts, accountId, { withOctets: true })) yield toFault(suspicion);
}

/** The fault in the words of the contract. */
export function toFault({ accountId, kind, detail }: Suspicion): StoreFault {
  return { accountId, kind, detail };
}

/** Faults of one account's mail, bucket by bucket. */
export async function* verifyAccount(parts: ReadParts, accountId: string): AsyncGenerator<StoreFault> {
  for await (const suspicion of walkMail(parts, accountId, { withOctets: true })) yield toFault(suspicion);
}

/** What is wrong, confirmed: the directory, then account by account. */
export async function* walkStore(
  parts: ReadParts,
  accountId: string | undefined,
  options: WalkOptions,
): AsyncGenerator<Suspicion> {
  if (accountId !== undefined) {
    yield* walkAccount(parts, accountId, options);
    return;
  }
  for await (const some of directorySuspicions(parts.context)) yield* await confirmed(some);
  for await (const some of publishedSuspicions(parts.context)) yield* await confirmed(some);
  for await (const id of allAccountIds(parts.context)) yield* walkAccount(parts, id, options);
}

async function* walkAccount(
  parts: ReadParts,
  accountId: string,
  options: WalkOptions,
): AsyncGenerator<Suspicion> {
  const { context } = parts;
  yield* await confirmed(await directoryOfAccount(context, accountId));
  // What is left of an account that is being made or removed goes with that.
  if (!(await findAccount(context.session, accountId))) return;
  yield* await confirmed(await keySuspicions(context, accountId));
  yield* await confirmed(await contactSuspicions(context, accountId));
  yield* await confirmed(await stateSuspicions(context, accountId));
  yield* await confirmed(await publishedOfAccount(context, accountId));
  yield* walkMail(parts, accountId, options);
}

/** The same of an account's mail. */
export async function* walkMail(
  parts: ReadParts,
  accountId: string,
  options: WalkOptions,
): AsyncGenerator<Suspicion> {
  const { context, buckets, emails } = parts;
  const listed = await buckets.list(accountId);
  yield* await confirmed(await missingBuckets(context, accountId, listed));
  const names = new LinkNames();
  const log = await readEmailLog(context, accountId);
  // Whoever mends has listed those that were missing by now.
  for (const { bucket } of await buckets.list(accountId)) {
    const place = { accountId, bucket };
    yield* await confirmed(await bucketSuspicions(parts, place, { ...options, names, log }));
    yield* await confirmed(await blockSuspicions(context, place, { isDeep: true }));
  }
  for (const threadId of log.destroyed.values()) if (threadId) names.addThread(threadId);
  for await (const some of linkLeftovers(context, { accountId, emails }, names)) yield* await confirmed(some);
  for await (const some of chunkLeftovers(context, { accountId, emails }, log)) yield* await confirmed(some);
}

async function bucketSuspicions(
  parts: ReadParts,
  place: Place,
  { withOctets, names, log }: WalkOptions & { readonly names: LinkNames; readonly log: EmailLog },
): Promise<Suspicion[]> {
  const { context, buckets, tags } = parts;
  const { rows, leftovers, isMiscounted } = await readCounted(context, place);
  const twice = rows.flatMap(({ row }) => (names.ids.has(row.id) ? [inTwo(place, row.id)] : []));
  for (const { row } of rows) names.add(row);
  return [
    ...twice,
    ...(isMiscounted ? [miscounted(context, place, buckets)] : []),
    ...rowLeftovers(context, place, leftovers),
    ...(await detailSuspicions(context, place, { rows, log })),
    ...(withOctets ? await damagedEmails(context, place, rows) : []),
    ...(await linkSuspicions(context, place, rows)),
    ...(await tagLeftovers(context, { place, tags }, rows)),
  ];
}

/** An id is written to the bucket that its claim names, and to no other. */
function inTwo({ accountId }: Place, id: TimedRow['row']['id']): Suspicion {
  return { kind: 'emailTwice', accountId, detail: id, isStill: async () => true, mend: null };
}
