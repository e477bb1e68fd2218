import { find } from './find.ts';

/** What stands between two `*` of a pattern: text, and null for each `?`. */
type Segment = readonly (string | null)[];

/** A pattern of `:matches`, read. */
export type Wildcards = readonly Segment[];

/** Notes how many characters were looked at; may throw to end the run. */
export type Spend = (work: number) => void;

/** The pattern of `:matches` (RFC 5228 §2.7.1), cut at its `*`; a backslash takes the meaning from what is behind it. */
export function readWildcards(pattern: string): Wildcards {
  const segments: (string | null)[][] = [[]];
  let text = '';
  const flush = (): void => {
    if (text !== '') segments.at(-1)?.push(text);
    text = '';
  };
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? '';
    if (char === '\\' && at + 1 < pattern.length) text += pattern[++at];
    else if (char === '*') {
      flush();
      segments.push([]);
    } else if (char === '?') {
      flush();
      segments.at(-1)?.push(null);
    } else text += char;
  }
  flush();
  return segments;
}

/** What an item costs beside the characters that it stands for. */
const itemWork = 8;

/** Where a piece of text that a wildcard stands for begins and ends. */
type Span = readonly [from: number, to: number];

/**
 * Whether the whole text matches: what each wildcard stands for, in their order, each `*` as short as it can be
 * (RFC 5229 §3.2); null where it doesn't. `?` is one Unicode character. Each segment is sought once, from where the
 * one before it ends: no way is tried twice.
 */
export function matchWildcards(text: string, pattern: Wildcards, spend: Spend): Span[] | null {
  const [first = [], ...others] = pattern;
  const last = others.pop();
  const spans: Span[] = [];
  let at = forward(text, first, 0, { spans, spend });
  if (at === -1) return null;
  if (!last) return at === text.length ? spans : null;
  const end = backward(text, last, spend);
  if (end === -1) return null;
  for (const segment of others) {
    const found = seek(text, segment, at, spend);
    if (!found || found.to > end) return null;
    spans.push([at, found.from], ...found.spans);
    at = found.to;
  }
  if (at > end) return null;
  spans.push([at, end]);
  forward(text, last, end, { spans, spend });
  return spans;
}

/** Index behind the segment that begins at `start`, -1 where it is not there. */
function forward(
  text: string,
  segment: Segment,
  start: number,
  { spans, spend }: { spans: Span[]; spend: Spend },
): number {
  let at = start;
  for (const item of segment) {
    spend(itemWork + (item?.length ?? 1));
    if (item === null) {
      if (at >= text.length) return -1;
      const from = at;
      at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
      spans.push([from, at]);
    } else {
      if (!text.startsWith(item, at)) return -1;
      at += item.length;
    }
  }
  return at;
}

/** Index at which the segment begins that ends the text, -1 where it doesn't. */
function backward(text: string, segment: Segment, spend: Spend): number {
  let at = text.length;
  for (const item of segment.toReversed()) {
    spend(itemWork + (item?.length ?? 1));
    if (item === null) {
      if (at <= 0) return -1;
      const isPair = at >= 2 && (text.codePointAt(at - 2) ?? 0) > 0xffff;
      at -= isPair ? 2 : 1;
    } else {
      if (!text.endsWith(item, at)) return -1;
      at -= item.length;
    }
  }
  return at;
}

/** The first place at or behind `start` where the segment stands, null where there is none. */
function seek(
  text: string,
  segment: Segment,
  start: number,
  spend: Spend,
): { from: number; to: number; spans: Span[] } | null {
  const [head] = segment;
  for (let from = start; from <= text.length; from++) {
    if (typeof head === 'string') {
      const found = find(text, head, from);
      spend((found === -1 ? text.length : found) - from + head.length);
      if (found === -1) return null;
      from = found;
    }
    const spans: Span[] = [];
    const to = forward(text, segment, from, { spans, spend });
    if (to !== -1) return { from, to, spans };
  }
  return null;
}
