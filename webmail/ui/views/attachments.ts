import { html } from 'htm/preact';
import { useId, useState } from 'preact/hooks';
import type { EmailBodyPart } from '../../wire.ts';
import { isProgram, nameParts, previewKind } from '../attachment-kinds.ts';
import { formatSize } from '../format-numbers.ts';
import { readingWords } from '../locales/reading.ts';
import { useApp } from '../state.ts';
import { plainLine } from '../text.ts';
import { FileIcon, type FileIconName } from './file-icon.ts';
import { Icon } from './icon.ts';
import { Lazy } from './lazy.ts';
import { SaveButton } from './save-button.ts';

interface Props {
  readonly parts: readonly EmailBodyPart[];
  /** The message looks harmful: nothing is shown, and saving is asked back. */
  readonly isHarmful: boolean;
}

const previewDialog = async () => (await import('./preview-dialog.ts')).PreviewDialog;
const harmfulSave = async () => (await import('./harmful-save.ts')).HarmfulSave;

/** What came with the message: name, kind and size; each can be looked at, where that is safe, and saved. */
export function Attachments({ parts, isHarmful }: Props) {
  const words = readingWords[useApp().state.language].attachments;
  const [shown, setShown] = useState<number | null>(null);
  const shownParts = isHarmful ? [] : parts.filter(part => previewKind(namedPart(part)));
  const props = { parts: shownParts, at: shown ?? 0, go: setShown, close: () => setShown(null) };
  return html`<section class="attachments">
    <h3><${Icon} name="attachment" />${words.count(parts.length)}</h3>
    <ul>
      ${parts.map(part => {
        const place = shownParts.indexOf(part);
        const show = place < 0 ? null : () => setShown(place);
        return html`<li key=${part.partId}><${Attachment} part=${part} show=${show} isHarmful=${isHarmful} /></li>`;
      })}
    </ul>
    ${shown !== null && html`<${Lazy} load=${previewDialog} props=${props} />`}
  </section>`;
}

function namedPart({ type, name }: EmailBodyPart): { type: string; name: string } {
  return { type, name: plainLine(name ?? '') };
}

const icons: Record<'picture' | 'text' | 'pdf', FileIconName> = {
  picture: 'picture',
  text: 'text',
  pdf: 'file',
};

interface AttachmentProps {
  readonly part: EmailBodyPart;
  readonly show: (() => void) | null;
  readonly isHarmful: boolean;
}

function Attachment({ part, show, isHarmful }: AttachmentProps) {
  const words = readingWords[useApp().state.language].attachments;
  const [isAsked, setAsked] = useState(false);
  const questionId = useId();
  const name = plainLine(part.name ?? '') || words.unnamed;
  const kind = previewKind(namedPart(part));
  const about = html`<${FileIcon} name=${kind ? icons[kind] : 'file'} /><${About} part=${part} name=${name} />`;
  const file = { blobId: part.blobId ?? '', name };
  const label = `${words.save} ${name}`;
  const ask = () => setAsked(!isAsked);
  return html`<div class="attachment">
      ${
        show
          ? html`<button class="attachment-main" onClick=${show}>${about}</button>`
          : html`<div class="attachment-main">${about}</div>`
      }
      ${
        isHarmful
          ? html`<button class="icon-button" aria-label=${label} title=${label} aria-expanded=${isAsked} aria-controls=${questionId} onClick=${ask}><${FileIcon} name="download" /></button>`
          : html`<${SaveButton} class="icon-button" label=${label} ...${file}><${FileIcon} name="download" /><//>`
      }
    </div>
    <div id=${questionId} hidden=${!isAsked}>
      ${isAsked && html`<${Lazy} load=${harmfulSave} props=${{ ...file, leave: () => setAsked(false) }} />`}
    </div>`;
}

function About({ part, name }: { part: EmailBodyPart; name: string }) {
  const { state, words, locale } = useApp();
  const { stem, ending } = nameParts(name);
  const kind = ending ? ending.slice(1).toUpperCase() : plainLine(part.type);
  return html`<span class="attachment-about">
    <span class="visually-hidden">${name}, </span>
    <span class="attachment-name" title=${name} aria-hidden="true"><bdi class="stem">${stem}</bdi><bdi>${ending}</bdi></span>
    <span class="attachment-kind">
      ${kind} · ${formatSize(part.size, locale, words.units)}
      ${isProgram(name) && html` · <strong>${readingWords[state.language].attachments.program}</strong>`}
    </span>
  </span>`;
}
