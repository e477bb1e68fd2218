import { useEffect } from 'preact/hooks';
import { endChoice } from './choose.ts';
import type { KeyedAct } from './key-acts.ts';
import { choose, focusedRow, keyOf, press, targetNow } from './key-target.ts';
import { type Parts, useApp } from './state.ts';

/** The map of single keys; it sleeps while somebody types, and while a dialog is open. */
export function useKeyboard(): void {
  const { store, actions, client, memory } = useApp();
  useEffect(() => {
    const parts: Parts = { store, actions, client, memory };
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
  ']': parts => later(parts, key => key.stepTab(parts, 1)),
  '[': parts => later(parts, key => key.stepTab(parts, -1)),
  x: parts => later(parts, key => key.closeCurrent(parts)),
  s: () => choose(keyOf(focusedRow() ?? document.querySelector<HTMLElement>('.row[aria-current]'))),
  '*': () => choose(''),
  e: parts => actBy('archive', parts),
  '!': parts => actBy('junk', parts),
  '#': parts => actBy('trash', parts),
  Delete: parts => actBy('trash', parts),
  u: parts => actBy('unread', parts),
  t: openTags,
};

/** What most keys do is fetched when the first of them is pressed. */
function later(parts: Parts, run: (keyed: typeof import('./key-acts.ts')) => unknown): void {
  import('./key-acts.ts').then(run).catch(parts.actions.tellError);
}

/** Acts on what is selected, else on the row that has the focus, else on the open message as its button does. */
function actBy(name: KeyedAct, parts: Parts): void {
  const target = targetNow(parts.store.get());
  if (target) later(parts, keyed => keyed.actOnRows(name, parts, target));
  else press(name);
}

function openTags(parts: Parts): void {
  const target = targetNow(parts.store.get());
  if (target) later(parts, keyed => keyed.openTags(parts, target));
  else press('tag');
}

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

/** Moves the focus along the rows of the list; Enter then opens the row, because it is a link. */
function step(by: 1 | -1): void {
  document.querySelector('.rows')?.dispatchEvent(new CustomEvent('step', { detail: by }));
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches('input:not([type="checkbox"]), textarea, select, [contenteditable]')
  );
}
