import { html } from 'htm/preact';
import { useApp } from '../state.ts';
import { Icon } from './icon.ts';
import { SaveButton } from './save-button.ts';

/** In place of a text that only the owner's key opens. */
export function Sealed({ blobId }: { blobId: string }) {
  const { words } = useApp();
  return html`<section class="sealed">
    <h3>${words.sealed.title}</h3>
    <p>${words.sealed.text}</p>
    <p>${words.sealed.later} ${words.sealed.how}</p>
    <${SaveButton} class="button" blobId=${blobId} name="message.eml"><${Icon} name="download" />${words.sealed.save}<//>
  </section>`;
}
