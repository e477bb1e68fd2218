import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../state.ts';
import { Icon } from './icon.ts';
import { Lazy } from './lazy.ts';

const noticeMilliseconds = 20_000;

/** What was just done, with a way back; and what only screen readers need to be told. */
export function Notices() {
  const { state, words, actions } = useApp();
  const { notice } = state;
  const area = useRef<HTMLDivElement>(null);
  /** What held the focus before the notice did. */
  const before = useRef<EventTarget | null>(null);
  useEffect(() => {
    if (!notice) return;
    const timer = setInterval(() => {
      // Nothing goes away under the hand of who is about to press it.
      if (!area.current?.matches(':focus-within, :hover')) actions.say(null);
    }, noticeMilliseconds);
    return () => clearInterval(timer);
  }, [notice, actions]);
  function noteFocus({ relatedTarget }: FocusEvent): void {
    if (!(relatedTarget instanceof Node && area.current?.contains(relatedTarget)))
      before.current = relatedTarget;
  }
  function close(): void {
    actions.say(null);
    const last = before.current;
    const isThere = last instanceof HTMLElement && last.isConnected;
    (isThere ? last : document.getElementById('main'))?.focus();
  }
  function undo(): void {
    notice?.undo?.();
    close();
  }
  return html`<div class="notices">
    <p class="visually-hidden" aria-live="polite">${state.announcement}</p>
    <div class="notice-area" role="status" ref=${area} onFocusIn=${noteFocus}>
      ${state.work && html`<${Lazy} load=${loadWork} props=${{ work: state.work }} isQuiet=${true} />`}
      ${
        notice &&
        html`<div class="notice">
        <span>${notice.text}</span>
        ${notice.undo && html`<button class="button small" onClick=${undo}>${words.undo}</button>`}
        <button class="icon-button" aria-label=${words.close} onClick=${close}><${Icon} name="close" /></button>
      </div>`
      }
    </div>
  </div>`;
}

async function loadWork() {
  return (await import('./work-notice.ts')).WorkNotice;
}
