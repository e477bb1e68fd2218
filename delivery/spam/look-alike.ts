import { isAscii, normalizeText } from '../message/normalize.ts';
import { confusableTable } from './confusable-table.ts';

const looksLike: ReadonlyMap<string, string> = new Map([
  ...confusableTable.flatMap(([letter, others]) => Array.from(others, other => [other, letter] as const)),
  ['0', 'o'],
  ['1', 'l'],
  ['3', 'e'],
  ['5', 's'],
]);

/**
 * A text as the eye takes it (after the skeleton of UTS #39 §4): accents and invisible characters off, each letter by
 * the ASCII one that it looks like, lower-case. Two texts that look alike have the same skeleton.
 */
export function skeletonOf(text: string): string {
  const plain = isAscii(text) ? text : normalizeText(text, 'NFKD').replace(/[\p{M}\p{Cf}]/gu, '');
  let skeleton = '';
  for (const letter of plain) {
    const lower = letter.toLowerCase();
    skeleton += looksLike.get(letter) ?? looksLike.get(lower) ?? lower;
  }
  return skeleton.replace(/rn/g, 'm').replace(/vv/g, 'w');
}

/** Names indexed so that one that looks like one of them is found without walking them all. */
export interface NearNames {
  /** The names, by their skeletons. */
  readonly bySkeleton: ReadonlyMap<string, string>;
  /** Names of six letters and more, by each skeleton with one letter left out. */
  readonly byGap: ReadonlyMap<string, readonly string[]>;
}

const leastLength = 6;

/** Makes names (lower-case) ready for `imitatedName`. */
export function indexNames(names: Iterable<string>): NearNames {
  const bySkeleton = new Map<string, string>();
  const byGap = new Map<string, string[]>();
  for (const name of names) {
    const skeleton = skeletonOf(name);
    if (!bySkeleton.has(skeleton)) bySkeleton.set(skeleton, name);
    if (name.length < leastLength) continue;
    for (const gap of new Set([skeleton, ...withGaps(skeleton), ...withGaps(name)])) {
      byGap.set(gap, [...(byGap.get(gap) ?? []), name]);
    }
  }
  return { bySkeleton, byGap };
}

/**
 * The name that this one, lower-case, imitates: other letters that look the same, or, for six letters and more, one
 * letter left out, added, changed or swapped with its neighbour. Null for the name itself and for anything else.
 */
export function imitatedName(name: string, { bySkeleton, byGap }: NearNames): string | null {
  if (name.length < 4 || name.length > 63) return null;
  const skeleton = skeletonOf(name);
  const same = bySkeleton.get(skeleton);
  if (same !== undefined) return same === name ? null : same;
  for (const gap of [skeleton, name, ...withGaps(skeleton), ...withGaps(name)]) {
    for (const near of byGap.get(gap) ?? []) if (looksLikeName(name, near)) return near;
  }
  return null;
}

/** `imitatedName` for two names, lower-case. */
export function looksLikeName(name: string, original: string): boolean {
  if (name === original || name.length < 4 || Math.abs(name.length - original.length) > 2) return false;
  const [one, other] = [skeletonOf(name), skeletonOf(original)];
  if (one === other) return true;
  return original.length >= leastLength && (isOneSlip(one, other) || isOneSlip(name, original));
}

function withGaps(text: string): string[] {
  return Array.from(text, (_, at) => text.slice(0, at) + text.slice(at + 1));
}

/** True for texts that differ by one letter, or by two neighbours swapped. A plural or a feminine is not an imitation. */
function isOneSlip(one: string, other: string): boolean {
  if (
    Math.abs(one.length - other.length) > 1 ||
    one === `${other}s` ||
    other === `${one}s` ||
    one === `${other}e`
  )
    return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start++;
  let end = 0;
  const most = Math.min(one.length, other.length) - start;
  while (end < most && one[one.length - 1 - end] === other[other.length - 1 - end]) end++;
  const [left, right] = [one.slice(start, one.length - end), other.slice(start, other.length - end)];
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}
