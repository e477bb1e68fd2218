import { renderToString } from 'preact-render-to-string';
import { createActions } from './actions.ts';
import { client } from './client.ts';
import { type Language, loadWords } from './locales/languages.ts';
import { page } from './page.ts';
import { createStore } from './state.ts';

const nothing = () => {};
const memory = { getItem: () => null, setItem: nothing, removeItem: nothing };

/**
 * The sign-in screen as HTML, made when the webmail is built: whoever is not signed in sees it before any script has
 * come, and `main.ts` takes it over as it stands.
 */
export async function signInPage(language: Language): Promise<string> {
  const address = { hash: '' };
  const store = createStore(address, memory, { language, words: await loadWords(language), session: null });
  const actions = createActions({ store, client, memory, address });
  return renderToString(page({ store, actions, client, memory }, nothing));
}
