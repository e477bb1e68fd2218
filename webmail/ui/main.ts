import { html, render } from 'htm/preact';
import { createActions } from './actions.ts';
import { client } from './client.ts';
import { chooseLanguage, loadWords } from './locales/languages.ts';
import { createStore, PartsContext } from './state.ts';
import { App } from './views/app.ts';
import { ErrorBoundary } from './views/error-boundary.ts';

/** Builds the parts once and draws the page. */
async function main(): Promise<void> {
  const language = chooseLanguage(localStorage.getItem('language'), navigator.languages);
  const words = await loadWords(language);
  const store = createStore(location, localStorage, { language, words });
  const actions = createActions({ store, client, memory: localStorage, address: location });
  const root = document.getElementById('app') ?? document.body;
  const draw = (startError?: unknown) => {
    render(
      html`<${PartsContext.Provider} value=${parts}>
        <${ErrorBoundary}><${App} startError=${startError} start=${start} /><//>
      <//>`,
      root,
    );
  };
  const parts = { store, actions, client };
  const start = () => {
    draw();
    actions.start().catch(draw);
  };
  addEventListener('hashchange', actions.followAddress);
  start();
}

void main();
