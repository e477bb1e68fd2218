/** Something that a body would have loaded from elsewhere. */
export interface Wanted {
  /** Absolute, without a fragment. */
  readonly address: string;
  /** False for what is never shown as a picture: style sheets, fonts, frames, players. */
  readonly isPicture: boolean;
}

/** CSS that loads nothing from elsewhere, and what it would have loaded. */
export interface QuietCss {
  readonly css: string;
  readonly wanted: readonly Wanted[];
}

/** Addresses of this server that stand for pictures elsewhere, by the address there. */
export type Fetched = ReadonlyMap<string, string>;

/** Functions whose strings are addresses (CSS Values 4 §4.5, CSS Images 4 §2). */
const loadingFunctions = new Set(['url', 'src', 'image', 'image-set', '-webkit-image-set', 'cross-fade']);
/** What stands where an address was: it loads nothing, and leaves the rest of the rule as it was. */
const nothing = '"data:,"';
/** Pictures in the style itself, and places in the letter. */
const harmless = /^(?:#|data:image\/(?:png|jpe?g|gif|webp|bmp|avif)[;,])/i;

/** Tokens (CSS Syntax 3 §4) as far as they hold an address or hide one: comments, strings, names, all else. */
const token =
  /\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"\\\n]+|\\[\s\S])*"?|'(?:[^'\\\n]+|\\[\s\S])*'?|@?(?:[-\w\u0080-\uFFFF]+|\\(?:[\da-f]{1,6}\s?|[^\n]))+\(?|[^-@\w"'/\\();{}\u0080-\uFFFF]+|[\s\S]/giy;
/** The address behind `url(` when it stands there without quotation marks. */
const bareAddress = /(?!\s*["'])([^)]*)\)?/y;

/**
 * Takes the addresses of other places out of a style, in time linear in its length; those of pictures that were
 * fetched become ours. Keeps everything else.
 */
export function withoutRemote(css: string, fetched?: Fetched): QuietCss {
  const kept: string[] = [];
  const wanted: Wanted[] = [];
  const open: boolean[] = [];
  let opened = 0;
  let rule = '';
  /** A custom property may end up in a function that loads. */
  let isCustom = false;
  const quiet = (written: string, text: string, isSure: boolean) => {
    const address = remoteAddress(text);
    if (address === null) return isSure && !harmless.test(text) ? nothing : written;
    const isPicture = rule === '';
    wanted.push({ address, isPicture });
    const ours = isPicture && fetched?.get(address);
    return ours ? `"${ours}"` : nothing;
  };
  for (let place = 0; place < css.length; ) {
    token.lastIndex = place;
    const found = token.exec(css)?.[0] ?? css.slice(place);
    place += found.length;
    const name = found.length > 1 ? unescaped(found).toLowerCase() : found;
    bareAddress.lastIndex = place;
    const bare = name === 'url(' ? bareAddress.exec(css) : null;
    if (bare) {
      place += bare[0].length;
      kept.push(found, quiet(bare[1] ?? '', unescaped(bare[1] ?? '').trim(), true), ')');
      continue;
    }
    if (name === ')') opened -= Number(open.pop() ?? false);
    else if (found.endsWith('('))
      opened += open.push(loadingFunctions.has(name.slice(0, -1))) && Number(open.at(-1));
    else if (name === '@import' || name === '@font-face') rule = name;
    else if (name.startsWith('--')) isCustom = true;
    if (name === ';' || name === '{' || name === '}') {
      isCustom = false;
      if (name === '}' || rule === '@import') rule = '';
    }
    const isSure = rule === '@import' || opened > 0;
    kept.push((isSure || isCustom) && /^["']/.test(found) ? quiet(found, inside(name), isSure) : found);
  }
  return { css: kept.join(''), wanted };
}

/** The address of another place, however its scheme is written; null for anything else. */
export function remoteAddress(written: string): string | null {
  // What a browser leaves out, too.
  const text = written.replace(/[\t\n\r]/g, '').trim();
  if (!/^(?:https?:|[/\\]{2})/i.test(text)) return null;
  const absolute = text.replace(/^[/\\]{2}/, 'https://');
  return URL.canParse(absolute) ? new URL(absolute).href.replace(/#.*/, '') : absolute;
}

function inside(string: string): string {
  const isClosed = string.length > 1 && string.endsWith(string.charAt(0));
  return string.slice(1, isClosed ? -1 : undefined).trim();
}

function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:([\da-f]{1,6})\s?|([\s\S]))/gi,
    (_whole, digits: string | undefined, one: string) =>
      digits === undefined ? one : character(Number.parseInt(digits, 16)),
  );
}

function character(value: number): string {
  return value > 0 && value <= 0x10ffff ? String.fromCodePoint(value) : '\uFFFD';
}
