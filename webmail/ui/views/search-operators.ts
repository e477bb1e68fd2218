import { html } from 'htm/preact';
import { searchWords } from '../locales/search.ts';
import { useApp } from '../state.ts';

/** Each operator of a search, with what it finds; a press writes it into the field. */
export function SearchOperators({ insert }: { insert: (typed: string) => void }) {
  const { language } = useApp().state;
  const { intro, rows, more } = searchWords[language];
  return html`<p>${intro}</p>
    <ul class="operators">
      ${rows.map(
        ({ typed, text }) => html`<li key=${typed}>
          <button type="button" class="button small" onClick=${() => insert(typed)}><code>${typed}</code></button>
          <span>${text}</span>
        </li>`,
      )}
    </ul>
    <p class="hint">${more}</p>`;
}
