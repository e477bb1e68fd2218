import { changeAccountState } from '../../../delivery/account-state.ts';
import { describeError } from '../../../delivery/describe-error.ts';
import { importanceStateName, readImportance, writeImportance } from '../../../delivery/importance/memory.ts';
import type { Email, NewEmail } from '../../../delivery/store/store.ts';
import { accountHash } from '../../../delivery/tags/hash.ts';
import { kindOf } from '../../../delivery/tags/kinds/kinds.ts';
import { readMemory, sourceOf, tagStateName, teachKind, writeMemory } from '../../../delivery/tags/memory.ts';
import { originOf } from '../../../delivery/tags/words.ts';
import { type ImportanceLesson, importanceLessons, lessonOf, writtenLesson } from './importance-lessons.ts';
import { tagsById } from './mailbox.ts';
import type { MethodContext } from './method.ts';
import { differenceOf, type Lesson, type OwnerAct, provenAuthor, wishesOf } from './owner-act.ts';
import { tagLessons } from './tag-lessons.ts';

/**
 * Learns from what an owner did with their mail: an automatic tag taken off, or put on, is what they want of that
 * sender or list; a tag of their own is an example of it; stars, answers and an importance set by hand say what matters.
 * What can't be learned is logged; the act itself is done.
 */
export async function learnFromActs(acts: readonly OwnerAct[], context: MethodContext): Promise<void> {
  await quietly(context, async () => {
    await learnTags([...acts.flatMap(kindLessons), ...(await tagLessons(acts, context))], context);
    const now = context.clock.now();
    const sent = await newlySent(acts, context);
    const written = sent.map(email => writtenLesson(email, now));
    await learnImportance([...importanceLessons(acts, now), ...written], context);
  });
}

/** Sent mail older than that says little of who matters today. */
const maxAgeMilliseconds = 400 * 86_400_000;
/** Emails of a thread that are looked through for the one that was answered. */
const maxInThread = 100;

/** Learns from a message that its owner has put into the store: what lies under sent mail they have written. */
export async function learnFromGiven(
  email: Pick<NewEmail, 'tags' | 'summary' | 'discussion' | 'receivedAt' | 'thread'>,
  threadId: string,
  context: MethodContext,
): Promise<void> {
  await quietly(context, async () => {
    const now = context.clock.now();
    if (now.getTime() - email.receivedAt.getTime() > maxAgeMilliseconds) return;
    const sentId = await sentTagId(context);
    if (!email.tags.some(tag => 'id' in tag && tag.id === sentId)) return;
    const answered = await answeredBy(email.thread.inReplyTo, threadId, context);
    const written = { discussionKey: email.discussion.key, summary: email.summary };
    const lessons = answered.map(one => lessonOf(one, { kind: 'answered' }, email.receivedAt));
    await learnImportance([writtenLesson(written, now), ...lessons], context);
  });
}

async function quietly({ log }: MethodContext, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.warn({ ...describeError(error) }, 'actsNotLearned');
  }
}

async function learnTags(lessons: readonly Lesson[], { store, account }: MethodContext): Promise<void> {
  if (lessons.length === 0) return;
  const hash = accountHash(account.hashKey);
  await changeAccountState(
    { accountId: account.id, name: tagStateName },
    octets => writeMemory(lessons.reduce((memory, lesson) => lesson(memory, hash), readMemory(octets))),
    { store },
  );
}

async function learnImportance(lessons: readonly ImportanceLesson[], context: MethodContext): Promise<void> {
  if (lessons.length === 0 || !(await wishesOf(context)).learnsImportance) return;
  const { store, account } = context;
  const hash = accountHash(account.hashKey);
  await changeAccountState(
    { accountId: account.id, name: importanceStateName },
    octets => {
      const before = readImportance(octets);
      const after = lessons.reduce((memory, lesson) => lesson(memory, hash), before);
      return after === before ? null : writeImportance(after);
    },
    { store },
  );
}

/** Emails that the acts have put under sent mail: drafts that were sent. */
async function newlySent(acts: readonly OwnerAct[], context: MethodContext): Promise<Email[]> {
  const moved = acts.filter(({ change }) => (change.tags?.add ?? []).length > 0);
  if (moved.length === 0) return [];
  const sentId = await sentTagId(context);
  return moved
    .filter(({ before, change }) => differenceOf(before.tagIds, change.tags).added.includes(sentId ?? ''))
    .map(({ before }) => before);
}

async function sentTagId(context: MethodContext): Promise<string | null> {
  const tags = [...(await tagsById(context)).values()];
  return tags.find(({ role }) => role === 'sent')?.id ?? null;
}

async function answeredBy(
  inReplyTo: string | null,
  threadId: string,
  { store, account }: MethodContext,
): Promise<Email[]> {
  if (inReplyTo === null) return [];
  const [thread] = await store.getThreads(account.id, [threadId]);
  const emails = await store.getEmails(account.id, (thread?.emailIds ?? []).slice(-maxInThread));
  return emails.filter(({ summary }) => summary.messageId === inReplyTo);
}

/** What an act says of automatic tags; the tag that its structure had given is put back by whoever takes that back. */
function kindLessons({ before, change }: OwnerAct): Lesson[] {
  const source = sourceOf(before.summary.listId, provenAuthor(before));
  if (source === null) return [];
  const { added, removed } = differenceOf(before.keywords, change.keywords);
  // A program that writes all keywords anew, and knows none of these, says nothing by leaving them out.
  const isRewritten = change.keywords?.replace === true && added.length + removed.length > 1;
  const reasons = before.findings.tags?.reasons ?? [];
  const isByStructure = (keyword: string): boolean =>
    reasons.some(reason => reason.tag === keyword && originOf(reason) === 'structure');
  const lessonsOf = (keywords: readonly string[], isWanted: boolean): Lesson[] =>
    keywords.flatMap(keyword => {
      const kind = kindOf(keyword);
      const said = isWanted && isByStructure(keyword) ? null : isWanted;
      return kind ? [(memory, hash) => teachKind(memory, { kind, source, isWanted: said }, hash)] : [];
    });
  return [...lessonsOf(added, true), ...(isRewritten ? [] : lessonsOf(removed, false))];
}
