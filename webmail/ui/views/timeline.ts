import { html } from 'htm/preact';
import { timelineKey } from '../first-list.ts';
import { loadTimeline, type TimelineRow } from '../mail.ts';
import { isOwn } from '../own.ts';
import { allId, formatRoute, inboxId, type ListRoute } from '../route.ts';
import type { RowSource } from '../row-loader.ts';
import { contactOf, type Parts, type State, useApp } from '../state.ts';
import { useRows } from '../use-rows.ts';
import { Lazy } from './lazy.ts';
import { ListHead } from './list-head.ts';
import { namesOf, writerOf } from './row.ts';
import { RowList } from './row-list.ts';
import type { RowInput } from './row-view.ts';
import { resolveTagId, tagName } from './tag-name.ts';

type TimelineList = Exclude<ListRoute, { kind: 'search' | 'page' }>;

/** The discussions under one tag or with one contact, newest first. */
export function Timeline({ list }: { list: TimelineList }) {
  const { state, words, actions, ...parts } = useApp();
  const rows = useRows(sourceOf(list, state, { ...parts, actions }), news => {
    const [newest] = news;
    if (newest) actions.announce(words.timeline.newMail(news.length, writerOf(newest.last, words)));
  });
  const isOpen = (row: TimelineRow) => state.route.discussionId === row.discussion.id;
  const tagId = list.kind === 'tag' ? resolveTagId(list.id, state.tags) : null;
  return html`<section class="list" aria-labelledby="list-heading">
    <${ListHead} heading=${headingOf(list, state)} />
    ${list.kind === 'contact' && html`<${Lazy} load=${loadContactHead} props=${{ id: list.id }} isQuiet=${true} />`}
    <${RowList}
      list=${rows}
      isOpen=${isOpen}
      drawing=${{
        inputOf: (row: TimelineRow) => inputOf(row, state, tagId),
        changeOf: (row: TimelineRow) => state.changed[row.last.id],
      }}
      empty=${html`<${Lazy} load=${loadNothingHere} props=${{}} isQuiet=${true} />`}
    />
  </section>`;
}

function headingOf(list: TimelineList, state: State): string {
  const { tags, words } = state;
  if (list.kind === 'contact') return contactOf(state, list.id)?.name ?? words.tabs.contact;
  if (list.id === allId) return words.tags.all;
  const tag = tags.find(one => one.id === resolveTagId(list.id, tags));
  return tag ? tagName(tag, words) : list.id === inboxId ? words.tags.roles.inbox : '';
}

function sourceOf(
  list: TimelineList,
  { session, route: { filter }, tags }: State,
  { client, actions }: Parts,
): RowSource<TimelineRow> {
  const accountId = session?.accountId ?? '';
  const id = list.kind === 'tag' ? resolveTagId(list.id, tags) : list.id;
  const key = timelineKey(accountId, { kind: list.kind, id }, filter);
  return {
    key,
    load: async (from, limit) => {
      const question = { list: { kind: list.kind, id }, filter, from, limit };
      const page = await (actions.takeFirst(key) ?? loadTimeline({ client, accountId }, question));
      actions.settle(page.rows.map(row => row.last));
      return page;
    },
    idOf: row => row.last.id,
    keyOf: row => row.discussion.id,
  };
}

function inputOf(row: TimelineRow, state: State, tagId: string | null): RowInput {
  const { route, changed, words } = state;
  const { discussion } = row;
  const last = { ...row.last, ...changed[row.last.id] };
  const isNewest = last.id === discussion.lastEmailId;
  const names = namesOf(discussion.participants, words);
  return {
    href: formatRoute({ ...route, discussionId: discussion.id, emailId: isNewest ? null : last.id }),
    names: discussion.participants.length > 0 && isOwn(last, state) ? words.timeline.andMe(names) : names,
    last,
    unread: unreadOf(row, last.keywords),
    total: discussion.totalEmails,
    listTagId: tagId,
  };
}

/** The count as it was loaded, less the last message when it was read here since. */
function unreadOf({ discussion, last }: TimelineRow, keywords: TimelineRow['last']['keywords']): number {
  const change = Number(!keywords.$seen) - Number(!last.keywords.$seen);
  return Math.max(0, discussion.unreadEmails + change);
}

async function loadNothingHere() {
  return (await import('./nothing-here.ts')).NothingHere;
}

async function loadContactHead() {
  return (await import('./contact-head.ts')).ContactHead;
}
