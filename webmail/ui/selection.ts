/** Rows of a list that are chosen to be acted on together. A key is the id of a discussion, or of a message in results. */
export interface Selection {
  /** Address of the list that the rows stand in, as `listAddress` gives it. */
  readonly list: string;
  readonly keys: ReadonlySet<string>;
  /** Keys of the rows that are loaded, in their order. */
  readonly rows: readonly string[];
  /** Row that was chosen or left out last: ranges go from there. */
  readonly last: string | null;
  /** Every row shows its box, though none may be chosen yet. */
  readonly isOn: boolean;
  /** True: all of the list is meant, loaded or not. */
  readonly isWhole: boolean;
}

export const noSelection: Selection = {
  list: '',
  keys: new Set(),
  rows: [],
  last: null,
  isOn: false,
  isWhole: false,
};

/** The list now holds these rows, and may have let go of others: those chosen stay chosen. Another list begins with none. */
export function withRows(selection: Selection, list: string, rows: readonly string[]): Selection {
  if (selection.list !== list) return { ...noSelection, list, rows };
  const isSame = rows.length === selection.rows.length && rows.every((key, at) => key === selection.rows[at]);
  if (isSame) return selection;
  return { ...selection, rows, keys: selection.isWhole ? new Set(rows) : selection.keys };
}

/** Chooses a row, or leaves it out when it was chosen. */
export function toggled(selection: Selection, key: string): Selection {
  const keys = new Set(selection.keys);
  if (!keys.delete(key)) keys.add(key);
  return { ...selection, keys, last: key, isWhole: false };
}

/** Does the same to all rows from the last one to this one: chooses them when this one was not chosen. */
export function ranged(selection: Selection, key: string): Selection {
  const { rows, last } = selection;
  const from = last === null ? -1 : rows.indexOf(last);
  const to = rows.indexOf(key);
  if (from < 0 || to < 0) return toggled(selection, key);
  const isChosen = selection.keys.has(key);
  const keys = new Set(selection.keys);
  for (const row of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    if (isChosen) keys.delete(row);
    else keys.add(row);
  }
  return { ...selection, keys, last: key, isWhole: false };
}

/** All rows that are loaded; none when all were chosen. */
export function allToggled(selection: Selection): Selection {
  const isAll = selection.rows.length > 0 && selection.rows.every(key => selection.keys.has(key));
  return { ...selection, keys: new Set(isAll ? [] : selection.rows), last: null, isWhole: false };
}

/** All of the list, beyond what is loaded. */
export function whole(selection: Selection): Selection {
  return { ...selection, keys: new Set(selection.rows), last: null, isWhole: true };
}

/** Nothing chosen, or these alone. */
export function reduced(selection: Selection, keys: Iterable<string> = []): Selection {
  return { ...selection, keys: new Set(keys), last: null, isWhole: false };
}
