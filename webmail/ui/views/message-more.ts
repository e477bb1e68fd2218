import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { loadLaterStyle } from '../later-style.ts';
import type { FullEmail } from '../mail.ts';
import { useApp } from '../state.ts';
import { Icon } from './icon.ts';
import { Lazy } from './lazy.ts';
import { Popover } from './popover.ts';
import { SaveButton } from './save-button.ts';

const details = async () =>
  (await Promise.all([import('./message-details.ts'), loadLaterStyle()]))[0].MessageDetailsDialog;
const source = async () =>
  (await Promise.all([import('./message-source.ts'), loadLaterStyle()]))[0].MessageSource;

/** What is done with a message seldom: its details and source, saving and printing it. */
export function MessageMore({ email }: { email: FullEmail }) {
  const { words } = useApp();
  const { more } = words.message;
  const [shown, setShown] = useState<'details' | 'source' | null>(null);
  // The menu goes away: what opened it holds the focus, so that it is given back there.
  const leave = (event: MouseEvent, next: () => void) => {
    const menu = (event.currentTarget as HTMLElement).closest('details');
    menu?.removeAttribute('open');
    menu?.querySelector('summary')?.focus();
    next();
  };
  const item = (name: string, next: () => void) =>
    html`<button class="menu-item" onClick=${(event: MouseEvent) => leave(event, next)}>${name}</button>`;
  const props = { email, close: () => setShown(null) };
  const summary = html`<summary class="icon-button" aria-label=${more.open} title=${more.open}><${Icon} name="dots" /></summary>`;
  return html`<${Popover} class="message-more" summary=${summary}>
      ${item(more.details, () => setShown('details'))}
      ${!email.privacy.sealed && item(more.source, () => setShown('source'))}
      <${SaveButton} class="menu-item" blobId=${email.blobId} name="message.eml">${words.message.source}<//>
      ${item(more.print, () => window.print())}
    <//>
    ${shown && html`<${Lazy} key=${shown} load=${shown === 'details' ? details : source} props=${props} />`}`;
}
