import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import { keysWords } from '../locales/keys.ts';
import { useApp } from '../state.ts';
import { Icon } from './icon.ts';

/** The map of keys by groups, as a dialog. */
export function KeyTable() {
  const { state, words, actions } = useApp();
  const { intro, columns, groups } = keysWords[state.language];
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return html`<dialog ref=${dialog} class="dialog key-dialog" aria-labelledby="keys-heading" onClose=${() => actions.toggle('isKeyboardHelpOpen', false)}>
    <div class="dialog-head">
      <h2 id="keys-heading">${words.bar.keyboard}</h2>
      <button class="icon-button" aria-label=${words.close} onClick=${() => dialog.current?.close()}><${Icon} name="close" /></button>
    </div>
    <p>${intro}</p>
    <table class="keys">
      <thead class="visually-hidden"><tr>${columns.map(column => html`<th key=${column} scope="col">${column}</th>`)}</tr></thead>
      ${groups.map(
        ({ heading, rows }) => html`<tbody key=${heading}>
          <tr><th colspan="2" scope="rowgroup">${heading}</th></tr>
          ${rows.map(({ keys, text }) => html`<tr key=${text}><td>${keys.map(key => html`<kbd key=${key}>${key}</kbd> `)}</td><td>${text}</td></tr>`)}
        </tbody>`,
      )}
    </table>
  </dialog>`;
}
