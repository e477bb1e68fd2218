import type { TagName, TagRole } from './store/store.ts';

/** Names that people and programs give the system's mailboxes, in lower case. */
const roleNames: Readonly<Record<string, TagRole>> = {
  inbox: 'inbox',
  archive: 'archive',
  drafts: 'drafts',
  sent: 'sent',
  junk: 'junk',
  spam: 'junk',
  trash: 'trash',
};

/**
 * The tag that a mailbox name means: names of tags from the top, `/` between them, `INBOX` in any case for the inbox
 * (RFC 9051 §5.1); else a system tag by its role; else the name as other servers have it, below `INBOX` or with dots.
 * Null where there is none.
 */
export function tagOfPath<T extends TagName>(path: string, tags: readonly T[]): T | null {
  const plain = walk(path.split('/'), tags);
  if (plain) return plain;
  const role = Object.hasOwn(roleNames, path.toLowerCase()) ? roleNames[path.toLowerCase()] : undefined;
  if (role) return tagOfRole(role, tags);
  for (const steps of [path.split('/'), path.includes('/') ? [] : path.split('.')]) {
    const found = walk(steps, tags) ?? (isInbox(steps[0]) ? walk(steps.slice(1), tags) : null);
    if (found) return found;
  }
  return null;
}

/** The system tag of this role. */
export function tagOfRole<T extends TagName>(role: TagRole, tags: readonly T[]): T | null {
  return tags.find(tag => tag.role === role) ?? null;
}

function walk<T extends TagName>(steps: readonly string[], tags: readonly T[]): T | null {
  let at: T | null = null;
  for (const [depth, step] of steps.entries()) {
    at = stepFrom(at, step, depth === 0, tags);
    if (at === null) return null;
  }
  return at;
}

function stepFrom<T extends TagName>(
  parent: T | null,
  step: string,
  isTop: boolean,
  tags: readonly T[],
): T | null {
  if (isTop && isInbox(step)) return tagOfRole('inbox', tags);
  const name = step.normalize('NFC').trim();
  return tags.find(tag => tag.parentId === (parent?.id ?? null) && tag.name === name) ?? null;
}

function isInbox(step: string | undefined): boolean {
  return step?.toLowerCase() === 'inbox';
}

/** What is there of a path that is to be made, and the names below it that are not. */
export function pathToMake<T extends TagName>(
  path: string,
  tags: readonly T[],
): { parent: T | null; missing: string[] } {
  const steps = /^inbox\./i.test(path) ? path.split('.').slice(1) : path.split('/');
  for (let depth = steps.length - 1; depth > 0; depth--) {
    const parent = walk(steps.slice(0, depth), tags);
    if (parent) return { parent, missing: steps.slice(depth) };
  }
  return { parent: null, missing: steps };
}
