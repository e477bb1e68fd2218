import { html } from 'htm/preact';
import { useEffect, useId, useState } from 'preact/hooks';
import type { EmailAddress } from '../../wire.ts';
import { longDate, shortDate } from '../format.ts';
import { useLoad } from '../load.ts';
import type { Words } from '../locales/en.ts';
import { type EmailPatch, type EmailRow, type FullEmail, loadMessage } from '../mail.ts';
import { withOpened } from '../opened.ts';
import { useApp } from '../state.ts';
import { displayNameOf, plainLine } from '../text.ts';
import { Icon } from './icon.ts';
import { IndexPanel } from './index-panel.ts';
import { LevelMark } from './level.ts';
import { Failed, Loading } from './loading.ts';
import { MessageBody } from './message-body.ts';
import { firstMark, textOf, writerOf } from './row.ts';
import { SaveButton } from './save-button.ts';
import { LocalBlobs, OpenedNote } from './sealed.ts';
import { TagEditor } from './tag-editor.ts';
import { Warning } from './warning.ts';

/** Characters that surely fit three lines of a phone. */
const longSubject = 90;
/** Sent and received are told apart only when somebody held the message up. */
const heldMilliseconds = 600_000;

/** One message of a discussion: its head, and when it is open, all of it. */
export function Message({ row, isOpenAtFirst }: { row: EmailRow; isOpenAtFirst: boolean }) {
  const { state, words, actions, formats } = useApp();
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const contentId = useId();
  const email = { ...row, ...state.changed[row.id] };
  const text = textOf(email, words, state.opened[row.id]);
  const mark = firstMark(email.privacyBrief.marks);
  const { level } = email.privacyBrief;
  const isUnread = !email.keywords.$seen;
  const [isClamped, setClamped] = useState(text.subject.length > longSubject);
  useEffect(() => {
    if (isOpen && isUnread) void actions.change(email, { keywords: { $seen: true } });
  }, [isOpen]);

  return html`<section class="message" data-unread=${isUnread} data-open=${isOpen} data-email=${row.id}>
    <h2 class="message-head">
      <button aria-expanded=${isOpen} aria-controls=${contentId} onClick=${() => setOpen(!isOpen)}>
        <span class="message-subject" dir="auto" data-clamped=${isClamped}>${text.subject}</span>
        <span class="message-writer">
          ${isUnread && html`<span class="visually-hidden">${words.message.unread}, </span>`}
          <bdi>${writerOf(email, words)}</bdi>
        </span>
        <span class="message-side">
          ${!isOpen && html`<time datetime=${email.receivedAt}>${shortDate(email.receivedAt, formats, new Date())}</time>`}
          ${!isOpen && email.hasAttachment && html`<${Icon} name="attachment" />`}
          ${!isOpen && mark && html`<span class="mark"><${Icon} name="warning" /><span class="visually-hidden">${words.warnings[mark].title}</span></span>`}
          ${!isOpen && !mark && level && html`<${LevelMark} level=${level} />`}
        </span>
        ${!isOpen && text.preview && html`<span class="message-preview" dir="auto">${text.preview}</span>`}
      </button>
    </h2>
    <div id=${contentId} class="message-content" hidden=${!isOpen}>
      ${isClamped && isOpen && html`<button class="button small quiet all-subject" onClick=${() => setClamped(false)}>${words.message.wholeSubject}</button>`}
      ${isOpen && html`<${Content} row=${email} subject=${text.subject} />`}
    </div>
  </section>`;
}

function Content({ row, subject }: { row: EmailRow; subject: string }) {
  const { state, client } = useApp();
  const accountId = state.session?.accountId ?? '';
  const loaded = useLoad(`${accountId}/${row.id}`, () => loadMessage({ client, accountId }, row.id));
  if (loaded.error !== undefined && !loaded.value)
    return html`<${Failed} error=${loaded.error} retry=${loaded.reload} />`;
  if (loaded.value === undefined) return html`<${Loading} />`;
  if (loaded.value === null) return html`<${Gone} />`;
  return html`<${Opened}
    email=${withOpened({ ...loaded.value, ...state.changed[row.id] }, state.opened[row.id])}
    subject=${subject}
    reload=${loaded.reload}
  />`;
}

function Gone() {
  const { words } = useApp();
  return html`<p class="hint">${words.errors.notFound}</p>`;
}

interface OpenedProps {
  readonly email: FullEmail;
  readonly subject: string;
  readonly reload: () => void;
}

function Opened({ email, subject, reload }: OpenedProps) {
  const { privacy } = email;
  const mark = firstMark(privacy.marks);
  const originator = email.from?.[0]?.email;
  return html`${mark && html`<${Warning} mark=${mark} originator=${originator} reasons=${privacy.reasons} />`}
    <${Actions} email=${email} />
    <${Addresses} email=${email} />
    ${!mark && html`<${IndexPanel} email=${email} onChanged=${reload} />`}
    <${Protection} email=${email} />
    <${OpenedNote} emailId=${email.id} />
    <${LocalBlobs} email=${email}>
      <${MessageBody} email=${email} subject=${subject} reload=${reload} />
      <${Toolbar} email=${email} />
    <//>`;
}

/** What encryption and signature did, in a sentence each; nothing when there was neither. */
function Protection({ email }: { email: FullEmail }) {
  const { state, words } = useApp();
  const { protection, facts, sealed } = email.privacy;
  const signature = facts.find(fact => fact.id === 'signature')?.evidence.value;
  const sentences = [
    protection.opened && !state.opened[email.id] ? words.message.decrypted : '',
    protection.form !== 'none' && protection.failure && !sealed ? words.message.notOpened : '',
    protection.signer ? words.message.signer(plainLine(protection.signer)) : '',
    signature === 'invalid' ? words.message.badSignature : '',
  ].filter(Boolean);
  return sentences.length > 0 && html`<p class="protection">${sentences.join(' ')}</p>`;
}

function Addresses({ email }: { email: FullEmail }) {
  const { words, formats } = useApp();
  const rows: [string, readonly EmailAddress[] | null][] = [
    [words.message.originator, email.from],
    [words.message.to, email.to],
    [words.message.cc, email.cc],
  ];
  return html`<dl class="addresses">
    ${rows.map(
      ([name, list]) =>
        list &&
        list.length > 0 &&
        html`<div key=${name}>
          <dt>${name}</dt>
          <dd>${list.slice(0, 50).map((address, place) => html`<${Address} key=${place} address=${address} />`)}</dd>
        </div>`,
    )}
    ${datesOf(email, words).map(([name, date]) => html`<div key=${name}><dt>${name}</dt><dd>${longDate(date, formats)}</dd></div>`)}
  </dl>`;
}

function datesOf({ sentAt, receivedAt }: FullEmail, words: Words): [string, string][] {
  const held = sentAt ? Math.abs(Date.parse(receivedAt) - Date.parse(sentAt)) : Number.POSITIVE_INFINITY;
  return [
    ...(sentAt ? [[words.message.sentAt, sentAt] as [string, string]] : []),
    ...(held > heldMilliseconds ? [[words.message.receivedAt, receivedAt] as [string, string]] : []),
  ];
}

/** Name and address together, so that a name can't stand for an address. */
function Address({ address }: { address: EmailAddress }) {
  const name = displayNameOf(address.name);
  return html`<span class="address">
    ${name && html`<bdi class="display-name">${name}</bdi>`} <bdi class=${name ? 'addr-spec' : ''}>${plainLine(address.email)}</bdi>
  </span>`;
}

/** What is done with a message most often, above its text. */
function Actions({ email }: { email: FullEmail }) {
  const { state, words, actions } = useApp();
  const inbox = state.tags.find(tag => tag.role === 'inbox');
  const isInInbox = inbox !== undefined && email.mailboxIds[inbox.id] === true;
  const move = archiving(email, state.tags);
  return html`<div class="actions">
      ${
        move &&
        html`<button
        class="button small"
        data-key="archive"
        onClick=${() => void actions.change(email, move, isInInbox ? words.message.movedToArchive : words.message.movedToInbox)}
      ><${Icon} name=${isInInbox ? 'archive' : 'inbox'} />${isInInbox ? words.message.archive : words.message.inbox}</button>`
      }
      <button
        class="button small quiet"
        data-key="unread"
        onClick=${() => void actions.change(email, { keywords: { $seen: null } }, words.message.markedUnread)}
      >${words.message.markUnread}</button>
  </div>`;
}

function Toolbar({ email }: { email: FullEmail }) {
  const { words } = useApp();
  return html`<footer class="toolbar">
    <${TagEditor} email=${email} />
    ${!email.privacy.sealed && html`<${SaveButton} class="button small quiet" blobId=${email.blobId} name="message.eml"><${Icon} name="download" />${words.message.source}<//>`}
  </footer>`;
}

/** From the inbox to the archive, from anywhere else back to the inbox. */
function archiving(
  email: Pick<EmailRow, 'mailboxIds'>,
  tags: readonly { readonly id: string; readonly role: string | null }[],
): EmailPatch | null {
  const inbox = tags.find(tag => tag.role === 'inbox');
  const archive = tags.find(tag => tag.role === 'archive');
  if (!inbox || !archive) return null;
  if (email.mailboxIds[inbox.id]) return { tags: { [inbox.id]: null, [archive.id]: true } };
  const others = tags
    .filter(tag => tag.role !== null && email.mailboxIds[tag.id])
    .map(tag => [tag.id, null] as const);
  return { tags: { ...Object.fromEntries(others), [inbox.id]: true } };
}
