import { describeError } from '../../../delivery/describe-error.ts';
import { type Act, type Marks, wordOf } from '../../../delivery/spam/personal/act.ts';
import type { EmailChange } from '../../../delivery/store/store.ts';
import { tagsById } from './mailbox.ts';
import type { MethodContext } from './method.ts';
import type { OwnerAct } from './owner-act.ts';

/** Emails of a thread that are looked through for the one that was answered. */
const maxInThread = 100;

/**
 * Notes what an owner's acts say about junk: moved there or out of it, marked by a keyword, answered. Learned from
 * behind the answer (`delivery/learner.ts`).
 */
export async function noteJunkActs(acts: readonly OwnerAct[], context: MethodContext): Promise<void> {
  const { learner, account, clock } = context;
  const telling = acts.filter(({ change }) => change.tags || touchesJunk(change.keywords));
  if (!learner || telling.length === 0) return;
  try {
    const roles = await rolesOf(context);
    const at = clock.now();
    const said = telling.flatMap(({ before, change }): Act[] => {
      const after = {
        tagIds: applied(before.tagIds, change.tags),
        keywords: applied(before.keywords, change.keywords),
      };
      const word = isOwnMail(before.tagIds, roles)
        ? null
        : wordOf(marksOf(before, roles), marksOf(after, roles));
      return word ? [{ emailId: before.id, word, source: 'owner', at }] : [];
    });
    const sent = telling.filter(({ before, change }) => {
      const isSent = (tagIds: readonly string[]) => tagIds.some(id => id === roles.sent);
      return isSent(applied(before.tagIds, change.tags)) && !isSent(before.tagIds);
    });
    const answered: Act[] = [];
    for (const { before } of sent) {
      answered.push(...(await answeredBy({ ...before, inReplyTo: before.summary.inReplyTo }, context)));
    }
    await learner.note(account.id, [...said, ...answered]);
  } catch (error) {
    context.log.warn({ ...describeError(error) }, 'actsNotLearned');
  }
}

/** Notes that the owner has answered a message, where what was just stored is in the mailbox of sent mail. */
export async function noteReply(
  sent: {
    readonly threadId: string;
    readonly inReplyTo: readonly string[];
    readonly mailboxIds: readonly string[];
  },
  context: MethodContext,
): Promise<void> {
  const { learner, account } = context;
  if (!learner || sent.inReplyTo.length === 0) return;
  try {
    const { sent: sentId } = await rolesOf(context);
    if (!sent.mailboxIds.some(id => id === sentId)) return;
    await learner.note(account.id, await answeredBy(sent, context));
  } catch (error) {
    context.log.warn({ ...describeError(error) }, 'actsNotLearned');
  }
}

/** The messages of the thread that a reply answers. */
async function answeredBy(
  { threadId, inReplyTo }: { threadId: string; inReplyTo: readonly string[] },
  { store, account, clock }: MethodContext,
): Promise<Act[]> {
  if (inReplyTo.length === 0) return [];
  const [thread] = await store.getThreads(account.id, [threadId]);
  const emails = await store.getEmails(account.id, (thread?.emailIds ?? []).slice(-maxInThread));
  return emails
    .filter(({ summary }) => summary.messageId !== null && inReplyTo.includes(summary.messageId))
    .map(({ id }) => ({ emailId: id, word: 'ham', source: 'reply', at: clock.now() }));
}

/** What its owner wrote says nothing about others' mail. */
function isOwnMail(tagIds: readonly string[], { sent, drafts }: Roles): boolean {
  return tagIds.some(id => id === sent || id === drafts);
}

interface Roles {
  readonly drafts: string | null;
  readonly junk: string | null;
  readonly trash: string | null;
  readonly sent: string | null;
}

async function rolesOf(context: MethodContext): Promise<Roles> {
  const tags = [...(await tagsById(context)).values()];
  const idOf = (role: string) => tags.find(tag => tag.role === role)?.id ?? null;
  return { drafts: idOf('drafts'), junk: idOf('junk'), trash: idOf('trash'), sent: idOf('sent') };
}

function marksOf(
  { tagIds, keywords }: { tagIds: readonly string[]; keywords: readonly string[] },
  { junk, trash }: Roles,
): Marks {
  return {
    isJunk: tagIds.some(id => id === junk),
    isTrash: tagIds.some(id => id === trash),
    keywords,
  };
}

function touchesJunk(change: EmailChange['keywords']): boolean {
  if (!change) return false;
  const named = [...(change.add ?? []), ...(change.remove ?? [])];
  return change.replace === true || named.some(keyword => keyword === '$junk' || keyword === '$notjunk');
}

function applied(before: readonly string[], change: EmailChange['tags']): string[] {
  const kept = change?.replace ? [] : before.filter(item => !change?.remove?.includes(item));
  return [...new Set([...kept, ...(change?.add ?? [])])];
}
