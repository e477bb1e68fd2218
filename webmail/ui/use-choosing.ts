import { chooseAll, chooseRow, selectionOf } from './choose.ts';
import type { Rows } from './list-rows.ts';
import { useApp } from './state.ts';

/** How the rows of a list are chosen to be acted on together. */
export interface Choosing<T> {
  /** Something is chosen: every row shows its box. */
  readonly isOn: boolean;
  isChosen(row: T): boolean;
  keyOf(row: T): string;
  /** A box was pressed. */
  onPress(row: T, event: MouseEvent): void;
  /** The keys for it, from anywhere on the page: the key of a row, or nothing for all. */
  onChoose(event: CustomEvent<string>): void;
  all(): void;
}

/** Choosing among the rows that are loaded. */
export function useChoosing<T>({ held }: Rows<T>, keyOf: (row: T) => string): Choosing<T> {
  const app = useApp();
  const selection = selectionOf(app.state);
  const keys = () => [...held].sort(([one], [other]) => one - other).map(([, row]) => keyOf(row));
  const all = () => chooseAll(app, keys());
  return {
    isOn: selection.isOn || selection.isWhole || selection.keys.size > 0,
    keyOf,
    isChosen: row => selection.isWhole || selection.keys.has(keyOf(row)),
    onPress: (row, event) => chooseRow(app, keys(), { key: keyOf(row), isRange: event.shiftKey }),
    onChoose: ({ detail }) => {
      if (detail === '') all();
      else chooseRow(app, keys(), { key: detail, isRange: false });
    },
    all,
  };
}
