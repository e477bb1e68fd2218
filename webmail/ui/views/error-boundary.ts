import { Component, html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { useApp } from '../state.ts';

/** Around the whole: a fault of a view shows a plain sentence instead of an empty page. */
export class ErrorBoundary extends Component<{ children?: ComponentChildren }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static override getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): VNode {
    return this.state.hasFailed
      ? html`<${Crashed} />`
      : html`<div class="contents">${this.props.children}</div>`;
  }
}

function Crashed() {
  const { words } = useApp();
  return html`<main class="centred">
    <p role="alert">${words.errors.crashed}</p>
    <button class="button" onClick=${() => location.reload()}>${words.errors.reload}</button>
  </main>`;
}
