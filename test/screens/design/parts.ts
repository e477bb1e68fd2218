import { html } from 'htm/preact';
import { accountWords } from '../../../webmail/ui/locales/account.ts';
import { levelWords } from '../../../webmail/ui/locales/level-words.ts';
import type { EmailRow } from '../../../webmail/ui/mail.ts';
import { useApp } from '../../../webmail/ui/state.ts';
import { Empty } from '../../../webmail/ui/views/empty.ts';
import { Icon, type IconName, strokes } from '../../../webmail/ui/views/icon.ts';
import { LevelMark, LevelPicture } from '../../../webmail/ui/views/level.ts';
import { Failed, Loading } from '../../../webmail/ui/views/loading.ts';
import { Row, rowView } from '../../../webmail/ui/views/row-view.ts';
import { Warning } from '../../../webmail/ui/views/warning.ts';
import type { Level, PrivacyMark } from '../../../webmail/wire.ts';

const levels: readonly Level[] = ['E', 'D', 'C', 'B', 'A'];

/** The pictures of the levels, small, middle and large. */
export function Letters() {
  const { words } = useApp();
  return html`<ul class="letters">
    ${levels.map(
      level => html`<li key=${level}>
        <${LevelPicture} level=${level} isLarge=${true} />
        <span class="letter-middle"><${LevelPicture} level=${level} /></span>
        <${LevelMark} level=${level} />
        <span>${words.index.level(level, levelWords[level].en)}</span>
        <small>${accountWords.en.pictures[level]}</small>
      </li>`,
    )}
  </ul>`;
}

/** Buttons, fields, chips, keys, pictures. */
export function Parts({ id }: { id: string }) {
  const icons = Object.keys(strokes) as IconName[];
  return html`<div class="samples">
      <button class="button primary">Primary</button>
      <button class="button">Button</button>
      <button class="button small">Small</button>
      <button class="button quiet">Quiet</button>
      <button class="button" disabled>Disabled</button>
      <button class="icon-button" aria-label="Close"><${Icon} name="close" /></button>
      <kbd>?</kbd>
      <span class="chip">Chip</span>
    </div>
    <div class="samples fields">
      <label>Field <input id=${`field-${id}`} placeholder="Placeholder" /></label>
      <label>Choice <select><option>One of these</option></select></label>
      <label class="check"><input type="checkbox" checked /> Check</label>
    </div>
    <p class="samples icons">${icons.map(name => html`<span key=${name} title=${name}><${Icon} name=${name} /></span>`)}</p>`;
}

const sample: EmailRow = {
  id: 'sample',
  threadId: 'sample',
  discussionId: 'sample',
  subject: 'Lunch on Thursday?',
  from: [{ name: 'Ada', email: 'ada@friends.example' }],
  to: [],
  sentAt: null,
  preview: 'The place by the river has opened again.',
  receivedAt: '2026-01-31T12:30:00Z',
  hasAttachment: false,
  keywords: { $seen: true },
  mailboxIds: {},
  privacyBrief: { value: 48, level: 'C', upTo: null, marks: [], sealed: false },
};

const rows: readonly {
  readonly change: Partial<EmailRow>;
  readonly unread: number;
  readonly isCurrent?: true;
}[] = [
  { change: { hasAttachment: true, keywords: {} }, unread: 2 },
  { change: {}, unread: 0, isCurrent: true },
  { change: { privacyBrief: { ...sample.privacyBrief, marks: ['forged'] } }, unread: 0 },
];

/** Unread, chosen, and one with a warning. */
export function Rows() {
  const { state, words } = useApp();
  return html`<div class="row-samples">
    ${rows.map(({ change, unread, isCurrent }, place) => {
      const last = { ...sample, ...change };
      const input = { href: '#', names: 'Ada Lovelace', last, unread, total: place + 1, listTagId: null };
      return html`<${Row} key=${place} view=${rowView(input, state)} isCurrent=${isCurrent === true} words=${words} />`;
    })}
  </div>`;
}

const marks: readonly PrivacyMark[] = ['forged', 'harmful', 'spam'];

/** Warnings, notes, and what stands in place of content. */
export function Signs() {
  const { words } = useApp();
  return html`<div class="signs">
    ${marks.map(mark => html`<${Warning} key=${mark} mark=${mark} originator="service@bank.example" reasons=${[]} />`)}
    <p class="note">${words.message.encoding}</p>
    <p class="protection">${words.message.decrypted}</p>
    <${Empty} text=${words.timeline.empty} />
    <${Failed} error=${null} retry=${() => {}} />
    <${Loading} />
  </div>`;
}
