import { hydrate, render } from 'preact';
import { createActions } from './actions.ts';
import { client } from './client.ts';
import { chooseLanguage, loadWords } from './locales/languages.ts';
import { openMemory } from './memory.ts';
import { page } from './page.ts';
import { createStore } from './state.ts';

/** Builds the parts once and draws the page; `webmail` is sent to the window when it answers. */
async function main(): Promise<void> {
  const memory = openMemory(() => localStorage);
  const language = chooseLanguage(memory.getItem('language'), navigator.languages);
  const words = await loadWords(language);
  const root = document.getElementById('app') ?? document.body;
  // The server sends the sign-in screen along to browsers that have no session.
  const session = root.firstElementChild ? null : undefined;
  const store = createStore(location, memory, { language, words, session });
  const actions = createActions({ store, client, memory, address: location });
  const parts = { store, actions, client, memory };
  const start = () => {
    draw();
    actions.start().catch(draw);
  };
  const draw = (startError?: unknown) => render(page(parts, start, startError), root);
  addEventListener('hashchange', actions.followAddress);
  if (session === undefined) start();
  else if (document.documentElement.lang === language) hydrate(page(parts, start), root);
  else {
    root.replaceChildren();
    draw();
  }
}

void main().then(() => dispatchEvent(new Event('webmail')));
