import type { Act } from './acts.ts';
import {
  actOn,
  type Chosen,
  conditionsOf,
  countMessages,
  destroyMany,
  idsOfDiscussions,
  idsOfList,
  loadChangeables,
  type Outcome,
  type Progress,
  takeBack,
  type Undo,
  unwatched,
} from './batch.ts';
import { reachable } from './choose.ts';
import { leaves } from './leaving.ts';
import { actsWords } from './locales/acts.ts';
import type { Asking } from './mail.ts';
import { allId, inboxId } from './route.ts';
import { noSelection, reduced, type Selection } from './selection.ts';
import type { Parts, Question, State } from './state.ts';
import type { MailList } from './tabs.ts';
import { plainLine } from './text.ts';

/** Rows to act on, or all of the list in sight. */
export type Rows = readonly string[] | 'whole';

/** Messages from which on the work is shown while it goes on. */
const long = 300;

const wordsOf = ({ language }: State) => actsWords[language];
/** Who asks, and whom. */
export const askingOf = ({ store, client }: Parts): Asking => ({
  client,
  accountId: store.get().session?.accountId ?? '',
});

/** What is selected: keys of rows, or the whole list. */
export function selectedRows({ selection }: State): Rows {
  return selection.isWhole ? 'whole' : [...selection.keys];
}

/** Does one thing to all messages of these rows that stand in the list in sight; told with a way back. */
export async function perform(parts: Parts, act: Act, rows: Rows): Promise<void> {
  const { store } = parts;
  const { route, tags, selection } = store.get();
  const tagId = scopeTag(route.list, tags);
  const isLeaving = rows !== 'whole' && tagId !== null && leaves(act, tagId, tags);
  const leaving = new Set(isLeaving ? rows : []);
  if (isLeaving) store.set({ leaving: store.get().leaving.union(leaving) });
  try {
    const outcome = await withWork(parts, wordsOf(store.get()).working, async progress => {
      const chosen = await chosenOf(parts, rows, progress);
      return actOn(askingOf(parts), chosen, { act, tags, progress });
    });
    finish(parts, outcome, { say: doneWords(act, store.get()), list: selection.list });
  } catch (error) {
    parts.actions.tellError(error);
  } finally {
    // What another act has under way goes on leaving.
    store.set({ leaving: store.get().leaving.difference(leaving) });
  }
}

/** Deletes for good what these rows hold in the list in sight, once somebody has said yes. */
export async function destroyForGood(parts: Parts, rows: Rows): Promise<void> {
  const { store, actions } = parts;
  const words = wordsOf(store.get());
  const { list } = store.get().selection;
  try {
    const chosen = await withWork(parts, words.working, progress => chosenOf(parts, rows, progress));
    if (chosen.length === 0 || !(await confirmed(parts, destroyQuestion(words, chosen.length)))) return;
    const outcome = await withWork(parts, words.destroying, progress =>
      destroyMany(askingOf(parts), chosen, progress),
    );
    finish(parts, outcome, { say: words.done.destroyed, list });
  } catch (error) {
    actions.tellError(error);
  } finally {
    store.set({ leaving: new Set() });
  }
}

/** Deletes one message for good, once somebody has said yes, and leaves what was read of it. */
export async function destroyMessage(parts: Parts, id: string): Promise<void> {
  const { store, actions } = parts;
  const words = wordsOf(store.get());
  if (!(await confirmed(parts, destroyQuestion(words, 1)))) return;
  const { done } = await destroyMany(askingOf(parts), [{ id, key: id }], unwatched);
  if (done > 0) actions.go({ discussionId: null, emailId: null });
  store.set({ leaving: new Set() });
  actions.say({ text: done > 0 ? words.done.destroyed(done) : words.nothing });
}

function destroyQuestion(words: ReturnType<typeof wordsOf>, count: number): Omit<Question, 'answer'> {
  return { title: words.destroyTitle, text: words.destroyText(count), yes: words.destroy };
}

/** Asks; true when somebody says yes. */
export function confirmed({ store }: Parts, question: Omit<Question, 'answer'>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const answer = (isYes: boolean) => {
    store.set({ question: null });
    resolve(isYes);
  };
  store.set({ question: { ...question, answer } });
  return promise;
}

/** How many messages the list in sight has; null for one that can only be acted on row by row. */
export async function countList(parts: Parts): Promise<number | null> {
  const conditions = listConditions(parts.store.get());
  return conditions && countMessages(askingOf(parts), conditions);
}

/** Share of the messages of these rows that have each tag, 0..1; nothing of a whole list. */
export async function tagShares(parts: Parts, rows: Rows): Promise<Readonly<Record<string, number>>> {
  if (rows === 'whole') return {};
  const chosen = await chosenOf(parts, rows, unwatched);
  const emails = await loadChangeables(
    askingOf(parts),
    chosen.map(({ id }) => id),
  );
  const shareOf = (id: string) => emails.filter(({ mailboxIds }) => mailboxIds[id]).length / emails.length;
  return Object.fromEntries(parts.store.get().tags.map(({ id }) => [id, shareOf(id)]));
}

/** Whether all of the list in sight can be acted on at once. */
export function isWholeOffered(state: State): boolean {
  return listConditions(state) !== null;
}

function listConditions({ route: { list, filter }, tags }: State): object[] | null {
  return list.kind === 'page'
    ? null
    : conditionsOf(list, filter, tags.find(tag => tag.role === 'inbox')?.id ?? '');
}

function scopeTag(list: MailList | { readonly kind: 'page' }, tags: State['tags']): string | null {
  if (list.kind !== 'tag' || list.id === allId) return null;
  return list.id === inboxId ? (tags.find(tag => tag.role === 'inbox')?.id ?? null) : list.id;
}

async function chosenOf(parts: Parts, rows: Rows, progress: Progress): Promise<readonly Chosen[]> {
  const { route, tags } = parts.store.get();
  const asking = askingOf(parts);
  if (rows === 'whole') {
    const ids = await idsOfList(asking, listConditions(parts.store.get()) ?? [], progress);
    return ids.map(id => ({ id, key: id }));
  }
  if (route.list.kind === 'search') return rows.map(id => ({ id, key: id }));
  const tagId = scopeTag(route.list, tags);
  return idsOfDiscussions(asking, rows, tagId === null ? [] : [{ inMailbox: tagId }]);
}

/** Shows the work once it is long; somebody may stop it. */
export async function withWork<T>(
  { store }: Parts,
  text: string,
  run: (progress: Progress) => Promise<T>,
): Promise<T> {
  let isStopped = false;
  const stop = () => {
    isStopped = true;
  };
  try {
    return await run({
      isStopped: () => isStopped,
      tell: (done, total) => {
        if ((total ?? long) >= long) store.set({ work: { text, done, total, stop } });
      },
    });
  } finally {
    store.set({ work: null });
  }
}

interface Finish {
  readonly say: (count: number) => string;
  /** That was chosen from: what is chosen of another one meanwhile is left alone. */
  readonly list: string;
}

/** Says what was done, with a way back, and what was not: that stays selected. */
function finish(parts: Parts, outcome: Outcome, { say, list }: Finish): void {
  const { store } = parts;
  const { done, failed, undo, isStopped } = outcome;
  const words = wordsOf(store.get());
  const said = [
    done > 0 && say(done),
    failed.length > 0 && words.failed(failed.length),
    isStopped && words.stopped,
  ];
  const text = said.filter(Boolean).join(' ') || words.nothing;
  const { selection } = store.get();
  if (selection.list === list) store.set({ selection: afterActing(selection, failed) });
  parts.actions.say(undo.length > 0 ? { text, undo: () => void takeAllBack(parts, undo) } : { text });
  reachable();
}

function afterActing(selection: Selection, failed: readonly Chosen[]): Selection {
  if (failed.length === 0) return noSelection;
  // Of a whole list nobody knows the rows.
  return selection.isWhole
    ? selection
    : reduced(
        selection,
        failed.map(({ key }) => key),
      );
}

async function takeAllBack(parts: Parts, undo: readonly Undo[]): Promise<void> {
  const { store, actions } = parts;
  const words = wordsOf(store.get());
  try {
    const { done, failed } = await withWork(parts, words.undoing, progress =>
      takeBack(askingOf(parts), undo, progress),
    );
    const text = failed.length > 0 ? words.undoFailed(failed.length) : words.undone(done);
    store.set({ leaving: new Set() });
    actions.say({ text });
  } catch (error) {
    actions.tellError(error);
  }
}

function doneWords(act: Act, state: State): (count: number) => string {
  const words = wordsOf(state);
  if (typeof act === 'string') return words.done[act];
  const name = plainLine(state.tags.find(tag => tag.id === act.tagId)?.name ?? '');
  return count => (act.isAdded ? words.tagged(count, name) : words.untagged(count, name));
}
