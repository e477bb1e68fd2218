import type { Mailbox } from '../wire.ts';
import { unwatched } from './batch.ts';
import { tagsWords } from './locales/tags.ts';
import {
  changeTag,
  deleteTag,
  makeTag,
  type RemovedTag,
  restoreTag,
  type TagChange,
  TagRefused,
} from './manage-tags.ts';
import { askingOf, confirmed, withWork } from './perform.ts';
import type { Parts } from './state.ts';
import { plainLine } from './text.ts';

const wordsOf = ({ store }: Parts) => tagsWords[store.get().language];

/** Runs the work; gives what to say when the server would not do it, null when it is done. */
async function tried(parts: Parts, work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof TagRefused) {
      const words = wordsOf(parts);
      return error.type === 'alreadyExists' ? words.taken(plainLine(error.tagName)) : words.wrong;
    }
    parts.actions.tellError(error);
    return '';
  } finally {
    await parts.actions.refreshTags();
  }
}

/** Makes a tag; gives what to say when that can't be. */
export function makeOwnTag(parts: Parts, tag: TagChange & { readonly name: string }): Promise<string | null> {
  return tried(parts, async () => {
    const id = await makeTag(askingOf(parts), tag);
    const undo = () => void tried(parts, () => removeQuietly(parts, id));
    parts.actions.say({ text: wordsOf(parts).made(tag.name), undo });
  });
}

/** Id of the owner's tag of this name, made when there is none; null when that can't be, which is told. */
export async function tagNamed(parts: Parts, name: string): Promise<string | null> {
  const { store, actions } = parts;
  const wanted = name.toLocaleLowerCase();
  const isIt = (tag: Mailbox) => tag.role === null && tag.name.toLocaleLowerCase() === wanted;
  const known = store.get().tags.find(isIt);
  if (known) return known.id;
  try {
    const id = await makeTag(askingOf(parts), { name });
    await actions.refreshTags();
    return id;
  } catch (error) {
    actions.noteError(error);
    actions.say({ text: store.get().words.errors.change });
    return null;
  }
}

async function removeQuietly(parts: Parts, id: string): Promise<void> {
  const tag = parts.store.get().tags.find(one => one.id === id);
  if (tag) await deleteTag(askingOf(parts), tag, { tags: parts.store.get().tags, progress: unwatched });
}

/** Changes a tag; gives what to say when that can't be. */
export function changeOwnTag(parts: Parts, tag: Mailbox, change: TagChange): Promise<string | null> {
  const { name, colour, parentId } = tag;
  return tried(parts, async () => {
    await changeTag(askingOf(parts), tag, change);
    const undo = () => void tried(parts, () => changeTag(askingOf(parts), tag, { name, colour, parentId }));
    parts.actions.say({ text: wordsOf(parts).changed(plainLine(change.name ?? name)), undo });
  });
}

/** Deletes a tag once somebody has said yes, with a way back. No message is deleted. */
export async function deleteOwnTag(parts: Parts, tag: Mailbox): Promise<void> {
  const { store, actions } = parts;
  const words = wordsOf(parts);
  const { tags } = store.get();
  const name = plainLine(tag.name);
  const under = tags.filter(one => one.parentId === tag.id).length;
  const question = {
    title: words.removeTitle(name),
    text: words.removeText(tag.totalEmails, under),
    yes: words.remove,
  };
  if (!(await confirmed(parts, question))) return;
  const refusal = await tried(parts, async () => {
    const removed = await withWork(parts, words.removing(name), progress =>
      deleteTag(askingOf(parts), tag, { tags, progress }),
    );
    const text = removed.isWhole ? words.removed(name) : words.removedPartly(name);
    actions.say({ text, undo: () => void restoreOwnTag(parts, removed) });
  });
  if (refusal) actions.say({ text: refusal });
}

async function restoreOwnTag(parts: Parts, removed: RemovedTag): Promise<void> {
  const words = wordsOf(parts);
  const name = plainLine(removed.tag.name);
  const refusal = await tried(parts, async () => {
    const failed = await withWork(parts, words.restoring(name), progress =>
      restoreTag(askingOf(parts), removed, progress),
    );
    parts.actions.say({ text: failed > 0 ? words.restoredPartly(name, failed) : words.restored(name) });
  });
  if (refusal) parts.actions.say({ text: refusal });
}
