import { html } from 'htm/preact';
import { paths, type WebSession } from '../../wire.ts';
import { longDate } from '../format.ts';
import { useLoad } from '../load.ts';
import { type SettingsWords, settingsWords } from '../locales/settings.ts';
import { useApp } from '../state.ts';
import { readUserAgent } from '../user-agent.ts';
import { Failed, Loading } from './loading.ts';
import { Section, Sure, useOutcome } from './settings-parts.ts';

/** Every browser that is signed in, and how to sign it out. */
export function SessionSettings() {
  const { state, client } = useApp();
  const text = settingsWords[state.language].sessions;
  const outcome = useOutcome();
  const loaded = useLoad(
    'sessions',
    async () => (await client.read<{ sessions: readonly WebSession[] }>(paths.sessions)).sessions,
  );
  const sessions = (loaded.value ?? []).toSorted(byUse);
  const end = async (path: string, said: string) => {
    await outcome.run(() => client.remove(path), said);
    loaded.reload();
    document.getElementById('settings-sessions')?.focus();
  };
  return html`<${Section} id="settings-sessions" heading=${text.heading} lead=${text.lead} outcome=${outcome}>
    ${loaded.error !== undefined && html`<${Failed} error=${loaded.error} retry=${loaded.reload} />`}
    ${!loaded.value && loaded.error === undefined && html`<${Loading} />`}
    <ul class="plain-list">
      ${sessions.map(
        session => html`<li key=${session.id} class="setting-row">
          <${Session} session=${session} end=${() => void end(`${paths.sessions}/${encodeURIComponent(session.id)}`, text.signedOut(nameOf(session, text)))} />
        </li>`,
      )}
    </ul>
    ${
      sessions.length > 1 &&
      html`<${Sure}
        class="button"
        label=${text.signOutOthers}
        spoken=${text.signOutOthers}
        question=${text.othersQuestion}
        yes=${text.othersYes}
        act=${() => void end(paths.sessions, text.othersSignedOut)}
      />`
    }
  <//>`;
}

/** This one first, then what was used last. */
function byUse(a: WebSession, b: WebSession): number {
  const lastOf = (session: WebSession) => session.lastUsedAt ?? session.createdAt;
  return Number(b.isCurrent) - Number(a.isCurrent) || lastOf(b).localeCompare(lastOf(a));
}

function nameOf({ userAgent }: WebSession, text: SettingsWords['sessions']): string {
  const { browser, system } = readUserAgent(userAgent);
  return text.browser(browser ?? text.unknownBrowser, system ?? text.unknownSystem);
}

function Session({ session, end }: { session: WebSession; end: () => void }) {
  const { state, words, formats, actions } = useApp();
  const text = settingsWords[state.language].sessions;
  const name = nameOf(session, text);
  const { createdAt, lastUsedAt, expiresAt, network, isCurrent } = session;
  const rows = [
    [text.since, longDate(createdAt, formats)],
    [text.lastUsed, longDate(lastUsedAt ?? createdAt, formats)],
    [text.from, network && `${network}${network.includes(':') ? ':' : '.'}…`],
    [text.until, expiresAt && longDate(expiresAt, formats)],
  ].filter(([, value]) => value);
  return html`<div>
      <strong title=${session.userAgent}>${name}</strong>
      ${isCurrent && html` <span class="chip">${text.current}</span>`}
      <dl class="setting-facts">
        ${rows.map(([term, value]) => html`<div key=${term}><dt>${term}</dt><dd>${value}</dd></div>`)}
      </dl>
    </div>
    ${
      isCurrent
        ? html`<button class="button small" onClick=${() => void actions.signOut()}>${words.bar.signOut}</button>`
        : html`<button class="button small" aria-label=${text.signOutNamed(name)} onClick=${end}>${text.signOut}</button>`
    }`;
}
