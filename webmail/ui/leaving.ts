import type { Act, Role, Roles } from './acts.ts';

/** Whether an act takes a message out of the list of this tag. */
export function leaves(act: Act, tagId: string, tags: Roles): boolean {
  const role = tags.find(tag => tag.id === tagId)?.role;
  if (role === undefined || act === 'read' || act === 'unread') return false;
  if (typeof act === 'object') return !act.isAdded && act.tagId === tagId;
  const leaving: Readonly<Record<Exclude<typeof act, 'trash'>, readonly (Role | null)[]>> = {
    archive: ['inbox', 'junk', 'trash'],
    inbox: ['archive', 'junk', 'trash', 'sent', 'drafts'],
    junk: ['inbox', 'archive', 'trash', null],
    notJunk: ['junk'],
  };
  return act === 'trash' ? role !== 'trash' : leaving[act].includes(role);
}
