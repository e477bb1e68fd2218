import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { inboxId } from '../route.ts';
import { useApp } from '../state.ts';
import { Icon } from './icon.ts';
import { Lazy } from './lazy.ts';
import { LevelPicture } from './level.ts';
import { Popover } from './popover.ts';
import { SearchHelp } from './search-help.ts';
import { MenuOfTabs } from './tab-parts.ts';

/** The head of the page: name, search field, account. */
export function Bar() {
  const { state, words, actions } = useApp();
  return html`<header class="bar">
    <button
      class="icon-button menu-button"
      aria-label=${words.bar.menu}
      aria-expanded=${state.isMenuOpen}
      aria-controls="tags"
      onClick=${() => actions.toggle('isMenuOpen')}
    ><${Icon} name="menu" /></button>
    <a class="wordmark" href="#/tag/${inboxId}"><${LevelPicture} level="A" /><span>${words.product}</span></a>
    <${SearchField} />
    <${MenuOfTabs} />
    <${Account} />
  </header>`;
}

/** The list of what a search finds: fetched while it is typed what for. */
export const loadSearchResults = async () => (await import('./search-results.ts')).SearchResults;

function SearchField() {
  const { state, words, actions } = useApp();
  const field = useRef<HTMLInputElement>(null);
  const { list } = state.route;
  const text = list.kind === 'search' ? list.text : '';
  useEffect(() => {
    if (field.current) field.current.value = text;
  }, [text]);
  function submit(event: SubmitEvent): void {
    event.preventDefault();
    const wanted = field.current?.value.trim() ?? '';
    const next = wanted
      ? ({ kind: 'search', text: wanted } as const)
      : ({ kind: 'tag', id: inboxId } as const);
    actions.go({ list: next, filter: {}, discussionId: null, emailId: null });
  }
  /** Behind what is there already; what ends with a colon waits for its value. */
  function insert(typed: string): void {
    const input = field.current;
    if (!input) return;
    const before = input.value.trimEnd();
    input.value = `${before && `${before} `}${typed}${typed.endsWith(':') ? '' : ' '}`;
    input.form?.querySelector('details')?.removeAttribute('open');
    input.focus();
  }
  return html`<search class="search">
    <form onSubmit=${submit}>
      <${Icon} name="search" />
      <input
        ref=${field}
        id="search-field"
        type="search"
        maxlength="500"
        aria-label=${words.bar.search}
        placeholder=${words.bar.searchShort}
        enterkeyhint="search"
        onFocus=${() => loadSearchResults().catch(() => {})}
      />
      <${SearchHelp} insert=${insert} />
    </form>
  </search>`;
}

const loadAccountMenu = async () => (await import('./account-menu.ts')).AccountMenu;

function Account() {
  const { state, words } = useApp();
  const address = state.session?.address ?? '';
  const [wasOpened, setOpened] = useState(false);
  const summary = html`<summary class="icon-button">
    <${Icon} name="person" />
    <span class="visually-hidden">${words.bar.account}</span>
    <span class="account-address">${address}</span>
  </summary>`;
  return html`<${Popover} class="account" summary=${summary} tell=${(isOpen: boolean) => isOpen && setOpened(true)}>
    ${wasOpened && html`<${Lazy} load=${loadAccountMenu} props=${{}} />`}
  <//>`;
}
