import { type FieldPart, fieldLookUp } from '../../../search/fields.ts';
import type { SearchTerm } from '../../query.ts';
import { type FieldMask, maskOf } from './hits.ts';
import { type SearchLeaf, soughtWords } from './match.ts';
import { headerSpan, headerTerm, type Span, spanBehind, wordTerm } from './terms.ts';

/** What is looked up in the dictionary of a block: one term, or all of a span. */
export type Wanted = string | Span;

/** One of these must be met; what only `unsure` finds may still not hold. */
export interface Condition {
  readonly sure: readonly Wanted[];
  readonly unsure: readonly Wanted[];
}

/** How a leaf is answered by a block. */
export interface LeafPlan {
  /** All must hold in one field; without any, nothing is found. */
  readonly conditions: readonly Condition[];
  /** The fields that count. */
  readonly fields: FieldMask;
  /** True when an email for which the conditions surely hold meets the leaf. */
  readonly isExact: boolean;
}

/** The plan for a leaf. */
export function planOf(leaf: SearchLeaf): LeafPlan {
  return 'fieldName' in leaf ? headerPlan(leaf.fieldName, leaf.contains ?? null) : wordPlan(leaf.search);
}

function wordPlan(search: SearchTerm): LeafPlan {
  const terms = soughtWords(search).map(wordTerm);
  const conditions = terms.map(({ term }, index): Condition => {
    const isPrefix = search.prefix && index === terms.length - 1;
    return { sure: [isPrefix ? spanBehind(term) : term], unsure: [] };
  });
  const isExact = terms.length === 1 && terms.every(({ isCut }) => !isCut);
  return { conditions, fields: maskOf(search.field), isExact };
}

function headerPlan(name: string, contains: string | null): LeafPlan {
  const { whole, part, isExact } = fieldLookUp(name, contains);
  const conditions = whole.map((term): Condition => ({ sure: [headerTerm(term)], unsure: [] }));
  if (part) conditions.push(partCondition(part));
  return { conditions, fields: maskOf('header'), isExact };
}

function partCondition(part: FieldPart): Condition {
  return { sure: [headerSpan(part)], unsure: part.unknown.map(start => spanBehind(headerTerm(start))) };
}

/** What was found for one thing that was looked up: of each position of the block, the fields in which it was met. */
export type Masks = Uint8Array;

/** Positions of a block, each as a number that is not 0 where the leaf holds. */
export interface LeafHits {
  readonly sure: Masks;
  /** These and more, which must be looked at. */
  readonly maybe: Masks;
}

/** All that the plans want, each once. */
export function wantedBy(plans: Iterable<LeafPlan>): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const { conditions } of plans) {
    for (const { sure, unsure } of conditions) {
      for (const each of [...sure, ...unsure]) wanted.set(keyOf(each), each);
    }
  }
  return wanted;
}

/** What the plan finds in a block of `size` emails, by what was found for each `keyOf`. */
export function evaluate(plan: LeafPlan, found: ReadonlyMap<string, Masks>, size: number): LeafHits {
  const maybe = meet(plan, ({ sure, unsure }) => unite([...sure, ...unsure], found, size), size);
  if (!plan.isExact) return { sure: new Uint8Array(size), maybe };
  return { sure: meet(plan, ({ sure }) => unite(sure, found, size), size), maybe };
}

/** Names a thing to look up. */
function keyOf(wanted: Wanted): string {
  return typeof wanted === 'string' ? wanted : JSON.stringify(wanted);
}

function meet(
  { conditions, fields }: LeafPlan,
  masksOf: (condition: Condition) => Masks,
  size: number,
): Masks {
  const met = new Uint8Array(size).fill(conditions.length === 0 ? 0 : fields);
  for (const condition of conditions) {
    const masks = masksOf(condition);
    for (let position = 0; position < size; position++)
      met[position] = (met[position] ?? 0) & (masks[position] ?? 0);
  }
  return met;
}

function unite(wanted: readonly Wanted[], found: ReadonlyMap<string, Masks>, size: number): Masks {
  const united = new Uint8Array(size);
  for (const each of wanted) {
    const masks = found.get(keyOf(each));
    for (let position = 0; position < size; position++)
      united[position] = (united[position] ?? 0) | (masks?.[position] ?? 0);
  }
  return united;
}
