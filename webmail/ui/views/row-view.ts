import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import type { Level, Mailbox } from '../../wire.ts';
import { shortDate } from '../format.ts';
import type { Words } from '../locales/en.ts';
import { levelWords } from '../locales/level-words.ts';
import type { EmailRow } from '../mail.ts';
import type { State } from '../state.ts';
import { colourOf } from '../tag-colours.ts';
import { Icon } from './icon.ts';
import { LevelPicture } from './level.ts';
import { firstMark, textOf } from './row.ts';
import { tagName } from './tag-name.ts';

/** One row of a list: a discussion, or a message that a search found. */
export interface RowInput {
  readonly href: string;
  readonly names: string;
  readonly last: EmailRow;
  readonly unread: number;
  readonly total: number;
  /** Id of the tag that the list shows; it is not repeated in each row. */
  readonly listTagId: string | null;
}

/** A row as it is drawn: what the link has, and what stands in it. */
export interface RowView {
  readonly href: string;
  /** What the eye sees, in words: what the link is called, too. */
  readonly label: string;
  readonly isUnread: boolean;
  /** Messages of the discussion, when there are more than one. */
  readonly total: number | undefined;
  readonly content: ComponentChildren;
}

/** What of the state rows are drawn from; they are drawn again when one of these is another. */
export type RowState = Pick<State, 'words' | 'language' | 'formats' | 'tags' | 'opened'>;

/** Draws a row with as few elements as it takes: a screen has dozens. */
export function rowView(input: RowInput, state: RowState): RowView {
  const { last, names, unread, total } = input;
  const { words, formats } = state;
  const text = textOf(last, words, state.opened[last.id]);
  const tags = ownTags(last, state.tags, input.listTagId);
  const date = shortDate(last.receivedAt, formats, new Date());
  const messages = total > 1 && words.timeline.messages(total);
  const more = [
    ...tags.map(tag => tagName(tag, words)),
    last.hasAttachment && words.timeline.attachment,
    worth(last.privacyBrief, state),
  ].filter(Boolean);
  const isUnread = unread > 0;
  return {
    href: input.href,
    total: total > 1 ? total : undefined,
    label: [isUnread && words.timeline.unread, names, messages, text.subject, ...more, date]
      .filter(Boolean)
      .join(', '),
    isUnread,
    content: html`${isUnread && html`<span class="visually-hidden">${words.timeline.unread}, </span>`}
      <bdi class="row-names">${names}</bdi>
      ${messages && html`<span class="visually-hidden">${messages},</span>`}
      <span class="row-text" dir="auto">
        <span class="row-subject">${text.subject}</span><span class="row-preview" aria-hidden="true"> ${text.preview}</span>
      </span>
      <span class="row-tags" aria-hidden="true">
        ${tags.slice(0, 2).map(tag => html`<bdi class="chip" key=${tag.id} data-colour=${colourOf(tag.colour)}>${tagName(tag, words)}</bdi>`)}
      </span>
      <span class="row-marks" aria-hidden="true" title=${more.at(-1)}>
        ${last.hasAttachment && html`<${Icon} name="attachment" />`}
        <${MarkOrLevel} brief=${last.privacyBrief} />
      </span>
      <span class="visually-hidden">${more.join(', ')}, </span>
      <time class="row-date" datetime=${last.receivedAt}>${date}</time>`,
  };
}

interface RowProps {
  /** Null while it is on its way. */
  readonly view: RowView | null;
  readonly isCurrent: boolean;
  readonly words: Words;
}

/** A row as a link; what is on its way is the same link, so that it may hold the focus. */
export function Row({ view, isCurrent, words }: RowProps) {
  const attributes = view
    ? { href: view.href, 'data-unread': view.isUnread, 'data-total': view.total }
    : { role: 'link', 'aria-disabled': 'true', 'aria-label': words.loading, 'data-coming': true };
  // Always in the order of focus, because an element that leaves it loses the focus.
  return html`<a class="row" tabindex="0" aria-current=${isCurrent ? 'true' : undefined} ...${attributes}>${view?.content}</a>`;
}

/** One mark a row: the gravest warning, else the quiet level. */
function MarkOrLevel({ brief }: { brief: EmailRow['privacyBrief'] }) {
  if (firstMark(brief.marks)) return html`<span class="mark"><${Icon} name="warning" /></span>`;
  return brief.level && html`<${LevelPicture} level=${brief.level} />${brief.level}`;
}

/** The same in words. */
function worth({ marks, level }: EmailRow['privacyBrief'], { words, language }: RowState): string {
  const mark = firstMark(marks);
  return mark ? words.warnings[mark] : levelName(level, words, language);
}

function levelName(level: Level | null, words: Words, language: State['language']): string {
  return level
    ? words.timeline.level(words.index.level(level, levelWords[level][language]))
    : words.timeline.noLevel;
}

function ownTags(email: EmailRow, tags: readonly Mailbox[], listTagId: string | null): Mailbox[] {
  return tags.filter(tag => tag.role === null && tag.id !== listTagId && email.mailboxIds[tag.id]);
}
