import { html } from 'htm/preact';
import { rulesWords } from '../locales/rules.ts';
import { settingsWords } from '../locales/settings.ts';
import { useApp } from '../state.ts';
import { PageHeading } from './page.ts';
import { DateSettings } from './settings-dates.ts';
import { KeySettings } from './settings-keys.ts';
import { Looks } from './settings-looks.ts';
import { ReadingSettings } from './settings-reading.ts';
import { SessionSettings } from './settings-sessions.ts';
import { SortingSettings } from './settings-sorting.ts';
import { TokenSettings } from './settings-tokens.ts';

const sections = ['reading', 'dates', 'sorting', 'sessions', 'tokens', 'keys', 'looks'] as const;

/** All settings on one page, with a way to each part of it. */
export function SettingsPage() {
  const { state, words: shared } = useApp();
  const words = settingsWords[state.language];
  const sorting = rulesWords[state.language].section;
  return html`<${PageHeading} text=${shared.pages.settings} />
    <p class="lead"><bdi>${words.of(state.session?.address ?? '')}</bdi></p>
    <nav class="page-contents" aria-label=${words.contents}>
      ${sections.map(
        name =>
          html`<a key=${name} href="#/page/settings" onClick=${(event: Event) => goTo(event, `settings-${name}`)}>${name === 'sorting' ? sorting.heading : words[name].heading}</a>`,
      )}
    </nav>
    <${ReadingSettings} />
    <${DateSettings} />
    <${SortingSettings} />
    <${SessionSettings} />
    <${TokenSettings} />
    <${KeySettings} />
    <${Looks} />`;
}

/** The address stays the page's: eyes and focus go to the heading. */
function goTo(event: Event, id: string): void {
  event.preventDefault();
  const heading = document.getElementById(id);
  heading?.scrollIntoView({ block: 'start' });
  heading?.focus({ preventScroll: true });
}
