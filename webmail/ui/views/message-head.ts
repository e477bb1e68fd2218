import { html } from 'htm/preact';
import type { Ref } from 'preact';
import { useState } from 'preact/hooks';
import { shortDate } from '../format.ts';
import type { EmailRow } from '../mail.ts';
import { isOwn } from '../own.ts';
import { useApp } from '../state.ts';
import { Icon } from './icon.ts';
import { LevelMark } from './level.ts';
import { firstMark, textOf, writerOf } from './row.ts';

/** Characters that surely fit three lines of a phone. */
const longSubject = 90;

interface Props {
  readonly email: EmailRow;
  readonly isOpen: boolean;
  /** Its subject stands above another message already. */
  readonly isRepeated: boolean;
  readonly contentId: string;
  readonly button: Ref<HTMLButtonElement>;
  readonly toggle: () => void;
}

/** Who wrote, about what, and when: what is pressed to open and to close a message. */
export function MessageHead({ email, isOpen, isRepeated, contentId, button, toggle }: Props) {
  const { state, words } = useApp();
  const text = textOf(email, words, state.opened[email.id]);
  const isUnread = !email.keywords.$seen;
  const isShort = isRepeated && !isOpen && text.preview !== '';
  const [isClamped, setClamped] = useState(text.subject.length > longSubject);
  return html`<h2 class="message-head">
      <button ref=${button} aria-expanded=${isOpen} aria-controls=${contentId} onClick=${toggle}>
        <span class="message-subject ${isShort ? 'visually-hidden' : ''}" dir="auto" data-clamped=${isClamped} data-repeated=${isRepeated}>${text.subject}</span>
        <span class="message-writer">
          ${isUnread && html`<span class="visually-hidden">${words.message.unread}, </span>`}
          ${isOwn(email, state) ? html`<span class="you">${words.message.you}</span>` : html`<bdi>${writerOf(email, words)}</bdi>`}
        </span>
        <${Side} email=${email} isOpen=${isOpen} />
        ${!isOpen && text.preview && html`<span class="message-preview" dir="auto">${text.preview}</span>`}
      </button>
    </h2>
    ${isClamped && isOpen && html`<button class="button small quiet all-subject" onClick=${() => setClamped(false)}>${words.message.wholeSubject}</button>`}`;
}

function Side({ email, isOpen }: { email: EmailRow; isOpen: boolean }) {
  const { words, formats } = useApp();
  const { level, marks } = email.privacyBrief;
  const mark = firstMark(marks);
  return html`<span class="message-side">
    ${!isOpen && email.hasAttachment && html`<${Icon} name="attachment" />`}
    ${!isOpen && mark && html`<span class="mark"><${Icon} name="warning" /><span class="visually-hidden">${words.warnings[mark]}</span></span>`}
    ${!isOpen && !mark && level && html`<${LevelMark} level=${level} />`}
    <time datetime=${email.receivedAt}>${shortDate(email.receivedAt, formats, new Date())}</time>
  </span>`;
}
