import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { AuditRow, Email } from '../../wire.ts';
import { longDate } from '../format.ts';
import { useLoad } from '../load.ts';
import { type SettingsWords, settingsWords } from '../locales/settings.ts';
import type { Asking } from '../mail.ts';
import { allId, formatRoute } from '../route.ts';
import { useApp } from '../state.ts';
import { plainLine } from '../text.ts';
import { Failed, Loading } from './loading.ts';
import { Section } from './settings-parts.ts';

type Opened = Pick<Email, 'id' | 'subject' | 'discussionId'>;

interface Page {
  readonly list: readonly AuditRow[];
  readonly next: string | null;
  /** The messages that it names and that are still there. */
  readonly opened: readonly Opened[];
}

/** Every look at the account and every change of what protects it (`Audit/get`). */
export function Looks() {
  const { state, client, actions, formats } = useApp();
  const words = settingsWords[state.language];
  const text = words.looks;
  const accountId = state.session?.accountId ?? '';
  const [older, setOlder] = useState<readonly Page[]>([]);
  const load = (after: string | null) => loadLooks({ client, accountId }, after);
  const loaded = useLoad('looks', () => load(null));
  const pages = loaded.value ? [loaded.value, ...older] : [];
  const next = pages.at(-1)?.next ?? null;
  const rows = pages.flatMap(page => page.list);
  const opened = new Map(pages.flatMap(page => page.opened.map(email => [email.id, email])));
  const more = () => load(next).then(page => setOlder([...older, page]), actions.tellError);
  return html`<${Section} id="settings-looks" heading=${text.heading} lead=${text.lead}>
    ${loaded.error !== undefined && html`<${Failed} error=${loaded.error} retry=${loaded.reload} />`}
    ${!loaded.value && loaded.error === undefined && html`<${Loading} />`}
    ${loaded.value && rows.length === 0 && html`<p>${text.none}</p>`}
    <ol class="plain-list looks">
      ${rows.map(
        (row, place) => html`<li key=${`${row.at} ${place}`}>
          <time datetime=${row.at}>${longDate(row.at, formats)}</time>
          <span>${sentenceOf(row, text)} <${Subject} email=${opened.get(String(row.detail.emailId))} /></span>
          <span>${actorOf(row, state.session?.address ?? '', text)}</span>
        </li>`,
      )}
    </ol>
    ${next !== null && html`<button class="button small" onClick=${() => void more()}>${text.more}</button>`}
  <//>`;
}

async function loadLooks({ client, accountId }: Asking, after: string | null): Promise<Page> {
  const { audit } = await client.call([['Audit/get', { accountId, after, limit: 20 }, 'audit']]);
  const { list, next } = audit as unknown as Pick<Page, 'list' | 'next'>;
  const ids = [...new Set(list.map(({ detail }) => detail.emailId).filter(id => typeof id === 'string'))];
  if (ids.length === 0) return { list, next, opened: [] };
  const properties = ['id', 'subject', 'discussionId'];
  const { emails } = await client.call([['Email/get', { accountId, ids, properties }, 'emails']]);
  return { list, next, opened: (emails?.list ?? []) as readonly Opened[] };
}

function Subject({ email }: { email: Opened | undefined }) {
  const { state } = useApp();
  if (!email) return null;
  const list = { kind: 'tag', id: allId } as const;
  const href = formatRoute({ list, filter: {}, discussionId: email.discussionId, emailId: email.id });
  const subject = plainLine(email.subject ?? '') || settingsWords[state.language].looks.noSubject;
  return html`<a href=${href}><bdi>${subject}</bdi></a>`;
}

function actorOf({ actor }: AuditRow, own: string, text: SettingsWords['looks']): string {
  if (actor === own) return text.you;
  if (actor === 'operator') return text.operator;
  return actor === 'unknown' ? text.unknown : plainLine(actor);
}

/** What was done, by what means and from where, as far as it was noted. */
function sentenceOf({ action, detail }: AuditRow, text: SettingsWords['looks']): string {
  const { means, network, tries, address, emailIds } = detail;
  const nameOf = (names: Readonly<Record<string, string>>, name: unknown) =>
    typeof name === 'string' && Object.hasOwn(names, name) ? names[name] : null;
  const details = [
    nameOf(text.means, means),
    typeof address === 'string' ? plainLine(address) : null,
    typeof network === 'string' ? text.from(network) : null,
    typeof tries === 'number' ? text.tries(tries) : null,
    Array.isArray(emailIds) ? text.messages(emailIds.length) : null,
  ].filter(part => part !== null);
  const what = nameOf(text.actions, action) ?? plainLine(action);
  return details.length > 0 ? `${what} (${details.join(', ')})` : what;
}
