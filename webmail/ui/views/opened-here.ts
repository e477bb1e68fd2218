import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import { pgpWords } from '../locales/pgp.ts';
import { useApp } from '../state.ts';

/** Above a text that was opened on this device. */
export function OpenedHere() {
  const { state, actions } = useApp();
  const words = pgpWords[state.language];
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    // The form that had the focus is gone.
    if (document.activeElement === document.body) line.current?.focus();
  }, []);

  async function lock(): Promise<void> {
    (await actions.device()).lock();
    actions.announce(words.locked);
  }

  return html`<div class="opened-here">
    <p tabindex="-1" ref=${line}><strong>${words.opened}</strong></p>
    <button class="button small" onClick=${lock}>${words.lock}</button>
    <p class="hint">${words.openedWhy}</p>
  </div>`;
}
