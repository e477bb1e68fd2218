import { html } from 'htm/preact';
import type { Mailbox, View } from '../../wire.ts';
import { allId, inboxId, listAddress } from '../route.ts';
import { listOfView } from '../saved-views.ts';
import { useApp } from '../state.ts';
import { colourOf, placedTags } from '../tag-colours.ts';
import { plainLine } from '../text.ts';
import { Icon } from './icon.ts';
import { listIcon, unreadOf } from './tab-title.ts';
import { tagName } from './tag-name.ts';

export { resolveTagId, tagName } from './tag-name.ts';

const roleOrder = ['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash'] as const;

/** All tags and saved lists, with what is unread under each. */
export function TagList() {
  const { state, words } = useApp();
  const { tags, views, route } = state;
  const system = roleOrder.flatMap(role => tags.filter(tag => tag.role === role));
  const own = placedTags(tags);
  const isManaging = route.list.kind === 'page' && route.list.id === 'tags';
  return html`<nav class="tags" id="tags" aria-label=${words.tags.heading}>
    <ul>
      ${system.map(tag => html`<${TagLink} key=${tag.id} id=${tag.role === 'inbox' ? inboxId : tag.id} tag=${tag} />`)}
      <${TagLink} key=${allId} id=${allId} tag=${null} />
    </ul>
    <h2>${words.tags.own}</h2>
    <ul>
      ${own.map(({ tag, depth }) => html`<${TagLink} key=${tag.id} id=${tag.id} tag=${tag} depth=${depth} />`)}
      <li><a class="tags-manage" href=${listAddress({ kind: 'page', id: 'tags' })} aria-current=${isManaging ? 'page' : undefined}>
        <${Icon} name="drafts" /><span class="tag-name">${words.tags.manage}</span>
      </a></li>
    </ul>
    ${views.length > 0 && html`<h2>${words.tags.saved}</h2>`}
    <ul>${views.map(view => html`<${SavedLink} key=${view.id} view=${view} />`)}</ul>
  </nav>`;
}

function TagLink({ id, tag, depth = 0 }: { id: string; tag: Mailbox | null; depth?: number }) {
  const app = useApp();
  const { state, words } = app;
  const { list } = state.route;
  const name = tag ? tagName(tag, words) : words.tags.all;
  /** With the middle button or Ctrl a tag opens as a tab behind the list in sight. */
  function openAside(event: MouseEvent): void {
    const isAside = event.button === 1 || event.ctrlKey || event.metaKey;
    if (!isAside || event.shiftKey || tag?.role !== null) return;
    event.preventDefault();
    openBehind().catch(app.actions.tellError);
  }
  async function openBehind(): Promise<void> {
    (await import('../tab-actions.ts')).openBehind(app, { kind: 'tag', id });
    app.actions.announce(words.tabs.behind(name));
  }
  return html`<li>
    <a
      href=${listAddress({ kind: 'tag', id })}
      aria-current=${list.kind === 'tag' && list.id === id ? 'page' : undefined}
      data-colour=${colourOf(tag?.colour)}
      data-depth=${depth > 0 ? Math.min(depth, 2) : undefined}
      onClick=${openAside}
      onAuxClick=${openAside}
    >
      <${Icon} name=${tag ? (tag.role ?? 'tag') : 'all'} /><bdi class="tag-name">${name}</bdi>
      <${Unread} count=${tag?.unreadEmails ?? 0} />
    </a>
  </li>`;
}

function SavedLink({ view }: { view: View }) {
  const { state } = useApp();
  const narrowed = listOfView(view);
  const href = listAddress(narrowed.list, narrowed.filter);
  const isCurrent = href === listAddress(state.route.list, state.route.filter);
  return html`<li>
    <a href=${href} aria-current=${isCurrent ? 'page' : undefined}>
      <${Icon} name=${listIcon(narrowed.list, state.tags)} /><bdi class="tag-name">${plainLine(view.name)}</bdi>
      <${Unread} count=${unreadOf(narrowed, state)} />
    </a>
  </li>`;
}

function Unread({ count }: { count: number }) {
  const { words } = useApp();
  if (count === 0) return null;
  return html`<span class="count" aria-hidden="true">${count}</span>
    <span class="visually-hidden">${words.tags.unread(count)}</span>`;
}
