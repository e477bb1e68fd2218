/** A scrolled list as it is on screen; lengths in CSS pixels. */
export interface Viewport {
  readonly scrollTop: number;
  readonly height: number;
  readonly rowHeight: number;
  /** Rows of the whole list. */
  readonly total: number;
}

/** Rows from `first` to the one before `end`. */
export interface Range {
  readonly first: number;
  readonly end: number;
}

/** Rows in the document at most, whatever the height of the screen. */
export const maxMounted = 58;
/** Rows around those in sight, so that not each step of a scroll draws anew: fewer where many are in sight. */
const mostAround = 10;
const leastAround = 4;
const enough = 30;

/** Rows that the element of a list is high at most: browsers bound heights, Firefox at 17.9 million pixels. */
export const tallest = 100_000;
/** Steps in which rows that have no room in the element come to lie above it. */
const steps = 100;

/** Rows that lie above the element while this one is at the top: none at the beginning, at the end all without room. */
export function rowsAbove(first: number, total: number): number {
  const step = Math.min(Math.floor((first * steps) / total), steps - 1);
  return total > tallest ? Math.round((step * (total - tallest)) / (steps - 1)) : 0;
}

/**
 * Where a scroll of the element leads: `bar` is its `scrollTop`, that of the list counts the rows above it, too. A small
 * way is as long in both; a long one leads to the same share of the list as of the element.
 */
export function scrolled(
  bar: number,
  { scrollTop, above, height, rowHeight, total }: Viewport & { readonly above: number },
): { readonly scrollTop: number; readonly above: number } {
  const near = bar + above * rowHeight;
  if (Math.abs(near - scrollTop) <= 2 * height)
    return { scrollTop: near, above: rowsAbove(near / rowHeight, total) };
  const share = bar / (Math.min(total, tallest) * rowHeight - height);
  const jumped = rowsAbove(share * (total - height / rowHeight), total);
  return { scrollTop: bar + jumped * rowHeight, above: jumped };
}

/** Rows of which at least a part is on screen. */
export function visibleRange({ scrollTop, height, rowHeight, total }: Viewport): Range {
  const first = bounded(Math.floor(scrollTop / rowHeight), 0, total);
  const end = bounded(Math.ceil((scrollTop + height) / rowHeight), first, total);
  return { first, end };
}

/** Rows to have in the document: those it has while they cover the screen, else the visible ones and some around. */
export function mountedRange(viewport: Viewport, before: Range): Range {
  const visible = visibleRange(viewport);
  const isCovered =
    before.first <= visible.first && before.end >= visible.end && before.end <= viewport.total;
  const inSight = visible.end - visible.first;
  const isFull = before.end - before.first >= Math.min(inSight + around(inSight) / 2, viewport.total);
  return isCovered && isFull ? before : rangeAround(visible, viewport.total);
}

function around(inSight: number): number {
  const wanted = Math.max(leastAround, Math.min(mostAround, enough - inSight));
  return Math.max(0, Math.min(wanted, maxMounted - inSight));
}

function rangeAround({ first, end }: Range, total: number): Range {
  const spare = around(end - first);
  const from = Math.max(0, first - Math.floor(spare / 2));
  return { first: from, end: Math.min(total, Math.max(end, from) + Math.ceil(spare / 2), from + maxMounted) };
}

/** Where to scroll to so that the row is wholly on screen; the least way. */
export function scrollTo(index: number, { scrollTop, height, rowHeight }: Viewport): number {
  const top = index * rowHeight;
  if (top < scrollTop || rowHeight > height) return top;
  return Math.max(scrollTop, top + rowHeight - height);
}

/** The row that a key leads to from another one; null for keys that move nothing. */
export function rowAfterKey(
  key: string,
  index: number,
  { height, rowHeight, total }: Omit<Viewport, 'scrollTop'>,
): number | null {
  const page = Math.max(1, Math.floor(height / rowHeight) - 1);
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    PageDown: index + page,
    PageUp: index - page,
    Home: 0,
    End: total - 1,
  };
  const to = Object.hasOwn(steps, key) ? steps[key] : undefined;
  return to === undefined || total === 0 ? null : bounded(to, 0, total - 1);
}

function bounded(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
