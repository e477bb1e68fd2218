import { selectionOf } from './choose.ts';
import type { State } from './state.ts';

/** Rows that a key acts on. */
export interface KeyTarget {
  readonly rows: readonly string[] | 'whole';
  /** It is the one row that has the focus, and unread. */
  readonly isUnreadRow: boolean;
}

/** What is selected, else the row that has the focus; null where there is neither. */
export function targetNow(state: State): KeyTarget | null {
  const { keys, isWhole } = selectionOf(state);
  if (isWhole || keys.size > 0) return { rows: isWhole ? 'whole' : [...keys], isUnreadRow: false };
  const row = focusedRow();
  const key = keyOf(row);
  return key === null ? null : { rows: [key], isUnreadRow: row?.dataset.unread === 'true' };
}

/** Has the list choose the row of this key, or leave it out; all of them for the empty one. */
export function choose(key: string | null): void {
  if (key !== null)
    document.querySelector('.rows')?.dispatchEvent(new CustomEvent('choose', { detail: key }));
}

/** The row that holds the focus, by its link or its box. */
export function focusedRow(): HTMLElement | null {
  return document.activeElement?.closest('.rows > li')?.querySelector<HTMLElement>('.row') ?? null;
}

/** The key that a row is chosen by. */
export function keyOf(row: HTMLElement | null): string | null {
  return row?.closest('li')?.querySelector<HTMLInputElement>('.row-check > input')?.value ?? null;
}

/** Buttons that a key presses carry its name, so that key and button can't differ. */
export function press(name: string): void {
  const focused = document.activeElement?.closest('.message[data-open="true"]');
  const message = focused ?? document.querySelector('.message[data-open="true"]');
  const button = message?.querySelector<HTMLElement>(`[data-key="${name}"]`);
  if (button) pressIn(button);
}

/** What opens a menu gets the focus, so that the next key goes on from there. */
export function pressIn(button: HTMLElement): void {
  if (button.matches('summary')) button.focus();
  button.click();
}
