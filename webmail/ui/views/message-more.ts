import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { FullEmail } from '../mail.ts';
import { useApp } from '../state.ts';
import { Icon } from './icon.ts';
import { Lazy } from './lazy.ts';
import { Popover } from './popover.ts';

/** What is shown over the page of a message. */
export type Shown = 'details' | 'source' | 'rule';

const menu = async () => (await import('./more-menu.ts')).MoreMenu;
const dialog = async () => (await import('./more-menu.ts')).MoreDialog;

/** What is done with a message seldom: its details and source, saving and printing it. Fetched when it is opened. */
export function MessageMore({ email }: { email: FullEmail }) {
  const { more } = useApp().words.message;
  const [wasOpened, setOpened] = useState(false);
  const [shown, setShown] = useState<Shown | null>(null);
  const summary = html`<summary class="icon-button" aria-label=${more} title=${more}><${Icon} name="dots" /></summary>`;
  return html`<${Popover} class="message-more" summary=${summary} tell=${(isOpen: boolean) => isOpen && setOpened(true)}>
      ${wasOpened && html`<${Lazy} load=${menu} props=${{ email, show: setShown }} />`}
    <//>
    ${shown && html`<${Lazy} load=${dialog} props=${{ email, shown, close: () => setShown(null) }} />`}`;
}
