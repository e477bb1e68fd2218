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
  return html`<dialog ref=${dialog} class="dialog" role="alertdialog" aria-labelledby="question" aria-describedby="question-text" onClose=${() => question.answer(false)}>
    <div class="dialog-head"><h2 id="question">${question.title}</h2></div>
    <p id="question-text">${question.text}</p>
    <div class="dialog-buttons">
      <button class="button" onClick=${() => question.answer(false)}>${words.cancel}</button>
      <button class="button danger" onClick=${() => question.answer(true)}>${question.yes}</button>
    </div>
  </dialog>`;
}
