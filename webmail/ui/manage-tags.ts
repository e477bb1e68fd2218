import type { Mailbox, TagRule, View } from '../wire.ts';
import { actOn, type Chosen, idsOfList, type Progress, takeBack, type Undo } from './batch.ts';
import type { Asking } from './mail.ts';

/** What can be changed of a tag. */
export type TagChange = Partial<Pick<Mailbox, 'name' | 'colour' | 'parentId'>>;

/** The server would not do it: `type` is the SetError's (RFC 8620 §5.3), `name` the tag's that it is about. */
export class TagRefused extends Error {
  readonly type: string;
  readonly tagName: string;

  constructor(type: string, tagName: string) {
    super(type);
    this.type = type;
    this.tagName = tagName;
  }
}

type Refusals = Readonly<Record<string, { readonly type: string }>> | null | undefined;

function check(refused: unknown, key: string, name: string): void {
  const error = (refused as Refusals)?.[key];
  if (error) throw new TagRefused(error.type, name);
}

/** Makes a tag; gives its id. Throws `TagRefused`. */
export async function makeTag(
  { client, accountId }: Asking,
  tag: TagChange & { readonly name: string },
): Promise<string> {
  const answers = await client.call([['Mailbox/set', { accountId, create: { tag } }, 'set']]);
  check(answers.set?.notCreated, 'tag', tag.name);
  return ((answers.set?.created ?? {}) as Record<string, { id: string }>).tag?.id ?? '';
}

/** Changes a tag. Throws `TagRefused`. */
export async function changeTag(
  { client, accountId }: Asking,
  tag: Pick<Mailbox, 'id' | 'name'>,
  change: TagChange,
): Promise<void> {
  const answers = await client.call([['Mailbox/set', { accountId, update: { [tag.id]: change } }, 'set']]);
  check(answers.set?.notUpdated, tag.id, change.name ?? tag.name);
}

/** All that went with a tag, so that it can be brought back. */
export interface RemovedTag {
  readonly tag: Mailbox;
  readonly emails: readonly Undo[];
  /** Tags that lay under it. */
  readonly children: readonly Mailbox[];
  readonly rules: readonly TagRule[];
  readonly views: readonly View[];
  /** False: somebody stopped it, or messages could not be changed, and the tag is still there. */
  readonly isWhole: boolean;
}

/** Mail that arrives meanwhile may get the tag again, a few times. */
const maxRounds = 5;

/**
 * Deletes a tag and no mail: its messages lose it (those without another tag go to the archive), tags under it move
 * up, rules and saved lists that name it go. Throws `TagRefused` when a tag that moves up finds its name taken.
 */
export async function deleteTag(
  asking: Asking,
  tag: Mailbox,
  { tags, progress }: { readonly tags: readonly Mailbox[]; readonly progress: Progress },
): Promise<RemovedTag> {
  const children = tags.filter(one => one.parentId === tag.id);
  await moveUp(asking, children, tag);
  const emails: Undo[] = [];
  let removed: RemovedTag = { tag, emails, children, rules: [], views: [], isWhole: false };
  try {
    const mentions = await findMentions(asking, tag.id);
    removed = { ...removed, ...mentions };
    await removeMentions(asking, mentions);
    for (let round = 0; round < maxRounds && !progress.isStopped(); round++) {
      const ids = await idsOfList(asking, [{ inMailbox: tag.id }], progress);
      const chosen: Chosen[] = ids.map(id => ({ id, key: id }));
      const act = { tagId: tag.id, isAdded: false };
      const outcome = await actOn(asking, chosen, { act, tags, progress });
      emails.push(...outcome.undo);
      if (outcome.failed.length > 0 || progress.isStopped()) break;
      if (await isDestroyed(asking, tag)) return { ...removed, isWhole: true };
    }
  } catch {
    // What is gone already can be brought back only by whoever is told of it.
  }
  return removed;
}

/** All of them or none: those that had moved go back where one can't. */
async function moveUp(asking: Asking, children: readonly Mailbox[], from: Mailbox): Promise<void> {
  const moved: Mailbox[] = [];
  try {
    for (const child of children) {
      moved.push(child);
      await changeTag(asking, child, { parentId: from.parentId });
    }
  } catch (error) {
    for (const child of moved) await changeTag(asking, child, { parentId: from.id }).catch(() => {});
    throw error;
  }
}

async function isDestroyed({ client, accountId }: Asking, { id, name }: Mailbox): Promise<boolean> {
  const answers = await client.call([['Mailbox/set', { accountId, destroy: [id] }, 'set']]);
  const refused = (answers.set?.notDestroyed as Refusals)?.[id];
  if (!refused || refused.type === 'notFound') return true;
  if (refused.type !== 'mailboxHasEmail') throw new TagRefused(refused.type, name);
  return false;
}

type Mentions = Pick<RemovedTag, 'rules' | 'views'>;

async function allMentions({ client, accountId }: Asking): Promise<Mentions> {
  const found = await client.call([
    ['TagRule/get', { accountId, ids: null }, 'rules'],
    ['View/get', { accountId, ids: null }, 'views'],
  ]);
  return {
    rules: (found.rules?.list ?? []) as readonly TagRule[],
    views: (found.views?.list ?? []) as readonly View[],
  };
}

async function findMentions(asking: Asking, tagId: string): Promise<Mentions> {
  const { rules, views } = await allMentions(asking);
  return {
    rules: rules.filter(rule => names(rule, tagId)),
    views: views.filter(
      ({ list, filter }) => (list.kind === 'tag' && list.id === tagId) || filter.tagId === tagId,
    ),
  };
}

async function removeMentions({ client, accountId }: Asking, { rules, views }: Mentions): Promise<void> {
  await client.call([
    ['TagRule/set', { accountId, destroy: rules.map(({ id }) => id) }, 'rules'],
    ['View/set', { accountId, destroy: views.map(({ id }) => id) }, 'views'],
  ]);
}

function names({ actions, conditions }: TagRule, tagId: string): boolean {
  const isAsked = conditions.some(({ subject, value }) => subject === 'tag' && value === tagId);
  return isAsked || actions.mailboxIds.includes(tagId) || actions.removeTags.includes(tagId);
}

/** Brings a tag back with its messages, the tags under it, its rules and saved lists; gives how many messages failed. */
export async function restoreTag(asking: Asking, removed: RemovedTag, progress: Progress): Promise<number> {
  const { tag, emails, children, rules, views, isWhole } = removed;
  const { name, colour, parentId } = tag;
  const id = isWhole ? await makeTag(asking, { name, colour, parentId }) : tag.id;
  const renamed = (old: string) => (old === tag.id ? id : old);
  const undo = emails.map(({ patch, ids }) => ({
    patch: { ...patch, tags: renameKeys(patch.tags ?? {}, renamed) },
    ids,
  }));
  const { failed } = await takeBack(asking, undo, progress);
  for (const child of children) await changeTag(asking, child, { parentId: id });
  // A deletion that broke off may have left some of them.
  const left = isWhole ? { rules: [], views: [] } : await allMentions(asking);
  const gone = <T extends { readonly id: string }>(all: readonly T[], still: readonly T[]) =>
    all.filter(one => !still.some(other => other.id === one.id));
  const rulesAgain = gone(rules, left.rules).map(rule => restoredRule(rule, renamed));
  const viewsAgain = gone(views, left.views).map(view => restoredView(view, renamed));
  const { client, accountId } = asking;
  await client.call([
    ['TagRule/set', { accountId, create: keyed(rulesAgain) }, 'rules'],
    ['View/set', { accountId, create: keyed(viewsAgain) }, 'views'],
  ]);
  return failed.length;
}

/** In its old place, all of what named the tag by its new id. */
function restoredRule(rule: TagRule, renamed: (id: string) => string): Partial<TagRule> {
  const { name, match, conditions, actions, stop, isEnabled, sortOrder } = rule;
  return {
    ...{ name, match, stop, isEnabled, sortOrder },
    conditions: conditions.map(condition =>
      condition.subject === 'tag' ? { ...condition, value: renamed(condition.value) } : condition,
    ),
    actions: {
      ...actions,
      mailboxIds: actions.mailboxIds.map(renamed),
      removeTags: actions.removeTags.map(renamed),
    },
  };
}

function restoredView(
  { id: _id, list, filter, ...view }: View,
  renamed: (id: string) => string,
): Omit<View, 'id'> {
  return {
    ...view,
    list: list.kind === 'tag' ? { ...list, id: renamed(list.id) } : list,
    filter: filter.tagId === undefined ? filter : { ...filter, tagId: renamed(filter.tagId) },
  };
}

function renameKeys<T>(
  record: Readonly<Record<string, T>>,
  renamed: (key: string) => string,
): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [renamed(key), value]));
}

function keyed<T>(items: readonly T[]): Record<string, T> {
  return Object.fromEntries(items.map((item, place) => [`n${place}`, item]));
}
