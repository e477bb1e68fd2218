import { html } from 'htm/preact';
import { useApp, type Work } from '../state.ts';

/** What is going on, how far it is, and a way to stop it. */
export function WorkNotice({ work: { text, done, total, stop } }: { work: Work }) {
  const { words } = useApp();
  return html`<div class="notice work">
    <label>${text} <progress value=${total === null ? undefined : done} max=${total ?? undefined}></progress></label>
    <button class="button small" onClick=${stop}>${words.stop}</button>
  </div>`;
}
