import { html } from 'htm/preact';
import type { Level } from '../../wire.ts';

/**
 * From an open postcard (E) to a sealed letter (A), drawn on a grid of 24 with one colour. Each picture is a list of
 * strokes; `seal` is filled.
 */
const pictures: Record<Level, { strokes: string; seal?: string }> = {
  E: { strokes: 'M2.5 5h19v14h-19zM6 12h6M6 15.5h4', seal: 'M14.5 7.5h4.5v4.5h-4.5z' },
  D: { strokes: 'M2.5 12.5V21h19v-8.5M2.5 12.5l9.5 5.5 9.5-5.5M6 14V3h12v11' },
  C: { strokes: 'M2.5 10v10.5h19V10M2.5 10 12 3l9.5 7M2.5 10l9.5 6.5 9.5-6.5' },
  B: { strokes: 'M2.5 5.5h19v13h-19zM2.5 6l9.5 7.5L21.5 6' },
  A: {
    strokes: 'M2.5 5.5h19v13h-19zM2.5 6l6.8 5.3M21.5 6l-6.8 5.3',
    seal: 'M12 9.2a3.6 3.6 0 1 1 0 7.2 3.6 3.6 0 0 1 0-7.2z',
  },
};

/** The picture of a level; the words beside it say the same, so screen readers pass over it. */
export function LevelPicture({ level }: { level: Level }) {
  const { strokes, seal } = pictures[level];
  return html`<svg class="level-picture" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path class="level-strokes" d=${strokes} />
    ${seal && html`<path class="level-seal" d=${seal} />`}
  </svg>`;
}

/** The quiet mark of a list: picture and letter. */
export function LevelMark({ level }: { level: Level }) {
  return html`<span class="level-mark" data-level=${level} aria-hidden="true">
    <${LevelPicture} level=${level} /><span class="level-letter">${level}</span>
  </span>`;
}

/** The level of a value (PRIVACY-INDEX.md, "Shape and arithmetic"). */
export function levelOf(value: number): Level {
  return value >= 80 ? 'A' : value >= 60 ? 'B' : value >= 40 ? 'C' : value >= 20 ? 'D' : 'E';
}
