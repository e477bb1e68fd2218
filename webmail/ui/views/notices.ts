import { html } from 'htm/preact';
import { useEffect } from 'preact/hooks';
import { useApp } from '../state.ts';
import { Icon } from './icon.ts';

const noticeMilliseconds = 20_000;

/** What was just done, with a way back; and what only screen readers need to be told. */
export function Notices() {
  const { state, words, actions } = useApp();
  const { notice } = state;
  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(() => actions.say(null), noticeMilliseconds);
    return () => clearTimeout(timer);
  }, [notice, actions]);
  function undo(): void {
    notice?.undo?.();
    actions.say(null);
  }
  return html`<div class="notices">
    <p class="visually-hidden" aria-live="polite">${state.announcement}</p>
    <div class="notice-area" role="status">
      ${
        notice &&
        html`<div class="notice">
        <span>${notice.text}</span>
        ${notice.undo && html`<button class="button small" onClick=${undo}>${words.undo}</button>`}
        <button class="icon-button" aria-label=${words.close} onClick=${() => actions.say(null)}><${Icon} name="close" /></button>
      </div>`
      }
    </div>
  </div>`;
}
