import { html } from 'htm/preact';
import { useApp } from '../state.ts';
import { Icon } from './icon.ts';

/** In place of a text that only the owner's key opens. */
export function Sealed({ blobId }: { blobId: string }) {
  const { state, words, client } = useApp();
  const name = 'message.eml';
  const accountId = state.session?.accountId ?? '';
  const href = client.blobAddress({ accountId, blobId, name, type: 'message/rfc822' });
  return html`<section class="sealed">
    <h3>${words.sealed.title}</h3>
    <p>${words.sealed.text}</p>
    <p>${words.sealed.later} ${words.sealed.how}</p>
    <a class="button" href=${href} download=${name}><${Icon} name="download" />${words.sealed.save}</a>
  </section>`;
}
