import { useEffect } from 'preact/hooks';
import type { Act } from './acts.ts';
import { endChoice, selectionOf } from './choose.ts';
import { type Parts, type State, useApp } from './state.ts';
import { closeCurrent, stepTab } from './tab-actions.ts';

/** The map of single keys; it sleeps while somebody types, and while a dialog is open. */
export function useKeyboard(): void {
  const { store, actions, client } = useApp();
  useEffect(() => {
    const parts: Parts = { store, actions, client };
    let undo: (() => void) | undefined;
    const onKey = (event: KeyboardEvent) => {
      if (isForOthers(event) || document.querySelector('dialog[open]')) return;
      if (isPlain(event.key) && !store.get().hasKeys) return;
      if (event.key === 'z') {
        if (undo) takeBack(undo, parts);
        undo = undefined;
      } else if (!act(event, parts)) return;
      event.preventDefault();
    };
    // The last act can be taken back by its key after its notice has gone.
    const unsubscribe = store.subscribe(() => {
      undo = store.get().session ? (store.get().notice?.undo ?? undo) : undefined;
    });
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
      unsubscribe();
    };
  }, [store, actions, client]);
}

function takeBack(undo: () => void, { store, actions }: Parts): void {
  store.set({ notice: null });
  undo();
  actions.announce(store.get().words.undone);
}

/** A key of the browser, of a field, or of somebody who has acted on it already. What AltGr writes is a plain key. */
function isForOthers(event: KeyboardEvent): boolean {
  const isAltGraph = event.getModifierState('AltGraph');
  const isModified = event.metaKey || (!isAltGraph && (event.ctrlKey || event.altKey));
  return isModified || event.defaultPrevented || isTyping(event.target);
}

/** Keys that speech or a slip may press: letters and signs (WCAG 2.2, 2.1.4). */
function isPlain(key: string): boolean {
  return key.length === 1 && key !== ' ';
}

const keys: Readonly<Record<string, (parts: Parts) => void>> = {
  j: () => step(1),
  k: () => step(-1),
  o: () => focusedRow()?.click(),
  '/': () => document.getElementById('search-field')?.focus(),
  '?': ({ actions }) => actions.toggle('isKeyboardHelpOpen', true),
  Escape: parts => goBack(parts),
  ']': parts => stepTab(parts, 1),
  '[': parts => stepTab(parts, -1),
  x: closeCurrent,
  s: () => choose(keyOf(focusedRow() ?? document.querySelector<HTMLElement>('.row[aria-current]'))),
  '*': () => choose(''),
  e: parts => actBy('archive', parts),
  '!': parts => actBy('junk', parts),
  '#': parts => actBy('trash', parts),
  Delete: parts => actBy('trash', parts),
  u: parts => actBy('unread', parts),
  t: openTags,
};

function act(event: KeyboardEvent, parts: Parts): boolean {
  if (event.key === ' ') {
    const key = keyOf(
      event.target instanceof HTMLElement && event.target.matches('.row') ? event.target : null,
    );
    if (key !== null) choose(key);
    return key !== null;
  }
  const action = keys[event.key];
  action?.(parts);
  return action !== undefined;
}

/** One step back: the tags close, the selection ends, then what is read gives way to the list. */
function goBack(parts: Parts): void {
  const { store, actions } = parts;
  if (store.get().isMenuOpen) actions.toggle('isMenuOpen', false);
  else if (endChoice(parts)) return;
  else if (store.get().route.discussionId) actions.go({ discussionId: null, emailId: null });
}

type KeyedAct = 'archive' | 'junk' | 'trash' | 'unread';

/** Acts on what is selected, else on the row that has the focus, else on the open message as its button does. */
function actBy(name: KeyedAct, parts: Parts): void {
  const { keys: chosen, isWhole } = selectionOf(parts.store.get());
  const row = focusedRow();
  const key = keyOf(row);
  if (isWhole || chosen.size > 0) void actOnRows(name, parts, isWhole ? 'whole' : [...chosen]);
  else if (row && key)
    void actOnRows(row.dataset.unread === 'true' && name === 'unread' ? 'read' : name, parts, [key]);
  else press(name);
}

async function actOnRows(
  name: KeyedAct | 'read',
  parts: Parts,
  rows: readonly string[] | 'whole',
): Promise<void> {
  try {
    const { perform, destroyForGood } = await import('./perform.ts');
    const role = roleOf(parts.store.get());
    if (name === 'trash' && role === 'trash') await destroyForGood(parts, rows);
    else await perform(parts, wanted(name, role), rows);
  } catch (error) {
    parts.actions.tellError(error);
  }
}

/** The same key leads out of where it leads to. */
function wanted(name: KeyedAct | 'read', role: ReturnType<typeof roleOf>): Act {
  if (name === 'junk' && role === 'junk') return 'notJunk';
  return name === 'archive' && role === 'archive' ? 'inbox' : name;
}

function roleOf({ route: { list }, tags }: State): State['tags'][number]['role'] {
  return list.kind === 'tag' ? (tags.find(tag => tag.id === list.id)?.role ?? null) : null;
}

/** Tags of what is selected, or of the row that has the focus, which is selected by it; else of the open message. */
function openTags({ store }: Parts): void {
  const { keys: chosen, isWhole } = selectionOf(store.get());
  const key = keyOf(focusedRow());
  const isChosen = isWhole || chosen.size > 0;
  if (!isChosen && key === null) {
    press('tag');
    return;
  }
  if (!isChosen) choose(key);
  const bar = () => document.querySelector<HTMLElement>('.selection-bar [data-key="tag"]');
  const open = (tries: number) => {
    const summary = bar();
    if (summary) pressIn(summary);
    // The bar is fetched when it is shown for the first time.
    else if (tries > 0) setTimeout(open, 50, tries - 1);
  };
  setTimeout(open, 0, 60);
}

/** Buttons that a key presses carry its name, so that key and button can't differ. */
function press(name: string): void {
  const focused = document.activeElement?.closest('.message[data-open="true"]');
  const message = focused ?? document.querySelector('.message[data-open="true"]');
  const button = message?.querySelector<HTMLElement>(`[data-key="${name}"]`);
  if (button) pressIn(button);
}

/** What opens a menu gets the focus, so that the next key goes on from there. */
function pressIn(button: HTMLElement): void {
  if (button.matches('summary')) button.focus();
  button.click();
}

/** Moves the focus along the rows of the list; Enter then opens the row, because it is a link. */
function step(by: 1 | -1): void {
  document.querySelector('.rows')?.dispatchEvent(new CustomEvent('step', { detail: by }));
}

function choose(key: string | null): void {
  if (key !== null)
    document.querySelector('.rows')?.dispatchEvent(new CustomEvent('choose', { detail: key }));
}

function focusedRow(): HTMLElement | null {
  return document.activeElement?.closest('.rows > li')?.querySelector<HTMLElement>('.row') ?? null;
}

function keyOf(row: HTMLElement | null): string | null {
  return row?.closest('li')?.querySelector<HTMLInputElement>('.row-check > input')?.value ?? null;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches('input:not([type="checkbox"]), textarea, select, [contenteditable]')
  );
}
