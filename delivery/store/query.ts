import type { Level } from '../privacy/shape.ts';

/** A search text as `delivery/search/query.ts` reads it: all of `terms` must match. */
export interface SearchTerm {
  /** Where to look; `any` is every field. */
  readonly field: 'any' | 'subject' | 'body' | 'originators' | 'destinations' | 'attachments';
  /** Folded words in order; more than one is a phrase. */
  readonly words: readonly string[];
  /** The last word is a prefix. */
  readonly prefix: boolean;
}

/** A filter in the words of the domain; RFC 8621 §4.4.1's conditions map onto it one by one. */
export type EmailFilter =
  | { readonly all: readonly EmailFilter[] }
  | { readonly any: readonly EmailFilter[] }
  | { readonly none: readonly EmailFilter[] }
  | { readonly tag: string }
  /** In at least one tag that is not among these. */
  | { readonly tagOtherThan: readonly string[] }
  /** Received before, and not before, these instants. */
  | { readonly before: Date }
  | { readonly after: Date }
  | { readonly minSizeOctets: number }
  | { readonly maxSizeOctets: number }
  | { readonly keyword: string }
  | { readonly noKeyword: string }
  | { readonly threadKeyword: 'all' | 'some' | 'none'; readonly keyword: string }
  | { readonly hasAttachment: boolean }
  | { readonly discussion: string }
  | { readonly level: Level }
  | { readonly sealed: boolean }
  /** The header field exists; with `contains`, its value holds the text, case-insensitively. */
  | { readonly fieldName: string; readonly contains?: string }
  | { readonly search: SearchTerm };

export const sortKeys = [
  'receivedAt',
  'sentAt',
  'size',
  'originator',
  'destination',
  'subject',
  'keyword',
  'threadKeywordAll',
  'threadKeywordSome',
] as const;

export interface EmailSort {
  readonly key: (typeof sortKeys)[number];
  readonly keyword?: string;
  readonly ascending: boolean;
}
