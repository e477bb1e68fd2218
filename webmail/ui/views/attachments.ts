import { html } from 'htm/preact';
import type { EmailBodyPart } from '../../wire.ts';
import { formatSize } from '../format.ts';
import { useApp } from '../state.ts';
import { plainLine } from '../text.ts';
import { Icon } from './icon.ts';

/** What came with the message: name, kind, size, and a way to save it. */
export function Attachments({ parts }: { parts: readonly EmailBodyPart[] }) {
  const { words } = useApp();
  const saved = parts.filter(part => part.blobId);
  if (saved.length === 0) return null;
  return html`<section class="attachments">
    <h3><${Icon} name="attachment" />${words.message.attachments(saved.length)}</h3>
    <ul>${saved.map(part => html`<li key=${part.partId}><${Attachment} part=${part} /></li>`)}</ul>
  </section>`;
}

function Attachment({ part }: { part: EmailBodyPart }) {
  const { state, words, client, locale } = useApp();
  const name = plainLine(part.name ?? '') || words.message.unnamed;
  const size = formatSize(part.size, locale, words.units);
  const href = client.blobAddress({
    accountId: state.session?.accountId ?? '',
    blobId: part.blobId ?? '',
    name,
    type: 'application/octet-stream',
  });
  return html`<a class="attachment" href=${href} download=${name}>
    <span class="attachment-name">
      <span class="visually-hidden">${words.message.save} </span><bdi>${name}</bdi>
    </span>
    <span class="attachment-kind">${plainLine(part.type)} · ${size}</span>
    <${Icon} name="download" />
  </a>`;
}
