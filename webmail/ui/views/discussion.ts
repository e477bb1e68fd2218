import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useLoad } from '../load.ts';
import { loadDiscussion, type DiscussionPage as Page } from '../mail.ts';
import { useApp } from '../state.ts';
import { Icon } from './icon.ts';
import { Failed, Loading } from './loading.ts';
import { Message } from './message.ts';
import { namesOf } from './row.ts';

/** The messages of one discussion, newest first; the newest or the one asked for is open. */
export function Discussion({ id, emailId }: { id: string; emailId: string | null }) {
  const { words, actions } = useApp();
  const found = useDiscussion(id, emailId);
  const heading = useRef<HTMLHeadingElement>(null);
  const { value } = found;
  useEffect(() => heading.current?.focus(), [id]);
  useEffect(() => {
    if (value) actions.settle(value.wanted ? [value.wanted, ...value.emails] : value.emails);
  }, [value, actions]);
  const names = value?.discussion ? namesOf(value.discussion.participants, words) : '';
  const openId = emailId ?? value?.emails[0]?.id;

  return html`<article class="reader" aria-labelledby="reader-heading">
    <header class="reader-head">
      <button
        class="icon-button back-button"
        aria-label=${words.back}
        onClick=${() => actions.go({ discussionId: null, emailId: null })}
      ><${Icon} name="back" /></button>
      <h1 id="reader-heading" tabindex="-1" ref=${heading} aria-label=${names && words.discussion.heading(names)}>
        <bdi>${names}</bdi>
      </h1>
    </header>
    ${
      found.waiting > 0 &&
      html`<button class="button new-mail" onClick=${found.showWaiting}>${words.timeline.showNew(found.waiting)}</button>`
    }
    ${!value && found.error === undefined && html`<${Loading} />`}
    ${!value && found.error !== undefined && html`<${Failed} error=${found.error} retry=${found.reload} />`}
    ${value?.emails.length === 0 && html`<p class="hint">${words.errors.notFound}</p>`}
    ${value?.wanted && html`<${Message} key=${value.wanted.id} row=${value.wanted} isOpenAtFirst=${true} />`}
    ${value?.emails.map(email => html`<${Message} key=${email.id} row=${email} isOpenAtFirst=${email.id === openId} />`)}
    ${value?.hasMore && html`<button class="button more" onClick=${found.older}>${words.discussion.older}</button>`}
  </article>`;
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

  async function older(): Promise<void> {
    if (!value) return;
    const page = await ask(value.emails.length);
    loaded.replace(joined(value, page));
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

function joined(first: Page, second: Page): Page {
  const known = new Set(first.emails.map(email => email.id));
  return {
    ...second,
    wanted: null,
    emails: [...first.emails, ...second.emails.filter(email => !known.has(email.id))],
  };
}
