import { html } from 'htm/preact';
import { useRef } from 'preact/hooks';
import { useLoad } from '../load.ts';
import { type EmailRow, searchEmails } from '../mail.ts';
import { formatRoute, inboxId } from '../route.ts';
import { useApp } from '../state.ts';
import { Icon } from './icon.ts';
import { Failed, Loading } from './loading.ts';
import { Row, writerOf } from './row.ts';
import { MoreButton } from './timeline.ts';

/** The messages that a search finds, newest first. */
export function SearchResults({ text }: { text: string }) {
  const { state, words, actions, client } = useApp();
  const isBusy = useRef(false);
  const accountId = state.session?.accountId ?? '';
  const ask = (position: number) => searchEmails({ client, accountId }, { text, position });
  const found = useLoad(`${accountId}/${text}`, () => ask(0));
  const { value } = found;

  async function more(): Promise<void> {
    if (isBusy.current || !value?.hasMore) return;
    isBusy.current = true;
    try {
      const page = await ask(value.emails.length);
      found.replace({ ...page, emails: [...value.emails, ...page.emails] });
    } catch (error) {
      actions.tellError(error);
    } finally {
      isBusy.current = false;
    }
  }

  return html`<section class="list" aria-labelledby="list-heading">
    <div class="list-head">
      <h1 id="list-heading" dir="auto">${words.search.heading(text)}</h1>
      <a class="icon-button" aria-label=${words.bar.clear} href="#/tag/${inboxId}"><${Icon} name="close" /></a>
    </div>
    <div class="list-body">
      ${!value && found.error === undefined && html`<${Loading} />`}
      ${!value && found.error !== undefined && html`<${Failed} error=${found.error} retry=${found.reload} />`}
      <p class="hint" role="status">${value && counted(value.total ?? value.emails.length)}</p>
      ${value && html`<ul class="rows">${value.emails.map(email => html`<${Found} key=${email.id} email=${email} />`)}</ul>`}
      ${value?.hasMore && html`<${MoreButton} key=${value.emails.length} more=${more} />`}
    </div>
  </section>`;

  function counted(count: number): string {
    const sentence = count === 0 ? words.search.none : words.search.count(count);
    return state.session?.custody === 'client' ? `${sentence} ${words.search.sealedLeftOut}` : sentence;
  }
}

function Found({ email }: { email: EmailRow }) {
  const { state, words } = useApp();
  const last = { ...email, ...state.changed[email.id] };
  return html`<li>
    <${Row}
      href=${formatRoute({ ...state.route, discussionId: email.discussionId, emailId: email.id })}
      isCurrent=${state.route.emailId === email.id}
      names=${writerOf(email, words)}
      last=${last}
      unread=${last.keywords.$seen ? 0 : 1}
      total=${1}
      listTagId=${null}
    />
  </li>`;
}
