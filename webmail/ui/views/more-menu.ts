import { html } from 'htm/preact';
import { loadLaterStyle } from '../later-style.ts';
import { readingWords } from '../locales/reading.ts';
import type { FullEmail } from '../mail.ts';
import { useApp } from '../state.ts';
import { Lazy } from './lazy.ts';
import type { Shown } from './message-more.ts';
import { SaveButton } from './save-button.ts';

/** What stands in the menu of a message. */
export function MoreMenu({ email, show }: { email: FullEmail; show: (what: Shown) => void }) {
  const words = readingWords[useApp().state.language].more;
  // The menu goes away: what opened it holds the focus, so that it is given back there.
  const leave = (event: MouseEvent, next: () => void) => {
    const menu = (event.currentTarget as HTMLElement).closest('details');
    menu?.removeAttribute('open');
    menu?.querySelector('summary')?.focus();
    next();
  };
  const item = (name: string, next: () => void) =>
    html`<button class="menu-item" onClick=${(event: MouseEvent) => leave(event, next)}>${name}</button>`;
  return html`${item(words.details, () => show('details'))} ${item(words.source, () => show('source'))}
    <${SaveButton} class="menu-item" blobId=${email.blobId} name="message.eml">${words.save}<//>
    ${item(words.rule, () => show('rule'))} ${item(words.print, () => window.print())}`;
}

const dialogs = {
  details: async () => (await import('./message-details.ts')).MessageDetailsDialog,
  rule: async () => (await import('./rule-dialog.ts')).RuleDialog,
  source: async () => (await import('./message-source.ts')).MessageSource,
};

interface DialogProps {
  readonly email: FullEmail;
  readonly shown: Shown;
  readonly close: () => void;
}

/** What was chosen in the menu, over the page. */
export function MoreDialog({ shown, ...props }: DialogProps) {
  const load = async () => (await Promise.all([dialogs[shown](), loadLaterStyle()]))[0];
  return html`<${Lazy} key=${shown} load=${load} props=${props} />`;
}
