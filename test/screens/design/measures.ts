import { html } from 'htm/preact';
import { isColour, type Token } from './tokens.ts';

/** Tokens that are no colours, each as what it does. */
export function Measures({ tokens }: { tokens: readonly Token[] }) {
  return html`<dl class="measures">
    ${tokens
      .filter(token => !isColour(token))
      .map(
        token =>
          html`<div key=${token.name}><dt><code>${token.name}</code> <small>${token.value}</small></dt><dd>${sample(token.name)}</dd></div>`,
      )}
  </dl>`;
}

function sample(name: string) {
  const value = `var(${name})`;
  if (name.startsWith('--space')) return html`<span class="bar-sample" style=${{ width: value }}></span>`;
  if (name.startsWith('--type')) return html`<span style=${{ fontSize: value }}>${sentence}</span>`;
  if (name === '--font' || name === '--font-title')
    return html`<span style=${{ fontFamily: value }}>${sentence}</span>`;
  if (name.startsWith('--radius'))
    return html`<span class="shape-sample" style=${{ borderRadius: value }}></span>`;
  if (name === '--measure')
    return html`<p class="line-sample" style=${{ maxWidth: value }}>${sentence} ${sentence} ${sentence}</p>`;
  return null;
}

const sentence = 'Portez ce vieux whisky au juge blond qui fume.';
