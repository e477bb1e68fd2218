import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../state.ts';
import { Icon } from './icon.ts';

/** The list of keys, as a dialog. */
export function KeyboardHelp() {
  const { state, words, actions } = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (state.isKeyboardHelpOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [state.isKeyboardHelpOpen]);
  return html`<dialog ref=${dialog} class="dialog" aria-labelledby="keys-heading" onClose=${() => actions.toggle('isKeyboardHelpOpen', false)}>
    <div class="dialog-head">
      <h2 id="keys-heading">${words.keys.heading}</h2>
      <button class="icon-button" aria-label=${words.close} onClick=${() => dialog.current?.close()}><${Icon} name="close" /></button>
    </div>
    <dl class="keys">
      ${words.keys.rows.map(([key, text]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${text}</dd></div>`)}
    </dl>
  </dialog>`;
}
