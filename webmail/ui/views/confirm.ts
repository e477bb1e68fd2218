import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import { type Question, useApp } from '../state.ts';

/** Asks before something is done that can't be undone. */
export function Confirm() {
  const { question } = useApp().state;
  return question && html`<${Asked} question=${question} />`;
}

function Asked({ question }: { question: Question }) {
  const { words } = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  // Closed by the browser, it gives the focus back to what held it before.
  const close = (answer: string) => dialog.current?.close(answer);
  return html`<dialog ref=${dialog} class="dialog" role="alertdialog" aria-labelledby="question" aria-describedby="question-text" onClose=${() => question.answer(dialog.current?.returnValue === 'yes')}>
    <div class="dialog-head"><h2 id="question">${question.title}</h2></div>
    <p id="question-text">${question.text}</p>
    <div class="dialog-buttons">
      <button class="button" onClick=${() => close('no')}>${words.cancel}</button>
      <button class="button danger" onClick=${() => close('yes')}>${question.yes}</button>
    </div>
  </dialog>`;
}
