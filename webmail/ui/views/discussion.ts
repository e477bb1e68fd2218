import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Participant } from '../../wire.ts';
import { useLoad } from '../load.ts';
import { type EmailRow, loadDiscussion, type DiscussionPage as Page } from '../mail.ts';
import { listAddress } from '../route.ts';
import { useApp } from '../state.ts';
import { Icon } from './icon.ts';
import { Failed, Loading } from './loading.ts';
import { Message, type Wish } from './message.ts';
import { namesOf } from './row.ts';

const maxParticipants = 8;

/** The messages of one discussion, newest first; the newest or the one asked for is open. */
export function Discussion({ id, emailId }: { id: string; emailId: string | null }) {
  const { words, actions } = useApp();
  const found = useDiscussion(id, emailId);
  const heading = useRef<HTMLHeadingElement>(null);
  const { value } = found;
  const shown = value?.wanted ? [value.wanted, ...value.emails] : (value?.emails ?? []);
  useEffect(() => heading.current?.focus(), [id]);
  useEffect(() => {
    if (value) actions.settle(shown);
  }, [value, actions]);
  const participants = value?.discussion?.participants ?? [];
  const names = value?.discussion ? namesOf(participants, words) : '';

  return html`<article class="reader" aria-labelledby="reader-heading">
    <header class="reader-head">
      <button
        class="icon-button back-button"
        aria-label=${words.back}
        onClick=${() => actions.go({ discussionId: null, emailId: null })}
      ><${Icon} name="back" /></button>
      <h1 id="reader-heading" tabindex="-1" ref=${heading} aria-label=${names && words.discussion.heading(names)}>
        ${participants.length > 0 ? html`<${Participants} list=${participants} />` : names}
      </h1>
    </header>
    ${
      found.waiting > 0 &&
      html`<button class="button new-mail" onClick=${found.showWaiting}>${words.timeline.showNew(found.waiting)}</button>`
    }
    ${!value && found.error === undefined && html`<${Loading} />`}
    ${!value && found.error !== undefined && html`<${Failed} error=${found.error} retry=${found.reload} />`}
    ${value && shown.length === 0 && html`<p class="hint">${words.errors.notFound}</p>`}
    ${shown.length > 0 && html`<${Messages} shown=${shown} openId=${emailId ?? shown[0]?.id} />`}
    ${value?.hasMore && html`<button class="button more" onClick=${found.older}>${words.discussion.older}</button>`}
  </article>`;
}

/** Their names; those of contacts lead to all mail with them. */
function Participants({ list }: { list: readonly Participant[] }) {
  const { words } = useApp();
  const more = list.length - maxParticipants;
  return html`${list.slice(0, maxParticipants).map((one, place) => {
    const name = html`<bdi>${namesOf([one], words)}</bdi>`;
    return html`${place > 0 && ', '}${one.contactId ? html`<a href=${listAddress({ kind: 'contact', id: one.contactId })}>${name}</a>` : name}`;
  })}
  ${more > 0 && words.timeline.others(more)}`;
}

/** All of them can be opened at once, and the oldest unread one be gone to. */
function Messages({ shown, openId }: { shown: readonly EmailRow[]; openId: string | undefined }) {
  const { state, words } = useApp();
  const [wish, setWish] = useState<Wish | null>(null);
  const isAllOpen = wish !== null && 'isOpen' in wish && wish.isOpen;
  const firstUnread = shown.findLast(email => !(state.changed[email.id] ?? email).keywords.$seen);
  const toUnread = firstUnread && firstUnread.id !== openId ? { shownId: firstUnread.id } : null;
  return html`${
    shown.length > 2 &&
    html`<div class="discussion-tools">
      ${toUnread && html`<button class="button small" onClick=${() => setWish(toUnread)}>${words.discussion.firstUnread}</button>`}
      <button class="button small quiet" onClick=${() => setWish({ isOpen: !isAllOpen })}>
        ${isAllOpen ? words.discussion.closeAll : words.discussion.openAll}
      </button>
    </div>`
  }
    ${shown.map((email, place) => {
      const isRepeated = place > 0 && topicOf(email) === topicOf(shown[place - 1]);
      return html`<${Message} key=${email.id} row=${email} isOpenAtFirst=${email.id === openId} isRepeated=${isRepeated} wish=${wish} />`;
    })}`;
}

/** A subject without what answers put before it. */
function topicOf(email: EmailRow | undefined): string {
  return (email?.subject ?? '').replace(/^(?:\s*(?:re|aw|sv|r|rép|antw)\s*:)+/i, '').trim();
}

/** The messages loaded so far; those that arrive meanwhile wait for a touch, so that nothing moves under the eye. */
function useDiscussion(id: string, emailId: string | null) {
  const { state, actions, client } = useApp();
  const [waiting, setWaiting] = useState<Page | null>(null);
  const accountId = state.session?.accountId ?? '';
  const ask = (position: number) =>
    loadDiscussion({ client, accountId }, { discussionId: id, emailId, position });
  const loaded = useLoad(`${accountId}/${id}`, () => ask(0));
  const { value } = loaded;

  useEffect(() => {
    if (state.pushes === 0 || !value) return;
    ask(0).then(fresh => {
      actions.settle(fresh.emails);
      if (newIn(fresh, value) > 0) setWaiting(fresh);
    }, actions.noteError);
  }, [state.pushes]);
  useEffect(() => setWaiting(null), [id]);
  const latest = useRef(value);
  latest.current = value;

  async function older(): Promise<void> {
    if (!value) return;
    const page = await ask(value.emails.length);
    // New ones may have been shown meanwhile.
    loaded.replace(joined(latest.current ?? value, page));
  }

  function showWaiting(): void {
    if (waiting && value) loaded.replace({ ...joined(waiting, value), hasMore: value.hasMore });
    setWaiting(null);
  }

  return {
    ...loaded,
    older: () => older().catch(actions.tellError),
    showWaiting,
    waiting: waiting && value ? newIn(waiting, value) : 0,
  };
}

function newIn(fresh: Page, shown: Page): number {
  const known = new Set(shown.emails.map(email => email.id));
  const newest = shown.emails[0]?.receivedAt ?? '';
  return fresh.emails.filter(email => !known.has(email.id) && email.receivedAt >= newest).length;
}

/** The message that was asked for stays until a page has it. */
function joined(first: Page, second: Page): Page {
  const known = new Set(first.emails.map(email => email.id));
  const emails = [...first.emails, ...second.emails.filter(email => !known.has(email.id))];
  const wanted = second.wanted ?? first.wanted;
  return { ...second, wanted: emails.some(({ id }) => id === wanted?.id) ? null : wanted, emails };
}
