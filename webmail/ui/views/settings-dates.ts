import { html } from 'htm/preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { preferenceValues } from '../../wire.ts';
import { formatsOf, longDate, shortDate } from '../format.ts';
import { type Language, languageNames, languages } from '../locales/languages.ts';
import { settingsWords } from '../locales/settings.ts';
import { useApp } from '../state.ts';
import { deviceZone, findZone, zoneNames } from '../time-zones.ts';
import { Choice, type Outcome, Section, useOutcome } from './settings-parts.ts';
import { usePreferring } from './settings-reading.ts';

type Values = typeof preferenceValues;

/** Language, time zone, and how dates and hours are written. */
export function DateSettings() {
  const { state } = useApp();
  const text = settingsWords[state.language].dates;
  const outcome = useOutcome();
  const prefer = usePreferring(outcome);
  const id = useId();
  const { dateFormat, hourCycle } = state.preferences;
  return html`<${Section} id="settings-dates" heading=${text.heading} outcome=${outcome}>
    <div class="field">
      <label for=${id}>${text.language}</label>
      <select
        id=${id}
        value=${state.language}
        onChange=${(event: Event) => prefer({ language: (event.currentTarget as HTMLSelectElement).value as Language })}
      >
        ${languages.map(
          language =>
            html`<option key=${language} value=${language} lang=${language}>${languageNames[language]}</option>`,
        )}
      </select>
    </div>
    <${TimeZone} choose=${(timeZone: string | null) => prefer({ timeZone })} />
    <${Choice}
      legend=${text.dateFormat}
      value=${dateFormat}
      options=${dateOptions(text.asUsual, useApp())}
      choose=${(value: Values['dateFormat'][number]) => prefer({ dateFormat: value })}
    />
    <${Choice}
      legend=${text.hourCycle}
      value=${hourCycle}
      options=${preferenceValues.hourCycle.map(value => ({ value, label: text.hourCycles[value] }))}
      choose=${(value: Values['hourCycle'][number]) => prefer({ hourCycle: value })}
    />
    <${OnlyHere} outcome=${outcome} />
  <//>`;
}

/** Each order of day, month and year with dates of its own kind as the label. */
function dateOptions(
  asUsual: string,
  { state, locale }: Pick<ReturnType<typeof useApp>, 'state' | 'locale'>,
) {
  const now = new Date();
  const yesteryear = new Date(now.getFullYear() - 1, 10, 28, 9, 5).toISOString();
  return preferenceValues.dateFormat.map(value => {
    const formats = formatsOf(locale, { ...state.preferences, dateFormat: value });
    const examples = [longDate(now.toISOString(), formats), shortDate(yesteryear, formats, now)];
    return value === 'locale'
      ? { value, label: asUsual, example: examples.join(' · ') }
      : { value, label: examples.join(' · ') };
  });
}

function TimeZone({ choose }: { choose: (timeZone: string | null) => void }) {
  const { state, locale } = useApp();
  const text = settingsWords[state.language].dates;
  const { timeZone } = state.preferences;
  const [isUnknown, setUnknown] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  // Not at each drawing: what is being typed would go.
  useEffect(() => {
    if (input.current) input.current.value = timeZone ?? '';
  }, [timeZone]);
  const id = useId();
  const device = deviceZone();
  function change(event: Event): void {
    const field = event.currentTarget as HTMLInputElement;
    const zone = field.value.trim() === '' ? null : findZone(field.value);
    setUnknown(zone === undefined);
    if (zone === undefined) return;
    field.value = zone ?? '';
    if (zone !== timeZone) choose(zone);
  }
  const { hourCycle } = state.preferences;
  const now = (form: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...form, ...(timeZone === null ? {} : { timeZone }) }).format(
      new Date(),
    );
  const day = now({ weekday: 'long' });
  const time = now({
    ...{ hour: 'numeric', minute: '2-digit' },
    ...(hourCycle === 'locale' ? {} : { hourCycle }),
  });
  return html`<div class="field">
    <label for=${id}>${text.timeZone}</label>
    <input
      id=${id}
      type="text"
      list=${`${id}-zones`}
      ref=${input}
      placeholder=${text.ofDevice(device)}
      autocomplete="off"
      autocapitalize="off"
      spellcheck=${false}
      aria-invalid=${isUnknown}
      aria-describedby=${`${id}-hint`}
      onChange=${change}
    />
    <datalist id=${`${id}-zones`}>
      ${zoneNames().map(zone => html`<option key=${zone} value=${zone} />`)}
    </datalist>
    <p class="setting-hint" id=${`${id}-hint`}>
      ${isUnknown ? html`<span class="fault" role="alert">${text.noZone}</span>` : html`${text.timeZoneHint} ${text.now(day, time)}`}
    </p>
    ${timeZone !== null && html`<button class="button small" onClick=${() => choose(null)}>${text.ofDevice(device)}</button>`}
  </div>`;
}

function OnlyHere({ outcome }: { outcome: Outcome }) {
  const { state, actions } = useApp();
  const words = settingsWords[state.language];
  const text = words.dates;
  const id = useId();
  function keep(event: Event): void {
    const isHere = (event.currentTarget as HTMLInputElement).checked;
    void outcome.run(() => actions.keepHere(isHere), isHere ? words.savedHere : words.followed, words.failed);
  }
  return html`<div class="field">
    <label class="check">
      <input
        type="checkbox"
        checked=${state.isPreferringHere}
        aria-describedby=${id}
        onChange=${keep}
      />
      <span>${text.here}</span>
    </label>
    <p class="setting-hint" id=${id}>${text.hereHint}</p>
  </div>`;
}
