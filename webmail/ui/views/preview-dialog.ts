import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import type { EmailBodyPart } from '../../wire.ts';
import { formatSize } from '../format-numbers.ts';
import { useLoad } from '../load.ts';
import { loadPreview, maxTextOctets, type Preview } from '../load-preview.ts';
import { readingWords } from '../locales/reading.ts';
import { useApp } from '../state.ts';
import { plainLine } from '../text.ts';
import { FileIcon } from './file-icon.ts';
import { Icon } from './icon.ts';
import { Failed, Loading } from './loading.ts';
import { ReadingDialog } from './reading-dialog.ts';
import { SaveButton } from './save-button.ts';

interface Props {
  /** Attachments that can be shown. */
  readonly parts: readonly EmailBodyPart[];
  readonly at: number;
  readonly go: (place: number) => void;
  readonly close: () => void;
}

/** An attachment over the page; arrow keys lead to its neighbours, Escape back to the message. */
export function PreviewDialog({ parts, at, go, close }: Props) {
  const { preview, attachments } = readingWords[useApp().state.language];
  const part = parts[at];
  if (!part) return null;
  const name = plainLine(part.name ?? '') || attachments.unnamed;
  const step = (by: -1 | 1) => {
    if (parts[at + by]) go(at + by);
  };
  const tools = html`${parts.length > 1 && html`<${Steps} at=${at} count=${parts.length} step=${step} />`}
    <${SaveButton} class="icon-button" blobId=${part.blobId ?? ''} name=${name} label=${`${attachments.save} ${name}`}>
      <${FileIcon} name="download" />
    <//>`;
  return html`<${ReadingDialog} heading=${name} close=${close} tools=${tools} onArrow=${step}>
    <${Shown} key=${part.partId} part=${part} name=${name} words=${preview} />
  <//>`;
}

function Steps({ at, count, step }: { at: number; count: number; step: (by: -1 | 1) => void }) {
  const { preview } = readingWords[useApp().state.language];
  return html`<span class="preview-steps">
    <button class="icon-button" aria-label=${preview.previous} aria-disabled=${at === 0} onClick=${() => step(-1)}><${Icon} name="back" /></button>
    <span aria-live="polite">${preview.place(at + 1, count)}</span>
    <button class="icon-button next" aria-label=${preview.next} aria-disabled=${at === count - 1} onClick=${() => step(1)}><${Icon} name="back" /></button>
  </span>`;
}

interface ShownProps {
  readonly part: EmailBodyPart;
  readonly name: string;
  readonly words: (typeof readingWords)['en']['preview'];
}

function Shown({ part, name, words }: ShownProps) {
  const { state, client } = useApp();
  const accountId = state.session?.accountId ?? '';
  const loaded = useLoad(`${accountId}/${part.blobId}`, () => loadPreview({ client, accountId }, part, name));
  const { value } = loaded;
  useEffect(() => {
    const address = value?.kind === 'picture' ? value.address : '';
    return () => URL.revokeObjectURL(address);
  }, [value]);
  if (loaded.error !== undefined) return html`<${Failed} error=${loaded.error} retry=${loaded.reload} />`;
  if (!value) return html`<${Loading} />`;
  if (value.kind === 'none') return html`<p class="preview-note" role="status">${words[value.reason]}</p>`;
  if (value.kind === 'picture')
    return html`<${Picture} address=${value.address} name=${name} words=${words} />`;
  if (value.kind === 'pdf') return html`<${Pages} pdf=${value} name=${name} words=${words} />`;
  return html`<${Text} preview=${value} name=${name} words=${words} />`;
}

function Picture({ address, name, words }: Pick<ShownProps, 'name' | 'words'> & { address: string }) {
  const [hasFailed, setFailed] = useState(false);
  if (hasFailed) return html`<p class="preview-note" role="status">${words.unreadable}</p>`;
  return html`<img class="preview-picture" src=${address} alt=${words.picture(name)} onError=${() => setFailed(true)} />`;
}

type TextShown = Pick<ShownProps, 'name' | 'words'> & { preview: Preview & { kind: 'text' } };

/** Text nodes alone, whatever is in it. */
function Text({ preview, name, words }: TextShown) {
  const app = useApp();
  const size = formatSize(maxTextOctets, app.locale, app.words.units);
  return html`${preview.isCut && html`<p class="note">${words.cut(size)}</p>`}
    <pre class="preview-text" tabindex="0" role="region" aria-label=${words.text(name)} dir="auto">${preview.text}</pre>`;
}

/** The browser's own viewer, at an address that is good once; where there is none, in a tab of its own. */
function Pages({
  pdf,
  name,
  words,
}: Pick<ShownProps, 'name' | 'words'> & { pdf: Preview & { kind: 'pdf' } }) {
  const { actions } = useApp();
  const hasViewer = navigator.pdfViewerEnabled && pdf.address !== null;
  const open = async () => {
    const link = document.createElement('a');
    Object.assign(link, { target: '_blank', rel: 'noopener noreferrer', href: await pdf.tabAddress() });
    link.click();
  };
  return html`<p class="preview-tab">
      ${!hasViewer && html`<span>${words.noViewer}</span> `}
      <button class="button small" onClick=${() => void open().catch(actions.tellError)}>${words.openTab}</button>
    </p>
    ${hasViewer && html`<iframe class="preview-pdf" title=${words.pdf(name)} src=${`${pdf.address}#navpanes=0`}></iframe>`}`;
}
