import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { useApp } from '../state.ts';
import { Icon } from './icon.ts';
import { Lazy } from './lazy.ts';
import { Popover } from './popover.ts';

const load = async () => (await import('./search-operators.ts')).SearchOperators;

/** What can be typed into the search field; fetched when it is asked for. */
export function SearchHelp({ insert }: { insert: (typed: string) => void }) {
  const { words } = useApp();
  const [isOpen, setOpen] = useState(false);
  const summary = html`<summary class="icon-button" title=${words.bar.searchHelp}>
    <${Icon} name="help" /><span class="visually-hidden">${words.bar.searchHelp}</span>
  </summary>`;
  return html`<${Popover} class="search-help" summary=${summary} tell=${setOpen}>
    ${isOpen && html`<${Lazy} load=${load} props=${{ insert }} />`}
  <//>`;
}
