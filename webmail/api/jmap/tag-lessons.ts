import type { Email } from '../../../delivery/store/store.ts';
import { tagFeatures } from '../../../delivery/tags/learned/features.ts';
import { type Example, learnTag, unlearnTag } from '../../../delivery/tags/learned/models.ts';
import { originOf } from '../../../delivery/tags/words.ts';
import type { MethodContext } from './method.ts';
import { differenceOf, type Lesson, type OwnerAct, provenAuthor, wishesOf } from './owner-act.ts';

/** Examples of one request that are learned: whoever tags a whole list at once has said it often enough. */
const maxExamples = 20;
/** Messages without the tag that each example is learned beside, out of the newest. */
const maxOthers = 6;
const newest = 48;

/** What the acts say of the owner's own tags; nothing where they want none of it. */
export async function tagLessons(acts: readonly OwnerAct[], context: MethodContext): Promise<Lesson[]> {
  const tagging = acts.filter(({ change }) => change.tags);
  if (tagging.length === 0 || !(await wishesOf(context)).learnsTags) return [];
  const { own, away } = await tagsByUse(context);
  const known = tagging
    .flatMap(act => tagActs(act, away))
    .filter(({ tagId }) => own.has(tagId))
    .slice(0, maxExamples);
  const others = new Map<string, readonly Example[]>();
  for (const { tagId, isAdded } of known) {
    if (isAdded && !others.has(tagId)) others.set(tagId, await examplesOutside(tagId, context));
  }
  return known.map(({ tagId, example, isAdded }) => lessonOf(tagId, example, isAdded ? others : null));
}

interface TagAct {
  readonly tagId: string;
  readonly example: Example;
  readonly isAdded: boolean;
}

/**
 * A tag that a rule gave says nothing of examples when it goes, and nor do tags that go because the message is thrown
 * away, or moved as other programs move between folders.
 */
function tagActs({ before, change }: OwnerAct, away: ReadonlySet<string>): TagAct[] {
  const { added, removed } = differenceOf(before.tagIds, change.tags);
  const isMoved = added.some(id => away.has(id)) || (change.tags?.replace === true && added.length > 0);
  if (added.length + removed.length === 0) return [];
  const example = exampleOf(before);
  const byRule = new Set(
    (before.findings.tags?.reasons ?? []).filter(reason => originOf(reason) === 'rule').map(({ tag }) => tag),
  );
  return [
    ...added.map(tagId => ({ tagId, example, isAdded: true })),
    ...removed
      .filter(tagId => !isMoved && !byRule.has(tagId))
      .map(tagId => ({ tagId, example, isAdded: false })),
  ];
}

function lessonOf(
  tagId: string,
  example: Example,
  others: ReadonlyMap<string, readonly Example[]> | null,
): Lesson {
  return (memory, hash) => ({
    ...memory,
    models: others
      ? learnTag(memory.models, { tagId, example, others: others.get(tagId) ?? [] }, hash)
      : unlearnTag(memory.models, { tagId, example }, hash),
  });
}

function exampleOf(email: Email): Example {
  return { id: email.id, features: tagFeatures(email.summary, provenAuthor(email)) };
}

/** Ids of the owner's own tags, and of those under which mail lies that is thrown away. */
async function tagsByUse({
  store,
  account,
}: MethodContext): Promise<Record<'own' | 'away', ReadonlySet<string>>> {
  const tags = await store.listTags(account.id);
  const idsOf = (roles: readonly (string | null)[]) =>
    new Set(tags.filter(({ role }) => roles.includes(role)).map(({ id }) => id));
  return { own: idsOf([null]), away: idsOf(['trash', 'junk']) };
}

/** Some of the newest messages that are not under the tag, spread over them. */
async function examplesOutside(
  tagId: string,
  { store, account }: MethodContext,
): Promise<readonly Example[]> {
  const { rows } = await store.queryEmails(account.id, {
    filter: { none: [{ tag: tagId }] },
    sort: [{ key: 'receivedAt', ascending: false }],
    limit: newest,
  });
  const step = Math.max(1, Math.floor(rows.length / maxOthers));
  const ids = rows.filter((_, place) => place % step === 0).slice(0, maxOthers);
  const emails = await store.getEmails(
    account.id,
    ids.map(({ id }) => id),
  );
  return emails.map(exampleOf);
}
