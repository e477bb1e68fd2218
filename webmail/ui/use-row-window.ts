import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import {
  mountedRange,
  type Range,
  rowAfterKey,
  rowsAbove,
  scrolled,
  scrollTo,
  tallest,
  type Viewport,
  visibleRange,
} from './list-window.ts';
import type { LoadedRows } from './use-rows.ts';

/** What a list view needs so that rows come and go as it is scrolled. */
export interface RowWindow {
  readonly body: RefObject<HTMLDivElement | null>;
  readonly rows: RefObject<HTMLUListElement | null>;
  /** Places of the rows to have in the document, in order. */
  readonly places: readonly number[];
  /** Rows that lie above the element of the list, which has no room for all. */
  readonly above: number;
  readonly onScroll: () => void;
  readonly onKey: (event: KeyboardEvent) => void;
  readonly onFocus: (event: FocusEvent) => void;
  /** The keys for the next row and the one before, from anywhere on the page. */
  readonly onStep: (event: CustomEvent<number>) => void;
  readonly toTop: () => void;
}

/** Until it is measured. */
const likelyHeight = 56;

/** What is known of the list on screen between two drawings. */
interface Screen {
  /** Of the list, the rows above its element counted in; kept because a body that is not displayed forgets its own. */
  scrollTop: number;
  above: number;
  height: number;
  rowHeight: number;
  /** Place of the row that had the focus last, less `moved`; it stays in the document. */
  focused: number | null;
  focusedKey: string | null;
  /** A row that gets the focus once it is drawn, less `moved`. */
  due: number | null;
  moved: number;
}

/** As a list begins. */
const atTop = { scrollTop: 0, above: 0, focused: null, focusedKey: null, due: null, moved: 0 };

/** The list on screen, as the parts of its window see it. */
interface Shown<T> {
  readonly list: LoadedRows<T>;
  readonly screen: Screen;
  readonly body: RefObject<HTMLDivElement | null>;
  readonly ul: RefObject<HTMLUListElement | null>;
  readonly isOpen: (row: T) => boolean;
  readonly viewport: () => Viewport;
  /** Draws the rows that are in sight now, and asks for what is missing of them. */
  readonly update: () => void;
  readonly scroll: (scrollTop: number) => void;
  readonly redraw: () => void;
}

/** The rows in sight of a list, and the focus among them. Rows are named by their place less `rows.moved`, which stays. */
export function useRowWindow<T>(list: LoadedRows<T>, isOpen: (row: T) => boolean): RowWindow {
  const { rows, source } = list;
  const { moved, total } = rows;
  const body = useRef<HTMLDivElement>(null);
  const ul = useRef<HTMLUListElement>(null);
  const screen = useRef<Screen>({ ...atTop, height: 0, rowHeight: likelyHeight }).current;
  const [range, setRange] = useState<Range>({ first: 0, end: 20 });
  const [, draw] = useState({});

  const viewport = (): Viewport => ({ ...screen, total });
  const mounted = { first: range.first + moved, end: Math.min(range.end + moved, total) };
  const update = () => {
    const next = mountedRange(viewport(), mounted);
    if (next.first !== mounted.first || next.end !== mounted.end)
      setRange({ first: next.first - moved, end: next.end - moved });
    list.want(visibleRange(viewport()));
  };
  const redraw = () => draw({});
  const scroll = (scrollTop: number) => {
    const above = rowsAbove(scrollTop / screen.rowHeight, total);
    if (above !== screen.above) redraw();
    screen.above = above;
    const shift = above * screen.rowHeight;
    if (body.current) body.current.scrollTop = scrollTop - shift;
    screen.scrollTop = (body.current?.scrollTop ?? scrollTop - shift) + shift;
    update();
  };
  const shown: Shown<T> = { list, screen, body, ul, isOpen, viewport, update, scroll, redraw };

  list.reading.current = () => ({
    isAtTop: screen.scrollTop < screen.rowHeight / 2,
    anchor: visibleRange(viewport()).first,
  });
  useLayoutEffect(() => {
    Object.assign(screen, atTop);
    body.current?.scrollTo(0, 0);
  }, [source.key]);
  useMeasure({ body, ul, screen, total, update });
  useLayoutEffect(() => {
    const by = moved - screen.moved;
    screen.moved = moved;
    if (by !== 0 && screen.scrollTop > 0) scroll(screen.scrollTop + by * screen.rowHeight);
    else update();
    followFocus(shown);
  }, [rows]);
  useLayoutEffect(() => {
    if (screen.due !== null && focusRow(ul.current, screen.due + moved)) screen.due = null;
  });
  const places = placesOf(mounted, pinned(shown), total);
  return { body, rows: ul, places, above: screen.above, ...handlersOf(shown) };
}

/** The row that has the focus goes on having it, wherever it moves. */
function followFocus<T>({ list: { rows, source }, screen, ul, redraw }: Shown<T>): void {
  const { focused, focusedKey } = screen;
  if (focused === null || focusedKey === null || !ul.current?.contains(document.activeElement)) return;
  const row = rows.held.get(focused + rows.moved);
  if (row === undefined || source.keyOf(row) === focusedKey) return;
  const [place] = [...rows.held].find(([, other]) => source.keyOf(other) === focusedKey) ?? [];
  if (place === undefined) screen.focusedKey = source.keyOf(row);
  else {
    Object.assign(screen, { focused: place - rows.moved, due: place - rows.moved });
    redraw();
  }
}

function handlersOf<T>(shown: Shown<T>): Omit<RowWindow, 'body' | 'rows' | 'places' | 'above'> {
  const { list, screen, body, viewport, update, scroll } = shown;
  const { rows, source } = list;
  return {
    onScroll: () => {
      if (!body.current || body.current.clientHeight === 0) return;
      const to = scrolled(body.current.scrollTop, { ...viewport(), above: screen.above });
      if (to.above === screen.above) {
        screen.scrollTop = to.scrollTop;
        update();
      } else scroll(to.scrollTop);
    },
    onKey: event => {
      const from = placeOfFocus(shown);
      if (from === null || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (!(event.target as HTMLElement).matches('.row')) return;
      const to = rowAfterKey(event.key, from, viewport());
      if (to === null) return;
      event.preventDefault();
      focusPlace(shown, to);
    },
    onFocus: event => {
      const place = placeOf(event.target as HTMLElement);
      if (place === null) return;
      const row = rows.held.get(place);
      screen.focused = place - rows.moved;
      screen.focusedKey = row === undefined ? null : source.keyOf(row);
    },
    onStep: ({ detail }) => {
      const from = placeOfFocus(shown) ?? openPlace(shown);
      const to = from === null ? visibleRange(viewport()).first : from + detail;
      if (rows.total > 0) focusPlace(shown, Math.min(Math.max(to, 0), rows.total - 1));
    },
    toTop: () => {
      scroll(0);
      focusPlace(shown, 0);
    },
  };
}

/** Moves the focus to a row once it is drawn, and scrolls to it. */
function focusPlace<T>({ list, screen, viewport, scroll, redraw }: Shown<T>, place: number): void {
  const { moved } = list.rows;
  Object.assign(screen, { focused: place - moved, due: place - moved });
  scroll(scrollTo(place, viewport()));
  redraw();
}

function placeOfFocus<T>({ list, screen, ul }: Shown<T>): number | null {
  const hasFocus = screen.focused !== null && ul.current?.contains(document.activeElement) === true;
  return hasFocus ? (screen.focused ?? 0) + list.rows.moved : null;
}

function openPlace<T>({ list, isOpen }: Shown<T>): number | null {
  for (const [place, row] of list.rows.held) if (isOpen(row)) return place;
  return null;
}

/** The row that had the focus last and the one that is open beside the list: who comes back finds them. */
function pinned<T>(shown: Shown<T>): number[] {
  const { focused } = shown.screen;
  const open = openPlace(shown);
  return [...(focused === null ? [] : [focused + shown.list.rows.moved]), ...(open === null ? [] : [open])];
}

/** The places of the range and those beside it that stay, in order. */
function placesOf({ first, end }: Range, pinned: readonly number[], total: number): number[] {
  const places = new Set(pinned.filter(place => place >= 0 && place < total));
  for (let place = Math.max(0, first); place < end; place++) places.add(place);
  return [...places].sort((one, other) => one - other);
}

function placeOf(element: HTMLElement): number | null {
  const place = element.closest<HTMLElement>('li[data-place]')?.dataset.place;
  return place === undefined ? null : Number(place);
}

function focusRow(ul: HTMLUListElement | null, place: number): boolean {
  const row = ul?.querySelector<HTMLElement>(`li[data-place="${place}"] .row`);
  row?.focus({ preventScroll: true });
  return row != null;
}

interface Measured {
  readonly body: RefObject<HTMLDivElement | null>;
  readonly ul: RefObject<HTMLUListElement | null>;
  readonly screen: Screen;
  readonly total: number;
  readonly update: () => void;
}

/** Follows the heights of the list and of its rows, and brings back the scroll place of a list that was not displayed. */
function useMeasure({ body, ul, screen, total, update }: Measured): void {
  const latest = useRef({ total, update });
  latest.current = { total, update };
  useLayoutEffect(() => {
    const measure = () => {
      const height = body.current?.clientHeight ?? 0;
      if (height === 0) {
        screen.height = 0;
        return;
      }
      const rowHeight =
        (ul.current?.getBoundingClientRect().height ?? 0) / Math.min(latest.current.total, tallest);
      const isBack = screen.height === 0;
      const first = screen.scrollTop / screen.rowHeight;
      if (rowHeight > 0 && Number.isFinite(rowHeight)) {
        const isOther = Math.abs(rowHeight - screen.rowHeight) > 0.5;
        screen.rowHeight = rowHeight;
        if (isOther) screen.scrollTop = first * rowHeight;
        if ((isOther || isBack) && body.current)
          body.current.scrollTop = screen.scrollTop - screen.above * rowHeight;
      }
      screen.height = height;
      latest.current.update();
    };
    measure();
    const observer = new ResizeObserver(measure);
    if (body.current) observer.observe(body.current);
    if (ul.current) observer.observe(ul.current);
    return () => observer.disconnect();
  }, []);
}
