import { useEffect } from 'preact/hooks';
import { type Parts, useApp } from './state.ts';
import { closeCurrent, stepTab } from './tab-actions.ts';

/** The map of single keys; it sleeps while somebody types. */
export function useKeyboard(): void {
  const { store, actions, client } = useApp();
  useEffect(() => {
    const parts: Parts = { store, actions, client };
    const onKey = (event: KeyboardEvent) => {
      if (store.get().isKeyboardHelpOpen) return;
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target))
        return;
      if (event.key !== 'Escape' && !store.get().hasKeys) return;
      if (act(event.key, parts)) event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [store, actions, client]);
}

const keys: Record<string, (parts: Parts) => void> = {
  j: () => step(1),
  k: () => step(-1),
  '/': () => document.getElementById('search-field')?.focus(),
  '?': ({ actions }) => actions.toggle('isKeyboardHelpOpen', true),
  Escape: ({ actions, store }) => {
    if (store.get().isMenuOpen) actions.toggle('isMenuOpen', false);
    else if (store.get().route.discussionId) actions.go({ discussionId: null, emailId: null });
  },
  ']': parts => stepTab(parts, 1),
  '[': parts => stepTab(parts, -1),
  x: closeCurrent,
  e: () => press('archive'),
  u: () => press('unread'),
};

function act(key: string, parts: Parts): boolean {
  const action = keys[key];
  action?.(parts);
  return action !== undefined;
}

/** Buttons that a key presses carry its name, so that key and button can't differ. */
function press(name: string): void {
  document.querySelector<HTMLElement>(`.message[data-open="true"] [data-key="${name}"]`)?.click();
}

/** Moves the focus along the rows of the list; Enter then opens the row, because it is a link. */
function step(by: 1 | -1): void {
  document.querySelector('.rows')?.dispatchEvent(new CustomEvent('step', { detail: by }));
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}
