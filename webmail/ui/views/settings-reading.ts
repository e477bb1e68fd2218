import { html } from 'htm/preact';
import { preferenceValues } from '../../wire.ts';
import { settingsWords } from '../locales/settings.ts';
import type { PreferenceChange } from '../preference-actions.ts';
import { themes, useApp } from '../state.ts';
import { Choice, type Outcome, Section, useOutcome } from './settings-parts.ts';

/** How lists look, what may be loaded, which keys do something. */
export function ReadingSettings() {
  const { state, words, actions } = useApp();
  const all = settingsWords[state.language];
  const text = all.reading;
  const outcome = useOutcome();
  const prefer = usePreferring(outcome);
  const { densities, remoteContents } = text;
  return html`<${Section} id="settings-reading" heading=${text.heading} outcome=${outcome}>
    <${Choice}
      legend=${text.density}
      value=${state.preferences.density}
      options=${preferenceValues.density.map(value => ({ value, label: densities[value] }))}
      choose=${(density: (typeof preferenceValues.density)[number]) => prefer({ density })}
    />
    <${Choice}
      legend=${text.theme}
      value=${state.theme}
      options=${themes.map(value => ({ value, label: words.bar.themes[value] }))}
      choose=${(theme: (typeof themes)[number]) => prefer({ theme })}
    />
    <${Choice}
      legend=${text.remoteContent}
      value=${state.preferences.remoteContent}
      options=${preferenceValues.remoteContent.map(value => ({ value, label: remoteContents[value] }))}
      hint=${text.remoteHint}
      choose=${(remoteContent: (typeof preferenceValues.remoteContent)[number]) => prefer({ remoteContent })}
    />
    <label class="check">
      <input
        type="checkbox"
        checked=${state.hasKeys}
        onChange=${(event: Event) => prefer({ hasKeys: (event.currentTarget as HTMLInputElement).checked })}
      />
      <span>${text.keys}</span>
    </label>
    <button class="button small" onClick=${() => actions.toggle('isKeyboardHelpOpen', true)}>
      ${text.keyboard} <kbd>?</kbd>
    </button>
  <//>`;
}

/** Makes a choice, and tells in the section where it is kept. */
export function usePreferring(outcome: Outcome): (change: PreferenceChange) => void {
  const { store, actions } = useApp();
  return change => {
    // A new language tells the outcome in its own words.
    const { saved, savedHere, failed } = settingsWords[change.language ?? store.get().language];
    void outcome.run(() => actions.prefer(change), store.get().isPreferringHere ? savedHere : saved, failed);
  };
}
