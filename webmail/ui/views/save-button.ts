import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { saveBlob } from '../save-blob.ts';
import { useApp } from '../state.ts';

interface Props {
  readonly class: string;
  readonly blobId: string;
  /** File name, as it may be shown. */
  readonly name: string;
  /** What it does in words, where what it shows does not say so. */
  readonly label?: string;
  readonly children?: ComponentChildren;
}

/** Saves something that came by mail; its address is made when it is pressed, and is good once. */
export function SaveButton({ class: style, blobId, name, label, children }: Props) {
  const { state, actions, client } = useApp();
  const accountId = state.session?.accountId ?? '';
  const blob = { accountId, blobId, name, type: 'application/octet-stream' };
  return html`<button class=${style} aria-label=${label} title=${label} onClick=${() => void saveBlob(client, blob).catch(actions.tellError)}>
    ${children}
  </button>`;
}
