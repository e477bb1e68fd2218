import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { selectionOf, toggleChoosing } from '../choose.ts';
import { useApp } from '../state.ts';
import { Icon } from './icon.ts';
import { Lazy } from './lazy.ts';

/** The name of a list, the switch for what is unread, and the button for the other filters. */
export function ListHead({ heading, children }: { heading: string; children?: ComponentChildren }) {
  const app = useApp();
  const { state, words, actions } = app;
  const { isOn, keys } = selectionOf(state);
  const isChoosing = isOn || keys.size > 0;
  const { filter } = state.route;
  const isNarrowed = Object.keys(filter).some(name => name !== 'isUnread');
  const [isOpen, setOpen] = useState(isNarrowed);
  const setUnread = (event: Event) => {
    const { isUnread: _before, ...others } = filter;
    const { checked } = event.currentTarget as HTMLInputElement;
    actions.go({ filter: checked ? { ...others, isUnread: true } : others });
  };
  return html`<div class="list-head">
      <h1 id="list-heading" dir="auto">${heading}</h1>
      <label class="switch">
        <input type="checkbox" checked=${filter.isUnread === true} onChange=${setUnread} />
        <span>${words.timeline.unreadOnly}</span>
      </label>
      <button
        class="icon-button filter-button"
        aria-label=${words.timeline.filter}
        aria-expanded=${isOpen}
        aria-controls=${isOpen ? 'filter' : undefined}
        data-active=${isNarrowed}
        onClick=${() => setOpen(!isOpen)}
      >
        <${Icon} name="filter" />
      </button>
      <button class="icon-button" aria-label=${words.select} title=${words.select} aria-pressed=${isChoosing} onClick=${() => toggleChoosing(app)}>
        <${Icon} name="select" />
      </button>
      ${children}
    </div>
    ${isOpen && html`<${Lazy} load=${loadFilterBar} props=${{}} />`}`;
}

async function loadFilterBar() {
  return (await import('./filter-bar.ts')).FilterBar;
}
