import { ownFeatures } from '../../../delivery/importance/features.ts';
import { junkReason, personalReason } from '../../../delivery/importance/judge.ts';
import {
  type ActedMessage,
  type ImportanceAct,
  learnAct,
  learnWritten,
} from '../../../delivery/importance/learn.ts';
import type { ImportanceMemory } from '../../../delivery/importance/memory.ts';
import { importanceOf } from '../../../delivery/store/importance.ts';
import type { Email } from '../../../delivery/store/store.ts';
import type { AccountHash } from '../../../delivery/tags/hash.ts';
import { differenceOf, type OwnerAct, provenAuthor } from './owner-act.ts';

/** What an act changes of what is known to matter; called again where another process was faster. */
export type ImportanceLesson = (memory: ImportanceMemory, hash: AccountHash) => ImportanceMemory;

/** Acts of one request that are learned from. */
const maxActs = 50;

/** What acts say of importance: stars, answers, and what the owner set by hand. */
export function importanceLessons(acts: readonly OwnerAct[], now: Date): ImportanceLesson[] {
  return acts.flatMap(act => kindsOf(act).map(kind => lessonOf(act.before, kind, now))).slice(0, maxActs);
}

function kindsOf({ before, change }: OwnerAct): ImportanceAct[] {
  const { added } = differenceOf(before.keywords, change.keywords);
  const set = change.findings?.importance;
  return [
    ...(added.includes('$flagged') ? [{ kind: 'flagged' } as const] : []),
    ...(added.includes('$answered') ? [{ kind: 'answered' } as const] : []),
    ...(set?.by === 'owner' ? [{ kind: 'set', value: set.value } as const] : []),
  ];
}

/** That the owner did this with the message. */
export function lessonOf(email: Email, act: ImportanceAct, now: Date): ImportanceLesson {
  const message = actedMessage(email);
  return (memory, hash) => learnAct(memory, { act, message, now }, hash);
}

function actedMessage(email: Email): ActedMessage {
  const author = provenAuthor(email);
  const reasons = email.findings.importance?.reasons ?? [];
  return {
    id: email.id,
    author,
    discussionKey: email.discussionKey,
    receivedAt: email.receivedAt,
    value: importanceOf(email.findings),
    own: ownFeatures(author, email.summary.listId),
    known: reasons
      .filter(({ id }) => id !== junkReason && id !== personalReason)
      .map(({ id }) => ({ id, value: 1 })),
  };
}

/** A message that the owner has written, as far as it says whom they write to. */
export type Written = Pick<Email, 'discussionKey'> & {
  readonly summary: Pick<Email['summary'], 'messageId' | 'destinations'>;
};

/** That the owner has written this message. */
export function writtenLesson({ discussionKey, summary }: Written, now: Date): ImportanceLesson {
  const { to, cc, bcc } = summary.destinations;
  const recipients = [...to, ...cc, ...bcc].map(({ address }) => address);
  const written = { messageId: summary.messageId, recipients, discussionKey };
  return (memory, hash) => learnWritten(memory, { written, now }, hash);
}
