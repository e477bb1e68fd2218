import { constants } from './checks.ts';
import { type Comparator, comparators, defaultComparator } from './comparators.ts';
import { find } from './find.ts';
import { holds } from './relations.ts';
import type { Run } from './run.ts';
import type { Clause } from './shape.ts';
import { matchWildcards, readWildcards, type Wildcards } from './wildcards.ts';

interface Matching {
  readonly type: 'is' | 'contains' | 'matches' | 'value' | 'count';
  /** With `value` and `count`. */
  readonly relation: string;
  readonly comparator: Comparator;
}

const types = ['contains', 'matches', 'value', 'count'] as const;

function matchingOf({ tags }: Clause): Matching {
  const type = types.find(each => tags.has(each)) ?? 'is';
  const name = constants(tags.get('comparator'))[0] ?? defaultComparator;
  const comparator = comparators.get(name);
  // A script whose comparators are not all known is none.
  if (!comparator) throw new Error('an unknown comparator was let through');
  return { type, relation: constants(tags.get(type))[0] ?? '', comparator };
}

/**
 * Whether one of the values matches one of the keys, as the tags of the test ask (RFC 5228 §2.7, RFC 5231). What the
 * wildcards of `:matches` stand for is kept for later strings (RFC 5229 §3.2) unless `keeps` is false.
 */
export function matchesAny(
  values: readonly string[],
  keys: readonly string[],
  { clause, run, keeps = true }: { clause: Clause; run: Run; keeps?: boolean },
): boolean {
  const matching = matchingOf(clause);
  const { comparator, type } = matching;
  const found = type === 'count' ? [String(values.length)] : values;
  const seeks = type === 'contains' || type === 'matches';
  const folded = seeks ? found.map(value => comparator.fold(value)) : found;
  run.spend(keys.reduce((sum, key) => sum + key.length, 0));
  const soughts = keys.map(key => soughtOf(key, matching));
  return folded.some((value, index) =>
    soughts.some(sought =>
      matchesOne(value, sought, { matching, run, original: keeps ? (found[index] ?? '') : null }),
    ),
  );
}

/** A key, read as far as it can be without a value. */
interface Sought {
  readonly key: string;
  /** With `:matches`. */
  readonly wildcards: Wildcards;
}

function soughtOf(key: string, { type, comparator }: Matching): Sought {
  const seeks = type === 'contains' || type === 'matches';
  const folded = seeks ? comparator.fold(key) : key;
  return { key: folded, wildcards: type === 'matches' ? readWildcards(folded) : [] };
}

interface One {
  readonly matching: Matching;
  readonly run: Run;
  /** The value before it was folded, null where nothing is kept of it. */
  readonly original: string | null;
}

function matchesOne(value: string, { key, wildcards }: Sought, { matching, run, original }: One): boolean {
  const { type, comparator, relation } = matching;
  if (type === 'is' && comparator.hasSubstrings) {
    // Texts of different length are told apart at once.
    run.spend(Math.min(value.length, key.length) + 1);
    return comparator.isEqual(value, key);
  }
  run.spend(value.length + (type === 'matches' ? 0 : key.length) + 1);
  if (type === 'is') return comparator.isEqual(value, key);
  if (type === 'contains') return find(value, key, 0) !== -1;
  if (type !== 'matches') return holds(relation, comparator.order(value, key));
  const spans = matchWildcards(value, wildcards, work => run.spend(work));
  if (spans && original !== null) {
    run.keepMatches([original, ...spans.map(([from, to]) => original.slice(from, to))]);
  }
  return spans !== null;
}
