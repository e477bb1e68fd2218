import { listAddress, type Route } from './route.ts';
import { allToggled, noSelection, ranged, type Selection, toggled, whole, withRows } from './selection.ts';
import type { Parts, State } from './state.ts';

/** The selection of the list in sight; none when another list was chosen from. */
export function selectionOf({ selection, route }: Pick<State, 'selection' | 'route'>): Selection {
  return selection.list === addressOf(route) ? selection : noSelection;
}

function addressOf({ list, filter }: Route): string {
  return listAddress(list, filter);
}

/** Chooses a row of the list in sight or leaves it out; `isRange`: with all from the row chosen before. */
export function chooseRow(
  { store }: Parts,
  rows: readonly string[],
  { key, isRange }: { key: string; isRange: boolean },
): void {
  const { selection, route } = store.get();
  const now = withRows(selection, addressOf(route), rows);
  store.set({ selection: isRange ? ranged(now, key) : toggled(now, key) });
}

/** Chooses all rows that are loaded, or none when all were chosen. */
export function chooseAll({ store }: Parts, rows: readonly string[]): void {
  const { selection, route } = store.get();
  store.set({ selection: allToggled(withRows(selection, addressOf(route), rows)) });
}

/** Chooses all of the list, loaded or not. */
export function chooseWhole({ store }: Parts): void {
  store.set({ selection: whole(selectionOf(store.get())) });
}

/** Shows the boxes of all rows, or ends the selection. */
export function toggleChoosing(parts: Parts): void {
  const { selection, route } = parts.store.get();
  if (!endChoice(parts))
    parts.store.set({ selection: { ...withRows(selection, addressOf(route), []), isOn: true } });
}

/** Ends the selection of the list in sight; gives whether there was one. */
export function endChoice({ store }: Parts): boolean {
  const { keys, isOn, isWhole } = selectionOf(store.get());
  if (keys.size === 0 && !isOn && !isWhole) return false;
  store.set({ selection: noSelection });
  reachable();
  return true;
}

/** What held the focus may be gone with the selection: it goes to the list. */
export function reachable(): void {
  setTimeout(() => {
    if (document.activeElement !== document.body) return;
    const row = document.querySelector<HTMLElement>('.rows .row[href]');
    (row?.checkVisibility() ? row : document.getElementById('main'))?.focus();
  }, 0);
}
