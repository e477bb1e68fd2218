import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { stripWords } from '../locales/tab-strip.ts';
import { inboxId } from '../route.ts';
import { useApp } from '../state.ts';
import { addressOf, closeTab, isInSight } from '../tab-actions.ts';
import { tabKey } from '../tab-memory.ts';
import type { Tab } from '../tabs.ts';
import { Icon } from './icon.ts';
import { Popover } from './popover.ts';
import { OptionsOfTab, TabOptions } from './tab-options.ts';
import { listIcon, listTitle, unreadOf } from './tab-title.ts';

type Shown = Pick<Tab, 'list' | 'filter' | 'isPinned'>;

const inbox: Shown = { list: { kind: 'tag', id: inboxId }, filter: {}, isPinned: true };

/** The lists at hand, above the one in sight: the inbox, then the tabs. Nothing while there is only the inbox. */
export function TabStrip() {
  const { state } = useApp();
  const words = stripWords[state.language];
  const strip = useRef<HTMLUListElement>(null);
  const current = tabKey(state.route.list);
  useEffect(() => {
    strip.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [current, state.tabs.length]);
  if (state.tabs.length === 0) return null;
  return html`<nav class="tab-strip" aria-label=${words.heading}>
    <ul ref=${strip}><${Tabs} /></ul>
    <${TabOptions} />
  </nav>`;
}

/** The same as a menu, where there is no room for a strip. */
export function TabMenu() {
  const { state } = useApp();
  const words = stripWords[state.language];
  const [isOpen, setOpen] = useState(false);
  const count = state.tabs.length;
  if (count === 0) return null;
  const summary = html`<summary class="icon-button">
    <${Icon} name="tabs" />
    <span class="visually-hidden">${words.heading}</span><span class="tab-total">${count}</span>
  </summary>`;
  return html`<${Popover} class="tab-menu" summary=${summary} tell=${setOpen}>
    <nav aria-label=${words.heading} onClick=${closeBehindLink}><ul class="tab-list"><${Tabs} /></ul></nav>
    ${isOpen && html`<${OptionsOfTab} />`}
  <//>`;
}

/** The menu has done its work once it led somewhere. */
function closeBehindLink({ target, currentTarget }: MouseEvent): void {
  const isLink = target instanceof Element && target.closest('a') !== null;
  if (isLink) (currentTarget as Element).closest('details')?.removeAttribute('open');
}

function Tabs() {
  const { state } = useApp();
  return html`<${TabItem} tab=${inbox} />
    ${state.tabs.map(tab => html`<${TabItem} key=${tabKey(tab.list)} tab=${tab} />`)}`;
}

function TabItem({ tab }: { tab: Shown }) {
  const app = useApp();
  const { state, words } = app;
  const own = stripWords[state.language];
  const title = listTitle(tab, state);
  const unread = unreadOf(tab, state);
  const isInbox = tab === inbox;
  const close = () => closeTab(app, tabKey(tab.list));
  function closeByMiddle(event: MouseEvent): void {
    if (event.button !== 1 || isInbox) return;
    event.preventDefault();
    close();
  }
  return html`<li class="tab" onAuxClick=${closeByMiddle}>
    <a href=${addressOf(tab, state.route)} aria-current=${isInSight(tab, state.route) ? 'page' : undefined} title=${title}>
      <${Icon} name=${tab.isPinned && !isInbox ? 'pin' : listIcon(tab.list, state.tags)} />
      <bdi class="tab-name">${title}</bdi>
      ${!isInbox && tab.isPinned && html`<span class="visually-hidden">${own.isPinned}</span>`}
      ${unread > 0 && html`<span class="count" aria-hidden="true">${unread}</span><span class="visually-hidden">${words.tags.unread(unread)}</span>`}
    </a>
    ${
      !isInbox &&
      html`<button class="tab-close" aria-label=${own.close(title)} onClick=${close}><${Icon} name="close" /></button>`
    }
  </li>`;
}
