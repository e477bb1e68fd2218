import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useLoad } from '../load.ts';
import { loadTimeline, type TimelinePage, type TimelineRow } from '../mail.ts';
import { allId, formatRoute } from '../route.ts';
import { useApp } from '../state.ts';
import { Empty } from './empty.ts';
import { Failed, Loading } from './loading.ts';
import { namesOf, Row, writerOf } from './row.ts';
import { resolveTagId, tagName } from './tag-list.ts';

/** The discussions under one tag, newest first. */
export function Timeline({ id }: { id: string }) {
  const { state, words, actions } = useApp();
  const [isUnreadOnly, setUnreadOnly] = useState(false);
  const tagId = resolveTagId(id, state.tags);
  const tag = state.tags.find(one => one.id === tagId);
  const pages = useTimeline(tagId, isUnreadOnly);
  const heading = id === allId ? words.tags.all : tag ? tagName(tag, words) : '';
  const { value } = pages;
  useEffect(() => {
    if (value) actions.settle(value.rows.map(row => row.last));
  }, [value, actions]);

  return html`<section class="list" aria-labelledby="list-heading">
    <div class="list-head">
      <h1 id="list-heading">${heading}</h1>
      <label class="switch">
        <input
          type="checkbox"
          checked=${isUnreadOnly}
          onChange=${(event: Event) => setUnreadOnly((event.currentTarget as HTMLInputElement).checked)}
        />
        <span>${words.timeline.unreadOnly}</span>
      </label>
    </div>
    <div class="list-body" ref=${pages.body}>
      ${
        pages.waiting > 0 &&
        html`<button class="button new-mail" onClick=${pages.showWaiting}>${words.timeline.showNew(pages.waiting)}</button>`
      }
      ${!value && pages.error === undefined && html`<${Loading} />`}
      ${!value && pages.error !== undefined && html`<${Failed} error=${pages.error} retry=${pages.reload} />`}
      ${value?.rows.length === 0 && html`<${Empty} text=${emptyWords()} />`}
      ${value && html`<ul class="rows">${value.rows.map(row => html`<${TimelineItem} key=${row.discussion.id} row=${row} tagId=${tagId} />`)}</ul>`}
      ${value?.next && html`<${MoreButton} key=${value.next} more=${pages.more} />`}
    </div>
  </section>`;

  function emptyWords(): string {
    if (isUnreadOnly) return words.timeline.allRead;
    return tag?.role === 'inbox' ? words.timeline.emptyInbox : words.timeline.empty;
  }
}

function TimelineItem({ row, tagId }: { row: TimelineRow; tagId: string }) {
  const { state, words } = useApp();
  const { discussion } = row;
  const last = { ...row.last, ...state.changed[row.last.id] };
  const route = state.route;
  const isNewest = last.id === discussion.lastEmailId;
  return html`<li>
    <${Row}
      href=${formatRoute({ ...route, discussionId: discussion.id, emailId: isNewest ? null : last.id })}
      isCurrent=${route.discussionId === discussion.id}
      names=${namesOf(discussion.participants, words)}
      last=${last}
      unread=${unreadOf(row, last.keywords)}
      total=${discussion.totalEmails}
      listTagId=${tagId}
    />
  </li>`;
}

/** The count as it was loaded, less the last message when it was read here since. */
function unreadOf({ discussion, last }: TimelineRow, keywords: TimelineRow['last']['keywords']): number {
  const change = Number(!keywords.$seen) - Number(!last.keywords.$seen);
  return Math.max(0, discussion.unreadEmails + change);
}

/** Loads the next page when it is pressed or comes into sight; keyed by the page, so that one that fails is asked for once. */
export function MoreButton({ more }: { more: () => void }) {
  const { words } = useApp();
  const button = useRef<HTMLButtonElement>(null);
  const latest = useRef(more);
  latest.current = more;
  useEffect(() => {
    const observer = new IntersectionObserver(entries => {
      if (entries.some(entry => entry.isIntersecting)) latest.current();
    });
    if (button.current) observer.observe(button.current);
    return () => observer.disconnect();
  }, []);
  return html`<button class="button more" ref=${button} onClick=${more}>${words.more}</button>`;
}

/** The pages loaded so far, and the mail that came while the person was reading further down. */
function useTimeline(tagId: string, isUnreadOnly: boolean) {
  const { state, words, actions, client } = useApp();
  const body = useRef<HTMLDivElement>(null);
  const [waiting, setWaiting] = useState<TimelinePage | null>(null);
  const isBusy = useRef(false);
  const accountId = state.session?.accountId ?? '';
  const ask = (after: string | null) => loadTimeline({ client, accountId }, { tagId, isUnreadOnly, after });
  const loaded = useLoad(`${accountId}/${tagId}/${isUnreadOnly}`, () => ask(null));
  const value = loaded.value;

  async function look(): Promise<void> {
    const fresh = await ask(null);
    const news = newRows(fresh, value);
    if (news > 0) {
      const newest = fresh.rows[0]?.last;
      actions.announce(words.timeline.newMail(news, newest ? writerOf(newest, words) : ''));
    }
    if (news > 0 && (body.current?.scrollTop ?? 0) > 0) setWaiting(fresh);
    else if (value) loaded.replace(joined(fresh, value));
  }
  useEffect(() => {
    if (state.pushes > 0 && value) look().catch(actions.noteError);
  }, [state.pushes]);

  async function more(): Promise<void> {
    if (isBusy.current || !value?.next) return;
    isBusy.current = true;
    try {
      const page = await ask(value.next);
      loaded.replace(joined(value, page));
    } catch (error) {
      actions.tellError(error);
    } finally {
      isBusy.current = false;
    }
  }

  function showWaiting(): void {
    if (waiting && value) loaded.replace(joined(waiting, value));
    setWaiting(null);
    body.current?.scrollTo({ top: 0 });
  }

  return { ...loaded, body, more, showWaiting, waiting: waiting ? newRows(waiting, value) : 0 };
}

/** How many rows of a fresh page end with a message that was not shown before, newer than all of them. */
function newRows(fresh: TimelinePage, shown: TimelinePage | undefined): number {
  const newest = shown?.rows[0]?.last.receivedAt ?? '';
  const known = new Set(shown?.rows.map(row => row.last.id));
  return fresh.rows.filter(row => !known.has(row.last.id) && row.last.receivedAt >= newest).length;
}

/** The first page's rows, then those of the other that are not among them; the cursor is that of the longer list. */
function joined(first: TimelinePage, second: TimelinePage): TimelinePage {
  const known = new Set(first.rows.map(row => row.discussion.id));
  const rest = second.rows.filter(row => !known.has(row.discussion.id));
  return { rows: [...first.rows, ...rest], next: second.next };
}
