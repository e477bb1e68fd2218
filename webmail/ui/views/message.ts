import { html } from 'htm/preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useLoad } from '../load.ts';
import { type EmailRow, type FullEmail, loadMessage } from '../mail.ts';
import { withOpened } from '../opened.ts';
import { isOwn } from '../own.ts';
import { useApp } from '../state.ts';
import { plainLine } from '../text.ts';
import { IndexPanel } from './index-panel.ts';
import { Lazy } from './lazy.ts';
import { Failed, Loading } from './loading.ts';
import { MessageActions } from './message-actions.ts';
import { MessageAddresses } from './message-addresses.ts';
import { MessageBody } from './message-body.ts';
import { MessageHead } from './message-head.ts';
import { MessageMore } from './message-more.ts';
import { firstMark, textOf } from './row.ts';
import { OpenedNote, OpenedParts } from './sealed.ts';
import { TagEditor } from './tag-editor.ts';

/** What the discussion wants of its messages: all of them open or closed, or one shown. */
export type Wish = { readonly isOpen: boolean } | { readonly shownId: string };

interface MessageProps {
  readonly row: EmailRow;
  readonly isOpenAtFirst: boolean;
  /** Its subject stands above another message already. */
  readonly isRepeated?: boolean;
  readonly wish?: Wish | null;
}

/** One message of a discussion: its head, and when it is open, all of it. */
export function Message({ row, isOpenAtFirst, isRepeated = false, wish = null }: MessageProps) {
  const { state, words, actions } = useApp();
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const button = useRef<HTMLButtonElement>(null);
  const contentId = useId();
  const email = { ...row, ...state.changed[row.id] };
  const { subject } = textOf(email, words, state.opened[row.id]);
  const isUnread = !email.keywords.$seen;
  useEffect(() => {
    if (isOpen && isUnread) void actions.change(email, { keywords: { $seen: true } });
  }, [isOpen]);
  useEffect(() => {
    if (wish && 'isOpen' in wish) setOpen(wish.isOpen);
    else if (wish?.shownId === row.id) {
      setOpen(true);
      button.current?.focus();
      button.current?.scrollIntoView({ block: 'start' });
    }
  }, [wish]);
  const head = { email, isOpen, isRepeated, contentId, button, toggle: () => setOpen(!isOpen) };
  return html`<section class="message" data-unread=${isUnread} data-open=${isOpen} data-own=${isOwn(email, state)} data-email=${row.id}>
    <${MessageHead} ...${head} />
    <div id=${contentId} class="message-content" hidden=${!isOpen}>
      ${isOpen && html`<${Content} row=${email} subject=${subject} />`}
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
  const content = html`<${MessageAddresses} email=${email} />
    <${MessageActions} email=${email}><${MessageMore} email=${email} /><//>
    ${!mark && html`<${IndexPanel} email=${email} onChanged=${reload} />`}
    <${Protection} email=${email} />
    <${OpenedNote} emailId=${email.id} />
    <${MessageBody} email=${email} subject=${subject} reload=${reload} />
    <${Toolbar} email=${email} reload=${reload} />`;
  const warned = { mark, originator, reasons: privacy.reasons, children: content };
  return html`<${OpenedParts} email=${email}>
    ${mark ? html`<${Lazy} load=${loadWarning} props=${warned} />` : content}
  <//>`;
}

const loadWarning = async () => (await import('./warning.ts')).Warning;

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

const loadWhy = async () => (await import('./message-why.ts')).MessageWhy;

function Toolbar(props: { email: FullEmail; reload: () => void }) {
  return html`<footer class="toolbar">
    <${TagEditor} email=${props.email} />
    <${Lazy} load=${loadWhy} props=${props} isQuiet />
  </footer>`;
}
