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

/**
 * Addresses that a style sheet, or a style attribute, can fetch: of `url()`, and of quoted strings, which
 * `@import`, `image-set()`, `src()` and custom properties can hold. CSS escapes are decoded. Linear.
 */
export function styleUrls(css: string): string[] {
  const urls = matchUrls(css);
  if (!css.includes('\\')) return urls;
  return [...urls, ...matchUrls(decodeEscapes(css))];
}

function matchUrls(css: string): string[] {
  const urls: string[] = [];
  if (!css.includes('(') && !css.includes('"') && !css.includes("'")) return urls;
  for (const match of css.matchAll(/url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"'\s]*))|"([^"\n]*)"|'([^'\n]*)'/gi)) {
    const url = match[1] ?? match[2] ?? match[3] ?? match[4] ?? match[5] ?? '';
    if (url !== '') urls.push(url);
  }
  return urls;
}

/** CSS escapes: a backslash and one to six hexadecimal digits, or any character. */
function decodeEscapes(css: string): string {
  return css.replace(
    /\\(?:([0-9a-fA-F]{1,6})\s?|(\n|.))/g,
    (_, hex: string | undefined, character?: string) => {
      if (hex === undefined) return character === '\n' ? '' : (character ?? '');
      const code = Number.parseInt(hex, 16);
      return code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)
        ? '\ufffd'
        : String.fromCodePoint(code);
    },
  );
}
