import { html } from 'htm/preact';
import type { Mailbox } from '../../wire.ts';
import type { Words } from '../locales/en.ts';
import { allId, inboxId, listAddress } from '../route.ts';
import { useApp } from '../state.ts';
import { plainLine } from '../text.ts';
import { Icon, type IconName } from './icon.ts';

const roleOrder = ['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash'] as const;

/** What a tag is called on screen. */
export function tagName(tag: Pick<Mailbox, 'name' | 'role'>, words: Words): string {
  return tag.role ? words.tags.roles[tag.role] : plainLine(tag.name);
}

/** The id that a tag's address stands for: the inbox is known by its role before its id is. */
export function resolveTagId(id: string, tags: readonly Mailbox[]): string {
  return id === inboxId ? (tags.find(tag => tag.role === 'inbox')?.id ?? id) : id;
}

/** All tags, with what is unread under each. */
export function TagList() {
  const { state, words } = useApp();
  const { tags } = state;
  const system = roleOrder.flatMap(role => tags.filter(tag => tag.role === role));
  const own = tags.filter(tag => tag.role === null);
  return html`<nav class="tags" id="tags" aria-label=${words.tags.heading}>
    <ul>
      ${system.map(tag => html`<${TagLink} key=${tag.id} id=${tag.role === 'inbox' ? inboxId : tag.id} tag=${tag} />`)}
      <${TagLink} key=${allId} id=${allId} tag=${null} />
    </ul>
    ${own.length > 0 && html`<h2>${words.tags.own}</h2>`}
    <ul>${own.map(tag => html`<${TagLink} key=${tag.id} id=${tag.id} tag=${tag} />`)}</ul>
  </nav>`;
}

function TagLink({ id, tag }: { id: string; tag: Mailbox | null }) {
  const { state, words } = useApp();
  const { list } = state.route;
  const name = tag ? tagName(tag, words) : words.tags.all;
  const icon: IconName = tag ? (tag.role ?? 'tag') : 'all';
  const unread = tag?.unreadEmails ?? 0;
  return html`<li>
    <a
      href=${listAddress({ kind: 'tag', id })}
      aria-current=${list.kind === 'tag' && list.id === id ? 'page' : undefined}
    >
      <${Icon} name=${icon} /><span class="tag-name">${name}</span>
      ${unread > 0 && html`<span class="count" aria-hidden="true">${unread}</span>`}
      ${unread > 0 && html`<span class="visually-hidden">${words.tags.unread(unread)}</span>`}
    </a>
  </li>`;
}
