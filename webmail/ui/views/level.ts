import { html } from 'htm/preact';
import type { Level } from '../../wire.ts';

interface Picture {
  readonly strokes: string;
  /** Filled. */
  readonly seal?: string;
}

/**
 * From an open postcard (E) to a sealed letter (A), in one colour, on a grid of 16 whose lines lie in the middle of
 * its squares, so that each is one sharp pixel at that size.
 */
const pictures: Readonly<Record<Level, Picture>> = {
  E: {
    strokes: 'M1.5 3.5h13v9h-13zM3.5 6.5h3M3.5 8.5h3M3.5 10.5h2M8.5 5.5v5M10.5 10.5h2',
    seal: 'M10 5h3v3.5h-3z',
  },
  D: { strokes: 'M1.5 7.5v7h13v-7M1.5 7.5l6.5 4 6.5-4M3.5 8.7V1.5h9v7.2M6 4.5h4M6 6.5h4' },
  C: { strokes: 'M1.5 7v7.5h13V7L8 1.9zM1.5 7 8 11.5 14.5 7' },
  B: { strokes: 'M1.5 3.5h13v9h-13zM1.5 4 8 9l6.5-5' },
  A: {
    strokes: 'M1.5 3.5h13v9h-13zM1.5 4l4.1 3.1M14.5 4l-4.1 3.1',
    seal: 'M8 5.75a1.3 1.3 0 0 1 1.94.81 1.3 1.3 0 0 1 .81 1.94 1.3 1.3 0 0 1-.81 1.94 1.3 1.3 0 0 1-1.94.81 1.3 1.3 0 0 1-1.94-.81 1.3 1.3 0 0 1-.81-1.94 1.3 1.3 0 0 1 .81-1.94 1.3 1.3 0 0 1 1.94-.81z',
  },
};

/** What only a large seal shows. */
const sealRing = 'M8 6.95a1.55 1.55 0 1 1 0 3.1 1.55 1.55 0 0 1 0-3.1z';

/** The picture of a level; the words beside it say the same, so screen readers pass over it. */
export function LevelPicture({ level, isLarge = false }: { level: Level; isLarge?: boolean }) {
  const { strokes, seal } = pictures[level];
  return html`<svg class="level-picture" data-level=${level} data-large=${isLarge} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d=${strokes} />
    ${seal && html`<path class="level-seal" d=${seal} />`}
    ${isLarge && level === 'A' && html`<path class="level-ring" d=${sealRing} />`}
  </svg>`;
}

/** The quiet mark of a list: picture and letter. */
export function LevelMark({ level }: { level: Level }) {
  return html`<span class="level-mark" aria-hidden="true">
    <${LevelPicture} level=${level} />${level}
  </span>`;
}

/** The level of a value (PRIVACY-INDEX.md, "Shape and arithmetic"). */
export function levelOf(value: number): Level {
  return value >= 80 ? 'A' : value >= 60 ? 'B' : value >= 40 ? 'C' : value >= 20 ? 'D' : 'E';
}
