import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { stripWords } from '../locales/tab-strip.ts';
import { useApp } from '../state.ts';
import { Icon } from './icon.ts';
import { Lazy } from './lazy.ts';
import { Popover } from './popover.ts';

const load = async () => (await import('./tab-panel.ts')).TabPanel;

/** What can be done with the list in sight as a tab; fetched when it is opened. */
export function TabOptions() {
  const { state } = useApp();
  const [isOpen, setOpen] = useState(false);
  const summary = html`<summary class="icon-button">
    <${Icon} name="chevron" /><span class="visually-hidden">${stripWords[state.language].options}</span>
  </summary>`;
  return html`<${Popover} class="tab-options" summary=${summary} tell=${setOpen}>
    ${isOpen && html`<${OptionsOfTab} />`}
  <//>`;
}

/** The same without a button of its own. */
export function OptionsOfTab() {
  return html`<${Lazy} load=${load} props=${{}} />`;
}
