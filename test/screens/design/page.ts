import { html, render } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { createActions } from '../../../webmail/ui/actions.ts';
import { client } from '../../../webmail/ui/client.ts';
import { en } from '../../../webmail/ui/locales/en.ts';
import { createStore, PartsContext } from '../../../webmail/ui/state.ts';
import { Notices } from '../../../webmail/ui/views/notices.ts';
import { Colours, Contrasts } from './colours.ts';
import { Measures } from './measures.ts';
import { Letters, Parts, Rows, Signs } from './parts.ts';
import type { Token } from './tokens.ts';

declare global {
  /** Written into the page by `build.ts`. */
  var designTokens: readonly Token[];
}

const themes = ['light', 'dark'] as const;

/** The page: what has a colour stands twice, in the light and in the dark. */
function Page() {
  return html`<h1>Tokens and parts</h1>
    <p>Made by <code>npm run design</code> from the styles and the views of the webmail; nothing here is written twice.</p>
    <${Section} title="Type, space, shape, motion"><${Measures} tokens=${globalThis.designTokens} /><//>
    <div class="both">${themes.map(theme => html`<${Half} key=${theme} theme=${theme} />`)}</div>`;
}

function Half({ theme }: { theme: (typeof themes)[number] }) {
  return html`<div class="half" style=${{ colorScheme: theme }} data-theme=${theme}>
    <h2>${theme === 'light' ? 'Light' : 'Dark'}</h2>
    <${Section} title="Colours"><${Colours} tokens=${globalThis.designTokens} /><//>
    <${Section} title="Contrast"><${Contrasts} /><//>
    <${Section} title="Letters, from E to A"><${Letters} /><//>
    <${Section} title="Parts"><${Parts} id=${theme} /><//>
    <${Section} title="Rows"><${Rows} /><//>
    <${Section} title="Signs"><${Signs} /><//>
  </div>`;
}

function Section({ title, children }: { title: string; children?: ComponentChildren }) {
  return html`<section class="design-section"><h3>${title}</h3>${children}</section>`;
}

const store = createStore(
  { hash: '' },
  { getItem: () => null },
  { language: 'en', words: en, session: null },
);
store.set({ notice: { text: en.message.movedToArchive, undo: () => {} } });
const memory = { getItem: () => null, setItem: () => {}, removeItem: () => {} };
const actions = createActions({ store, client, memory, address: { hash: '' } });

render(
  html`<${PartsContext.Provider} value=${{ store, actions, client }}><main><${Page} /></main><${Notices} /><//>`,
  document.body,
);
