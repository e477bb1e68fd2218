import { html } from 'htm/preact';
import { resultsWords } from '../locales/results.ts';
import type { EmailRow } from '../mail.ts';
import { formatRoute, inboxId, listAddress } from '../route.ts';
import { searchEmails } from '../search-mail.ts';
import { useApp } from '../state.ts';
import { useRows } from '../use-rows.ts';
import { Icon } from './icon.ts';
import { Lazy } from './lazy.ts';
import { ListHead } from './list-head.ts';
import { writerOf } from './row.ts';
import { RowList } from './row-list.ts';
import type { RowInput } from './row-view.ts';

/** The messages that a search finds, newest first. */
export function SearchResults({ text }: { text: string }) {
  const { state, words, client } = useApp();
  const { route, session } = state;
  const { filter } = route;
  const accountId = session?.accountId ?? '';
  const found = useRows<EmailRow>(
    {
      key: JSON.stringify([accountId, text, filter]),
      load: (from, limit) => searchEmails({ client, accountId }, { text, filter, from, limit }),
      idOf: email => email.id,
      keyOf: email => email.id,
    },
    () => undefined,
  );
  const { isLoaded, rows } = found;

  return html`<section class="list" aria-labelledby="list-heading">
    <${ListHead} heading=${words.search.heading(text)}>
      <a class="icon-button" aria-label=${words.bar.clear} href=${listAddress({ kind: 'tag', id: inboxId })}><${Icon} name="close" /></a>
    <//>
    <${RowList}
      list=${found}
      isOpen=${(email: EmailRow) => route.emailId === email.id}
      drawing=${{ inputOf, changeOf: (email: EmailRow) => state.changed[email.id] }}
      empty=${Object.keys(filter).length > 0 && html`<${Lazy} load=${loadNothingHere} props=${{}} isQuiet=${true} />`}
    >
      <p class="hint found" role="status">${isLoaded && counted(rows.total)}</p>
    <//>
  </section>`;

  function inputOf(email: EmailRow): RowInput {
    const last = { ...email, ...state.changed[email.id] };
    return {
      href: formatRoute({ ...route, discussionId: email.discussionId, emailId: email.id }),
      names: writerOf(email, words),
      last,
      unread: last.keywords.$seen ? 0 : 1,
      total: 1,
      listTagId: null,
    };
  }

  function counted(count: number): string {
    const own = resultsWords[state.language];
    const sentence = count === 0 ? own.none : own.count(count);
    return session?.custody === 'client' ? `${sentence} ${own.sealedLeftOut}` : sentence;
  }
}

async function loadNothingHere() {
  return (await import('./nothing-here.ts')).NothingHere;
}
