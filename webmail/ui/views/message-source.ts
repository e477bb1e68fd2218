import { html } from 'htm/preact';
import { copyText } from '../copy-text.ts';
import { formatSize } from '../format-numbers.ts';
import { useLoad } from '../load.ts';
import { decodeText } from '../load-preview.ts';
import { readingWords } from '../locales/reading.ts';
import type { FullEmail } from '../mail.ts';
import { useApp } from '../state.ts';
import { Failed, Loading } from './loading.ts';
import { ReadingDialog } from './reading-dialog.ts';
import { SaveButton } from './save-button.ts';

const maxOctets = 500_000;

/** The message as it came, octet for octet as far as a screen goes. */
export function MessageSource({ email, close }: { email: FullEmail; close: () => void }) {
  const { state, words, locale, client, actions } = useApp();
  const mine = readingWords[state.language];
  const accountId = state.session?.accountId ?? '';
  const loaded = useLoad(`${accountId}/${email.blobId}`, async () => {
    const blob = { accountId, blobId: email.blobId, name: 'message.eml', type: 'message/rfc822' };
    const octets = await client.fetchBeginning(blob, maxOctets + 1);
    return {
      text: decodeText(octets.subarray(0, maxOctets), null),
      isCut: octets.byteLength > maxOctets,
    };
  });
  const { value } = loaded;
  const copy = async () =>
    actions.say({ text: (await copyText(value?.text ?? '')) ? mine.details.copied : mine.details.notCopied });
  const tools = html`<button class="button small quiet" onClick=${() => void copy()}>${mine.source.copy}</button>
    <${SaveButton} class="button small" blobId=${email.blobId} name="message.eml">${mine.source.save}<//>`;
  return html`<${ReadingDialog} heading=${mine.source.heading} close=${close} tools=${tools}>
    ${loaded.error !== undefined && !value && html`<${Failed} error=${loaded.error} retry=${loaded.reload} />`}
    ${!value && loaded.error === undefined && html`<${Loading} />`}
    ${value?.isCut && html`<p class="note">${mine.source.cut(formatSize(maxOctets, locale, words.units))}</p>`}
    ${value && html`<pre class="preview-text" tabindex="0" role="region" aria-label=${mine.source.text} dir="ltr">${value.text}</pre>`}
  <//>`;
}
