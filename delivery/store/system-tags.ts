import { DeliveryError } from '../errors.ts';
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

/** What `Mail.putTag` is given. */
export interface TagChange {
  readonly id?: string;
  readonly name?: string;
  readonly parentId?: string | null;
  readonly sortOrder?: number;
  readonly colour?: string | null;
  readonly isSubscribed?: boolean;
  readonly role?: TagRole | null;
}

/** The name as tags have it; throws `badRequest` with field `name` when it is none. */
export function requireTagName(given: string): string {
  const name = given.normalize('NFC').trim();
  if (name === '' || name.length > 255 || /\p{Cc}/u.test(name)) {
    throw new DeliveryError('badRequest', 'a tag needs a name', { fields: { field: 'name' } });
  }
  return name;
}
