import { html } from 'htm/preact';
import type { Discussion, Level, Mailbox, PrivacyMark } from '../../wire.ts';
import { shortDate } from '../format.ts';
import type { Words } from '../locales/en.ts';
import type { Language } from '../locales/languages.ts';
import { levelWords } from '../locales/level-words.ts';
import { type EmailRow, personOf } from '../mail.ts';
import { useApp } from '../state.ts';
import { nameOf, plainLine } from '../text.ts';
import { Icon } from './icon.ts';
import { LevelMark } from './level.ts';
import { tagName } from './tag-list.ts';

/** One row of a list: a discussion, or a message that a search found. */
export interface RowProps {
  readonly href: string;
  readonly isCurrent: boolean;
  readonly names: string;
  readonly last: EmailRow;
  readonly unread: number;
  readonly total: number;
  /** Id of the tag that the list shows; it is not repeated in each row. */
  readonly listTagId: string | null;
}

/** A row as a link; its spoken name says what the eye sees: unread, names, subject, level, attachment, date. */
export function Row({ href, isCurrent, names, last, unread, total, listTagId }: RowProps) {
  const { state, words, formats } = useApp();
  const text = textOf(last, words, state.opened[last.id]);
  const tags = ownTags(last, state.tags, listTagId);
  return html`<a class="row" href=${href} data-unread=${unread > 0} aria-current=${isCurrent ? 'true' : undefined}>
    <span class="row-names">
      ${unread > 0 && html`<span class="visually-hidden">${words.timeline.unread}, </span>`}
      <bdi>${names}</bdi><${Spoken} text="" />
    </span>
    ${
      total > 1 &&
      html`<span class="row-total">
      <span aria-hidden="true">${total}</span><${Spoken} text=${words.timeline.messages(total)} />
    </span>`
    }
    <span class="row-text" dir="auto">
      <span class="row-subject">${text.subject}</span><${Spoken} text="" />
      <span class="row-preview" aria-hidden="true"> ${text.preview}</span>
    </span>
    <span class="row-marks">
      ${tags.slice(0, 2).map(tag => html`<span class="chip" key=${tag.id}>${tagName(tag, words)}</span>`)}
      ${last.hasAttachment && html`<${Icon} name="attachment" /><${Spoken} text=${words.timeline.attachment} />`}
      <${MarkOrLevel} brief=${last.privacyBrief} />
    </span>
    <time class="row-date" datetime=${last.receivedAt}>${shortDate(last.receivedAt, formats, new Date())}</time>
  </a>`;
}

/** Words for the ear alone, set off by commas from what stands before and behind. */
function Spoken({ text }: { text: string }) {
  return html`<span class="visually-hidden">, ${text && `${text}, `}</span>`;
}

/** One mark a row: the gravest warning, else the quiet level. */
function MarkOrLevel({ brief }: { brief: EmailRow['privacyBrief'] }) {
  const { state, words } = useApp();
  const mark = firstMark(brief.marks);
  if (mark) {
    return html`<span class="mark"><${Icon} name="warning" /></span><${Spoken} text=${words.warnings[mark].title} />`;
  }
  return html`${brief.level && html`<${LevelMark} level=${brief.level} />`}<${Spoken} text=${levelName(brief.level, state.language, words)} />`;
}

const markOrder = ['harmful', 'forged', 'spam'] as const;

/** The gravest mark; it comes first and replaces the letter. */
export function firstMark(marks: readonly PrivacyMark[]): PrivacyMark | null {
  return markOrder.find(mark => marks.includes(mark)) ?? null;
}

function levelName(level: Level | null, language: Language, words: Words): string {
  return level
    ? words.timeline.level(words.index.level(level, levelWords[level][language]))
    : words.timeline.noLevel;
}

/** Subject and first words of a message, as this device has opened it; or what is said in their place. */
export function textOf(
  row: EmailRow,
  words: Words,
  opened?: Pick<EmailRow, 'subject' | 'preview'>,
): { subject: string; preview: string } {
  const email = { ...row, ...opened };
  if (email.privacyBrief.sealed && !opened) return { subject: words.timeline.sealedLine, preview: '' };
  return {
    subject: plainLine(email.subject ?? '') || words.timeline.noSubject,
    preview: plainLine(email.preview ?? '') || words.timeline.noText,
  };
}

function ownTags(email: EmailRow, tags: readonly Mailbox[], listTagId: string | null): Mailbox[] {
  return tags.filter(tag => tag.role === null && tag.id !== listTagId && email.mailboxIds[tag.id]);
}

/** Who takes part in a discussion besides the owner. */
export function namesOf(participants: Discussion['participants'], words: Words): string {
  const names = participants.map(participant =>
    participant.protocol === 'list' ? words.timeline.list(nameOf(participant)) : nameOf(participant),
  );
  if (names.length === 0) return words.discussion.alone;
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} ${words.timeline.others(names.length - 3)}` : shown;
}

/** Who wrote a message. */
export function writerOf(email: Pick<EmailRow, 'from'>, words: Words): string {
  const originators = (email.from ?? []).map(address => nameOf(personOf(address))).filter(Boolean);
  return originators.length > 0 ? originators.join(', ') : words.timeline.nobody;
}
