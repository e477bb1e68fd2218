/** Inline declarations that take an element out of sight; values lower-case, spaces removed. */
const hidingDeclarations: ReadonlyArray<readonly [property: string, value: RegExp]> = [
  ['display', /^none/],
  ['visibility', /^(?:hidden|collapse)/],
  ['opacity', /^0?\.?0*%?(?:!|$)/],
  ['font-size', /^[01]?(?:\.\d+)?(?:px|pt|em|rem|%)?(?:!|$)/],
  ['max-height', /^0/],
  ['max-width', /^0/],
  ['text-indent', /^-\d{3,}/],
  ['left', /^-\d{4,}/],
  ['top', /^-\d{4,}/],
  ['clip', /^rect\((?:0|1px)/],
];

const properties: ReadonlySet<string> = new Set([
  ...hidingDeclarations.map(([property]) => property),
  'overflow',
  'width',
  'height',
]);

/** Longest style attribute that is read for sizes and visibility. */
const maxStyle = 10_000;

/** What an inline style says about an element's size and visibility. */
export interface InlineStyle {
  readonly isHidden: boolean;
  /** Pixels; null when not given in pixels. */
  readonly width: number | null;
  readonly height: number | null;
}

const noStyle: InlineStyle = { isHidden: false, width: null, height: null };

/** Reads a style attribute; the last of equal properties counts. */
export function readInlineStyle(style: string | undefined): InlineStyle {
  if (!style) return noStyle;
  const declarations = new Map<string, string>();
  for (const declaration of style.slice(0, maxStyle).split(';')) {
    const colon = declaration.indexOf(':');
    if (colon === -1) continue;
    const property = declaration.slice(0, colon).trim().toLowerCase();
    if (!properties.has(property)) continue;
    declarations.set(
      property,
      declaration
        .slice(colon + 1)
        .replace(/\s+/g, '')
        .toLowerCase(),
    );
  }
  const isHidden = hidingDeclarations.some(([property, value]) => {
    const given = declarations.get(property);
    return given !== undefined && given !== '' && value.test(given);
  });
  const isCollapsed =
    declarations.get('overflow')?.startsWith('hidden') && pixels(declarations.get('height')) === 0;
  return {
    isHidden: isHidden || isCollapsed === true,
    width: pixels(declarations.get('width')),
    height: pixels(declarations.get('height')),
  };
}

/** A length in pixels, rounded down: `1`, `1px`, `0.5px`; null for anything else. */
export function pixels(value: string | undefined): number | null {
  const match =
    value === undefined ? null : /^\s*\+?(\d{1,6})?(?:\.\d*)?\s*(px)?\s*(?:!important)?\s*$/i.exec(value);
  return match && value?.trim() ? Number(match[1] ?? 0) : null;
}
