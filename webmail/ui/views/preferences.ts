import { html } from 'htm/preact';
import { type Language, languageNames, languages } from '../locales/languages.ts';
import { type Theme, themes, useApp } from '../state.ts';

/** Language and appearance. */
export function Preferences() {
  const { state, words, actions } = useApp();
  const choose = (event: Event) => (event.currentTarget as HTMLSelectElement).value;
  return html`<div class="preferences">
    <label>
      <span>${words.bar.language}</span>
      <select value=${state.language} onChange=${(event: Event) => void actions.chooseLanguage(choose(event) as Language)}>
        ${languages.map(
          language =>
            html`<option key=${language} value=${language} lang=${language}>${languageNames[language]}</option>`,
        )}
      </select>
    </label>
    <label>
      <span>${words.bar.theme}</span>
      <select value=${state.theme} onChange=${(event: Event) => actions.chooseTheme(choose(event) as Theme)}>
        ${themes.map(theme => html`<option key=${theme} value=${theme}>${words.bar.themes[theme]}</option>`)}
      </select>
    </label>
  </div>`;
}
