import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { isColour, type Token } from './tokens.ts';

/** Every colour with its name and its value in this half's theme. */
export function Colours({ tokens }: { tokens: readonly Token[] }) {
  return html`<ul class="swatches">
    ${tokens.filter(isColour).map(({ name }) => html`<${Swatch} key=${name} name=${name} />`)}
  </ul>`;
}

function Swatch({ name }: { name: string }) {
  const [box, value] = useStyle(style => hexOf(style.backgroundColor));
  return html`<li><span ref=${box} class="swatch" style=${{ background: `var(${name})` }}></span><code>${name}</code> <small>${value}</small></li>`;
}

/** What is written or drawn on what; 4.5 for words, 3 for edges and pictures (WCAG 2.2, 1.4.3 and 1.4.11). */
const pairs: readonly { readonly on: string; readonly drawn: readonly string[]; readonly least: number }[] = [
  ...['--paper', '--desk', '--wash', '--chosen', '--note-paper', '--warn-paper'].map(on => ({
    on,
    drawn: ['--ink', '--ink-2', '--accent'],
    least: 4.5,
  })),
  ...['--paper', '--desk', '--warn-paper'].map(on => ({ on, drawn: ['--warn-ink'], least: 4.5 })),
  ...['--accent', '--accent-strong'].map(on => ({ on, drawn: ['--on-accent'], least: 4.5 })),
  ...['--paper', '--desk', '--wash'].map(on => ({ on, drawn: ['--edge', '--stamp'], least: 3 })),
];

/** Contrast ratios as the browser computes the colours; one that is too low says so. */
export function Contrasts() {
  return html`<ul class="contrasts">
    ${pairs.flatMap(({ on, drawn, least }) => drawn.map(ink => html`<${Contrast} key=${on + ink} on=${on} ink=${ink} least=${least} />`))}
  </ul>`;
}

function Contrast({ on, ink, least }: { on: string; ink: string; least: number }) {
  const [box, ratio] = useStyle(style => contrast(style.color, style.backgroundColor));
  const isEnough = ratio === undefined || ratio >= least;
  return html`<li ref=${box} data-enough=${isEnough} style=${{ color: `var(${ink})`, background: `var(${on})` }}>
    ${ink.slice(2)} on ${on.slice(2)} ${ratio?.toFixed(1)}${isEnough ? '' : ` is less than ${least}`}
  </li>`;
}

/** Reads the computed style of an element once it is drawn. */
function useStyle<T>(read: (style: CSSStyleDeclaration) => T) {
  const box = useRef<HTMLElement>(null);
  const [value, setValue] = useState<T>();
  useEffect(() => {
    if (box.current) setValue(read(getComputedStyle(box.current)));
  }, []);
  return [box, value] as const;
}

function partsOf(colour: string): number[] {
  return (colour.match(/[\d.]+/g) ?? []).map(Number);
}

function hexOf(colour: string): string {
  const [red = 0, green = 0, blue = 0, alpha = 1] = partsOf(colour);
  const hex = [red, green, blue].map(part => part.toString(16).padStart(2, '0')).join('');
  return alpha < 1 ? `#${hex} at ${Math.round(alpha * 100)} %` : `#${hex}`;
}

/** WCAG 2.2, "contrast ratio". */
function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = partsOf(colour).map(part => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
