import { html, render } from 'htm/preact';
import { createActions } from './actions.ts';
import { client } from './client.ts';
import { createStore, PartsContext } from './state.ts';
import { App } from './views/app.ts';
import { ErrorBoundary } from './views/error-boundary.ts';

/** Builds the parts once and draws the page. */
function main(): void {
  const store = createStore(location, localStorage, navigator.languages);
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

main();
