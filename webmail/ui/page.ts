import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { type Parts, PartsContext } from './state.ts';
import { App } from './views/app.ts';
import { ErrorBoundary } from './views/error-boundary.ts';

/** Everything on screen, over its parts. `start` begins again after `startError`. */
export function page(parts: Parts, start: () => void, startError?: unknown): VNode {
  return html`<${PartsContext.Provider} value=${parts}>
    <${ErrorBoundary}><${App} startError=${startError} start=${start} /><//>
  <//>`;
}
