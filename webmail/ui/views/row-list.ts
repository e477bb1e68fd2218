import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { tallest } from '../list-window.ts';
import { type State, useApp } from '../state.ts';
import { type Choosing, useChoosing } from '../use-choosing.ts';
import { useRowWindow } from '../use-row-window.ts';
import type { LoadedRows } from '../use-rows.ts';
import { Lazy } from './lazy.ts';
import { Failed, Loading } from './loading.ts';
import { RowCheck } from './row-check.ts';
import { Row, type RowInput, rowView } from './row-view.ts';

/** How a list draws its rows. */
export interface RowDrawing<T> {
  readonly inputOf: (row: T) => RowInput;
  /** Messages of the row whose flags may change while it is on screen. */
  readonly changeOf: (row: T) => unknown;
}

interface Props<T> {
  readonly drawing: RowDrawing<T>;
  readonly list: LoadedRows<T>;
  /** Whether this row is open beside the list. */
  readonly isOpen: (row: T) => boolean;
  /** What is said when there is none. */
  readonly empty: ComponentChildren;
  /** What stands above the rows. */
  readonly children?: ComponentChildren;
}

/** A long list of which only the rows in sight are in the document, and the one that has the focus. */
export function RowList<T>({ list, drawing, isOpen, empty, children }: Props<T>) {
  const { state, words } = useApp();
  const { rows, isLoaded, error, reload, waiting } = list;
  const shown = useRowWindow(list, isOpen);
  const choosing = useChoosing(rows, list.source.keyOf);
  return html`<div class="list-frame">
    ${
      waiting > 0 &&
      html`<button class="button new-mail" onClick=${shown.toTop}>${words.timeline.showNew(waiting)}</button>`
    }
    <div class="list-body" ref=${shown.body} onScroll=${shown.onScroll}>
      ${!isLoaded && (error === undefined ? html`<${Loading} />` : html`<${Failed} error=${error} retry=${reload} />`)}
      ${children}
      ${isLoaded && rows.total === 0 && empty}
      <ul
        class="rows"
        role="list"
        ref=${shown.rows}
        style=${{ '--rows': Math.min(rows.total, tallest) }}
        onKeyDown=${shown.onKey}
        onFocusIn=${shown.onFocus}
        onstep=${shown.onStep}
        onchoose=${choosing.onChoose}
        data-choosing=${choosing.isOn}
      >
        ${shown.places.map(place => {
          const row = rows.held.get(place);
          const isCurrent = row !== undefined && isOpen(row);
          return html`<${Place}
            key=${place - rows.moved}
            ...${{ place, row, isCurrent, drawing, choosing, state, at: place - shown.above, total: rows.isCounted ? rows.total : -1 }}
          />`;
        })}
      </ul>
    </div>
    ${choosing.isOn && html`<${Lazy} load=${loadSelectionBar} props=${{ chooseShown: choosing.all }} />`}
  </div>`;
}

interface PlaceProps<T> {
  readonly place: number;
  /** Where it stands in the element of the list. */
  readonly at: number;
  readonly total: number;
  readonly row: T | undefined;
  readonly isCurrent: boolean;
  readonly drawing: RowDrawing<T>;
  readonly choosing: Choosing<T>;
  readonly state: State;
}

async function loadSelectionBar() {
  return (await import('./selection-bar.ts')).SelectionBar;
}

/** A row in its place, or what stands there while it is on its way: the same link, so that it may hold the focus. */
function Place<T>({ place, at, total, row, isCurrent, drawing, choosing, state }: PlaceProps<T>) {
  const { words, formats, tags, opened, route } = state;
  const view = useMemo(
    () => (row === undefined ? null : rowView(drawing.inputOf(row), state)),
    [row, row && drawing.changeOf(row), isCurrent, words, formats, tags, opened, route.list, route.filter],
  );
  return html`<li data-place=${place} style=${{ '--at': at }} aria-setsize=${total} aria-posinset=${place + 1}>
    ${row !== undefined && view && html`<${RowCheck} ...${{ row, choosing, label: `${words.select} ${view.label}` }} />`}
    <${Row} view=${view} isCurrent=${isCurrent} words=${words} />
  </li>`;
}
