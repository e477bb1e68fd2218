import type { Act } from './acts.ts';
import { selectionOf } from './choose.ts';
import { choose, type KeyTarget, pressIn } from './key-target.ts';
import { destroyForGood, perform } from './perform.ts';
import type { Parts, State } from './state.ts';

export { closeCurrent, stepTab } from './tab-actions.ts';

export type KeyedAct = 'archive' | 'junk' | 'trash' | 'unread';

/** Does it to these rows. */
export async function actOnRows(
  name: KeyedAct,
  parts: Parts,
  { rows, isUnreadRow }: KeyTarget,
): Promise<void> {
  try {
    const role = roleOf(parts.store.get());
    if (name === 'trash' && role === 'trash') await destroyForGood(parts, rows);
    else await perform(parts, name === 'unread' && isUnreadRow ? 'read' : wanted(name, role), rows);
  } catch (error) {
    parts.actions.tellError(error);
  }
}

/** The same key leads out of where it leads to. */
function wanted(name: KeyedAct, role: ReturnType<typeof roleOf>): Act {
  if (name === 'junk' && role === 'junk') return 'notJunk';
  return name === 'archive' && role === 'archive' ? 'inbox' : name;
}

function roleOf({ route: { list }, tags }: State): State['tags'][number]['role'] {
  return list.kind === 'tag' ? (tags.find(tag => tag.id === list.id)?.role ?? null) : null;
}

/** Opens the tags of these rows; a row that only has the focus is selected by it. */
export function openTags({ store }: Parts, { rows }: KeyTarget): void {
  const { keys, isWhole } = selectionOf(store.get());
  if (!isWhole && keys.size === 0 && rows !== 'whole') choose(rows[0] ?? null);
  const open = (tries: number) => {
    const summary = document.querySelector<HTMLElement>('.selection-bar [data-key="tag"]');
    if (summary) pressIn(summary);
    // The bar is fetched when it is shown for the first time.
    else if (tries > 0) setTimeout(open, 50, tries - 1);
  };
  setTimeout(open, 0, 60);
}
