import type { Changes, EmailPatch } from './email-patch.ts';

/** The patch that takes one back of which everything was a change. */
export function inverse(patch: EmailPatch): EmailPatch {
  const turn = (changes: Changes = {}): Changes =>
    Object.fromEntries(Object.entries(changes).map(([key, value]) => [key, value === null ? true : null]));
  return { keywords: turn(patch.keywords), tags: turn(patch.tags) };
}
