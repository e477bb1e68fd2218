import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import {
  mountedRange,
  type Range,
  rowAfterKey,
  scrollTo,
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
  readonly onScroll: () => void;
  readonly onKey: (event: KeyboardEvent) => void;
  readonly onFocus: (event: FocusEvent) => void;
  /** The keys for the next row and the one before, from anywhere on the page. */
  readonly onStep: (event: CustomEvent<number>) => void;
  readonly toTop: () => void;
}

/** Until it is measured. */
const likelyHeight = 76;

/** What is known of the list on screen between two drawings. */
interface Screen {
  /** Of the body, kept because one that is not displayed forgets it. */
  scrollTop: number;
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
const atTop = { scrollTop: 0, focused: null, focusedKey: null, due: null, moved: 0 };

/** The rows in sight of a list, and the focus among them. Rows are named by their place less `rows.moved`, which stays. */
export function useRowWindow<T>(list: LoadedRows<T>, isOpen: (row: T) => boolean): RowWindow {
  const { rows, source } = list;
  const { moved, total } = rows;
  const body = useRef<HTMLDivElement>(null);
  const ul = useRef<HTMLUListElement>(null);
  const screen = useRef<Screen>({ ...atTop, height: 0, rowHeight: likelyHeight }).current;
  const [range, setRange] = useState<Range>({ first: 0, end: 20 });
  const [, redraw] = useState({});

  const viewport = (): Viewport => ({ ...screen, total });
  const mounted = { first: range.first + moved, end: Math.min(range.end + moved, total) };
  const update = () => {
    const next = mountedRange(viewport(), mounted);
    if (next.first !== mounted.first || next.end !== mounted.end)
      setRange({ first: next.first - moved, end: next.end - moved });
    list.want(visibleRange(viewport()));
  };
  const scroll = (scrollTop: number) => {
    if (body.current) body.current.scrollTop = scrollTop;
    screen.scrollTop = body.current?.scrollTop ?? scrollTop;
    update();
  };
  const focusPlace = (place: number) => {
    Object.assign(screen, { focused: place - moved, due: place - moved });
    scroll(scrollTo(place, viewport()));
    redraw({});
  };

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
    followFocus();
  }, [rows]);
  useLayoutEffect(() => {
    if (screen.due !== null && focusRow(ul.current, screen.due + moved)) screen.due = null;
  });

  /** The row that has the focus goes on having it, wherever it moves. */
  function followFocus(): void {
    const { focused, focusedKey } = screen;
    if (focused === null || focusedKey === null || !ul.current?.contains(document.activeElement)) return;
    const row = rows.held.get(focused + moved);
    if (row === undefined || source.keyOf(row) === focusedKey) return;
    const [place] = [...rows.held].find(([, other]) => source.keyOf(other) === focusedKey) ?? [];
    if (place === undefined) screen.focusedKey = source.keyOf(row);
    else {
      Object.assign(screen, { focused: place - moved, due: place - moved });
      redraw({});
    }
  }

  const placeOfFocus = (): number | null =>
    screen.focused !== null && ul.current?.contains(document.activeElement) ? screen.focused + moved : null;
  return {
    body,
    rows: ul,
    places: placesOf(mounted, [...pinned()], total),
    onScroll: () => {
      if (!body.current || body.current.clientHeight === 0) return;
      screen.scrollTop = body.current.scrollTop;
      update();
    },
    onKey: event => {
      const from = placeOfFocus();
      if (from === null || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (!(event.target as HTMLElement).matches('.row')) return;
      const to = rowAfterKey(event.key, from, viewport());
      if (to === null) return;
      event.preventDefault();
      focusPlace(to);
    },
    onFocus: event => {
      const place = placeOf(event.target as HTMLElement);
      if (place === null) return;
      const row = rows.held.get(place);
      screen.focused = place - moved;
      screen.focusedKey = row === undefined ? null : source.keyOf(row);
    },
    onStep: ({ detail }) => {
      const from = placeOfFocus() ?? openPlace();
      const first = visibleRange(viewport()).first;
      if (total > 0) focusPlace(from === null ? first : Math.min(Math.max(from + detail, 0), total - 1));
    },
    toTop: () => {
      scroll(0);
      focusPlace(0);
    },
  };

  function openPlace(): number | null {
    for (const [place, row] of rows.held) if (isOpen(row)) return place;
    return null;
  }

  function* pinned(): Generator<number> {
    if (screen.focused !== null) yield screen.focused + moved;
    const open = openPlace();
    if (open !== null) yield open;
  }
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
      const rowHeight = (ul.current?.getBoundingClientRect().height ?? 0) / latest.current.total;
      const isBack = screen.height === 0;
      const first = screen.scrollTop / screen.rowHeight;
      if (rowHeight > 0 && Number.isFinite(rowHeight)) {
        const isOther = Math.abs(rowHeight - screen.rowHeight) > 0.5;
        screen.rowHeight = rowHeight;
        if (isOther) screen.scrollTop = first * rowHeight;
        if ((isOther || isBack) && body.current) body.current.scrollTop = screen.scrollTop;
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
