import { html } from 'htm/preact';
import { RequestError } from '../client.ts';
import { useApp } from '../state.ts';

/** What stands in place of content that is on its way. */
export function Loading() {
  const { words } = useApp();
  return html`<p class="hint loading" role="status">${words.loading}</p>`;
}

/** What stands in place of content that could not be loaded. */
export function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  const { words } = useApp();
  const isOffline = error instanceof RequestError && error.status === 0;
  return html`<div class="failed">
    <p role="alert">${isOffline ? words.errors.offline : words.errors.server}</p>
    <button class="button" onClick=${retry}>${words.retry}</button>
  </div>`;
}
