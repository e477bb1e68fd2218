import type { TagRole } from './store.ts';

/** Names that the system tags begin with. */
export const systemTagNames: Readonly<Record<TagRole, string>> = {
  inbox: 'Inbox',
  archive: 'Archive',
  drafts: 'Drafts',
  sent: 'Sent',
  junk: 'Junk',
  trash: 'Trash',
};

/** How deep tags nest. */
export const maxTagDepth = 10;
export const maxTags = 2000;
