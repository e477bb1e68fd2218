import type { Email } from '../wire.ts';

type Flags = Pick<Email, 'keywords' | 'mailboxIds'>;
/** Flags or tags by name. */
export type Changes = Readonly<Record<string, true | null>>;

/** A change of flags and tags: `true` sets, `null` clears. */
export interface EmailPatch {
  readonly keywords?: Changes;
  readonly tags?: Changes;
}

/** The patch as Email/set takes it (RFC 8620 §5.3). */
export function updateOf({ keywords = {}, tags = {} }: EmailPatch): Record<string, true | null> {
  return Object.fromEntries([
    ...Object.entries(keywords).map(([keyword, value]) => [`keywords/${keyword}`, value] as const),
    ...Object.entries(tags).map(([tagId, value]) => [`mailboxIds/${tagId}`, value] as const),
  ]);
}

/** What a message's flags and tags are after a patch. */
export function patched({ keywords, mailboxIds }: Flags, patch: EmailPatch): Flags {
  return { keywords: merge(keywords, patch.keywords), mailboxIds: merge(mailboxIds, patch.tags) };
}

function merge(set: Readonly<Record<string, true>>, changes: Changes = {}): Record<string, true> {
  const merged = Object.entries<true | null>({ ...set, ...changes });
  return Object.fromEntries(merged.flatMap(([key, value]) => (value ? [[key, value]] : [])));
}

/** The patch that leads back to this message, whatever of it was so already. */
export function backTo({ keywords, mailboxIds }: Flags, patch: EmailPatch): EmailPatch {
  const before = (flags: Readonly<Record<string, true>>, changes: Changes = {}): Changes =>
    Object.fromEntries(Object.keys(changes).map(key => [key, flags[key] ?? null]));
  return { keywords: before(keywords, patch.keywords), tags: before(mailboxIds, patch.tags) };
}
