import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import { readingWords } from '../locales/reading.ts';
import { useApp } from '../state.ts';
import { SaveButton } from './save-button.ts';

interface Props {
  readonly blobId: string;
  readonly name: string;
  readonly leave: () => void;
}

/** Asked before something of a message that looks harmful is saved. */
export function HarmfulSave({ blobId, name, leave }: Props) {
  const words = readingWords[useApp().state.language].harmful;
  const area = useRef<HTMLDivElement>(null);
  useEffect(() => {
    area.current?.focus();
    area.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return html`<div class="warning harmful-save" role="group" tabindex="-1" ref=${area} aria-label=${words.ask(name)}>
    <p><strong><bdi>${words.ask(name)}</bdi></strong> ${words.text}</p>
    <p class="actions">
      <button class="button small" onClick=${leave}>${words.leave}</button>
      <${SaveButton} class="button small" blobId=${blobId} name=${name}>${words.save}<//>
    </p>
  </div>`;
}
