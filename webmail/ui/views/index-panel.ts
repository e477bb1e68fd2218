import { html } from 'htm/preact';
import { useId, useRef, useState } from 'preact/hooks';
import { loadLaterStyle } from '../later-style.ts';
import { levelWords } from '../locales/level-words.ts';
import { useApp } from '../state.ts';
import { Icon } from './icon.ts';
import type { AccountProps } from './index-account.ts';
import { Lazy } from './lazy.ts';
import { LevelPicture, levelOf } from './level.ts';
import type { ActionProps } from './step-actions.ts';

const account = async () =>
  (await Promise.all([import('./index-account.ts'), loadLaterStyle()]))[0].IndexAccount;

/** The level of a message in one line; one touch opens the whole account of it. */
export function IndexPanel({ email, onChanged }: ActionProps) {
  const { state, words } = useApp();
  const { privacy } = email;
  const summary = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const panelId = useId();
  const { level, value } = privacy;
  if (level === null || value === null) return html`<p class="note">${words.index.none}</p>`;
  const best = privacy.upTo === null ? level : levelOf(privacy.upTo);
  // The button of a step that was taken goes away: the level that it changed is what comes next.
  const takeStep = () => {
    summary.current?.focus();
    onChanged();
  };
  const props: AccountProps = { email, level, best, onChanged: takeStep };
  return html`<section class="index" data-level=${level}>
    <h3 class="index-head">
      <button class="index-summary" ref=${summary} aria-expanded=${isOpen} aria-controls=${panelId} onClick=${() => setOpen(!isOpen)}>
        <${LevelPicture} level=${level} />
        <span class="index-words">
          <span class="visually-hidden">${words.index.heading}: </span>
          <strong>${words.index.level(level, levelWords[level][state.language])}</strong>
          ${best !== level && html`<span class="index-best">${words.index.upTo(best)}</span>`}
        </span>
        <span class="index-why">${isOpen ? words.index.hide : words.index.why}<${Icon} name="chevron" /></span>
      </button>
    </h3>
    <div id=${panelId} hidden=${!isOpen}>
      ${isOpen && html`<${Lazy} load=${account} props=${props} />`}
    </div>
  </section>`;
}
