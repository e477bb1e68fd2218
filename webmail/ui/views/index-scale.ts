import { html } from 'htm/preact';
import type { EmailPrivacy, Level } from '../../wire.ts';
import { formatPoints, formatShare } from '../format-numbers.ts';
import { accountWords } from '../locales/account.ts';
import { indexWords } from '../locales/index-words.ts';
import { useApp } from '../state.ts';

/** From the worst to the best, each a fifth of the scale. */
const levels: readonly Level[] = ['E', 'D', 'C', 'B', 'A'];
export const parts = ['technical', 'behaviour', 'context'] as const;
/** Percentages that the parts of a message count for (PRIVACY-INDEX.md, "Message"). */
export const weights = { technical: 60, behaviour: 20, context: 20 } as const;

/** Where the value stands between E and A, and how far up what is not known could lead. The words below say the same. */
export function Scale({ value, upTo, level }: { value: number; upTo: number; level: Level }) {
  return html`<div class="scale" aria-hidden="true">
    <svg viewBox="0 0 100 6" preserveAspectRatio="none" focusable="false">
      ${levels.map((one, place) => html`<rect key=${one} class="scale-step" data-current=${one === level} x=${place * 20 + 0.25} y="0" width="19.5" height="6" />`)}
      ${upTo > value && html`<rect class="scale-range" x=${value} y="2" width=${upTo - value} height="2" />`}
      <rect class="scale-value" x=${Math.min(value, 99)} y="-1" width="1" height="8" />
    </svg>
    <span class="scale-letters">${levels.map(one => html`<span key=${one} data-current=${one === level}>${one}</span>`)}</span>
  </div>`;
}

/** The three parts as bars with words, and how they add up: anybody can reckon the value again. */
export function PartBars({ privacy }: { privacy: EmailPrivacy }) {
  const { state, locale } = useApp();
  const words = accountWords[state.language];
  const points = privacy.parts;
  if (!points) return null;
  const exact = parts.reduce((sum, part) => sum + (points[part] * weights[part]) / 100, 0);
  const terms = parts
    .map(part => `${formatPoints(points[part], locale)} × ${formatShare(weights[part] / 100, locale)}`)
    .join(' + ');
  return html`<ul class="part-bars" aria-label=${words.parts}>
      ${parts.map(
        part => html`<li key=${part}>
          <span>${indexWords.parts[part][state.language]}</span>
          <meter class="points" min="0" max="100" value=${points[part]} aria-hidden="true"></meter>
          <span class="part-points">${words.partValue(formatPoints(points[part], locale), weights[part])}</span>
        </li>`,
      )}
    </ul>
    <p class="sum">${words.sum(terms, formatPoints(exact, locale))}${!privacy.ceiling && `, ${words.rounded(privacy.value ?? 0)}`}</p>`;
}
