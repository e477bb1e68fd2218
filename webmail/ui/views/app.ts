import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import { useKeyboard } from '../keyboard.ts';
import { parseRoute } from '../route.ts';
import { useApp } from '../state.ts';
import { Bar, loadSearchResults } from './bar.ts';
import { Discussion } from './discussion.ts';
import { Empty } from './empty.ts';
import { KeyboardHelp } from './keyboard-help.ts';
import { Lazy } from './lazy.ts';
import { Failed, Loading } from './loading.ts';
import { Notices } from './notices.ts';
import { Page } from './page.ts';
import { SignIn } from './sign-in.ts';
import { Tabs } from './tab-parts.ts';
import { listTitle } from './tab-title.ts';
import { TagList } from './tag-list.ts';
import { Timeline } from './timeline.ts';

/** Everything on screen. */
export function App({ startError, start }: { startError: unknown; start: () => void }) {
  const { state, words } = useApp();
  useEffect(() => {
    document.documentElement.lang = state.language;
    document.documentElement.dataset.theme = state.theme;
    document.documentElement.dataset.density = state.preferences.density;
  }, [state.language, state.theme, state.preferences.density]);
  useSignedIn();
  const title = useTitle();
  useEffect(() => {
    document.title = title;
  }, [title]);

  if (state.session === undefined) {
    return html`<main class="centred">${startError ? html`<${Failed} error=${startError} retry=${start} />` : html`<${Loading} />`}</main>`;
  }
  if (state.session === null) return html`<${SignIn} />`;
  return html`<a class="skip" href="#main" onClick=${skip}>${words.skipToContent}</a><${Mail} /><${Notices} />${state.question && html`<${Lazy} load=${loadConfirm} props=${{}} isQuiet=${true} />`}<${KeyboardHelp} />`;
}

async function loadConfirm() {
  return (await import('./confirm.ts')).Confirm;
}

function Mail() {
  const { state, words, actions } = useApp();
  useKeyboard();
  useDrawer();
  useReturn();
  const { list, discussionId, emailId } = state.route;
  return html`<div class="mail" data-reading=${discussionId !== null} data-menu=${state.isMenuOpen}>
    <${Bar} />
    <${TagList} />
    <${Tabs} />
    ${state.isMenuOpen && html`<button class="scrim" aria-label=${words.close} onClick=${() => actions.toggle('isMenuOpen', false)}></button>`}
    <main class="main" id="main" tabindex="-1" inert=${state.isMenuOpen}>
      ${
        list.kind === 'page'
          ? html`<${Page} key=${list.id} id=${list.id} />`
          : html`${list.kind === 'search' ? html`<${Lazy} load=${loadSearchResults} props=${{ key: list.text, text: list.text }} />` : html`<${Timeline} key=${list.id} list=${list} />`}
      ${
        discussionId
          ? html`<${Discussion} key=${`${discussionId}/${emailId ?? ''}`} id=${discussionId} emailId=${emailId} />`
          : html`<div class="reader reader-empty"><${Empty} picture="B" text=${words.discussion.choose} /></div>`
      }`
      }
    </main>
  </div>`;
}

/** While the tags lie over a narrow page they hold the focus; it goes back to where they were opened. */
function useDrawer(): void {
  const { state, actions } = useApp();
  useEffect(() => {
    if (!state.isMenuOpen) return;
    document.querySelector<HTMLElement>('#tags a')?.focus();
    const wide = matchMedia('(min-width: 64em)');
    const close = () => actions.toggle('isMenuOpen', false);
    wide.addEventListener('change', close);
    return () => {
      wide.removeEventListener('change', close);
      document.querySelector<HTMLElement>('.menu-button')?.focus();
    };
  }, [state.isMenuOpen]);
}

/** The form that held the focus is gone: it goes to the mail that came in its place. */
function useSignedIn(): void {
  const { session } = useApp().state;
  const last = useRef(session);
  useEffect(() => {
    if (last.current === null && session) document.getElementById('main')?.focus();
    last.current = session;
  }, [session]);
}

/** Who leaves a discussion, by whatever way, finds the focus on its row: the page that held it is gone. */
function useReturn(): void {
  const { route } = useApp().state;
  const last = useRef(route);
  useEffect(() => {
    const left = last.current;
    last.current = route;
    // A press of what takes no focus, as any button in Safari, leaves it to what is around.
    const isHeld = !document.activeElement?.matches('body, main');
    if (!left.discussionId || route.discussionId || isHeld) return;
    const rows = [...document.querySelectorAll<HTMLAnchorElement>('.row')].filter(
      row => parseRoute(row.hash).discussionId === left.discussionId,
    );
    const row = rows.find(({ hash }) => parseRoute(hash).emailId === left.emailId) ?? rows[0];
    (row ?? document.getElementById('main'))?.focus();
  }, [route]);
}

function skip(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function useTitle(): string {
  const { state, words } = useApp();
  const { list, filter } = state.route;
  if (!state.session) return `${words.signIn.title} · ${words.product}`;
  if (list.kind === 'search') return `${words.search.heading(list.text)} · ${words.product}`;
  if (list.kind === 'page') return `${words.pages[list.id]} · ${words.product}`;
  return `${listTitle({ list, filter }, state)} · ${words.product}`;
}
