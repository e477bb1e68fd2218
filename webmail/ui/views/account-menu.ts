import { html } from 'htm/preact';
import { listAddress } from '../route.ts';
import { useApp } from '../state.ts';
import { Preferences } from './preferences.ts';

/** What the account's button opens: who is signed in, language and appearance, pages, the way out. */
export function AccountMenu() {
  const { state, words, actions } = useApp();
  const address = state.session?.address ?? '';
  return html`<p class="popover-head">${state.session?.displayName ?? address}<br /><small>${address}</small></p>
    <${Preferences} />
    ${(['settings', 'about'] as const).map(
      id =>
        html`<a key=${id} class="button" href=${listAddress({ kind: 'page', id })} onClick=${leave}>${words.pages[id]}</a>`,
    )}
    <button class="button" onClick=${() => actions.toggle('isKeyboardHelpOpen', true)}>
      ${words.bar.keyboard} <kbd>?</kbd>
    </button>
    <button class="button" onClick=${() => void actions.signOut()}>${words.bar.signOut}</button>`;
}

/** What a link leads to is not covered by the menu that it stood in. */
function leave(event: MouseEvent): void {
  (event.currentTarget as HTMLElement).closest('details')?.removeAttribute('open');
}
